import { execFile, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";

/** An ffmpeg of this machine. */
export type Ffmpeg = { readonly path: string; readonly version: string };

/** What a run of it says and how it ends. `stopped`: it was asked to. */
export type FfmpegEnd = {
  readonly stopped: boolean;
  readonly code: number | null;
  readonly lines: readonly string[];
};
export type FfmpegRun = {
  /** Asks it to end, and ends it after two seconds. */
  stop(): void;
};
export type FfmpegEvents = {
  output(bytes: Buffer): void;
  /** A line of its log, at most 2 000 characters of it. */
  line(text: string): void;
  /** Exactly once, and nothing after it. */
  ended(end: FfmpegEnd): void;
};

/**
 * Looks for ffmpeg with SRT.
 * @param configured its path; null: that of the PATH.
 * @returns what is missing, in one sentence that says what to install and what works without.
 */
export function findFfmpeg(configured: string | null): Promise<Ffmpeg | { readonly obstacle: string }> {
  const path = configured ?? "ffmpeg";
  return new Promise((resolve) => {
    execFile(path, ["-hide_banner", "-version"], { timeout: 10_000 }, (error, version) => {
      const number = /^ffmpeg version (\S+)/.exec(version)?.[1];
      if (error !== null || number === undefined) return resolve({ obstacle: missing(path) });
      execFile(path, ["-hide_banner", "-protocols"], { timeout: 10_000 }, (_, protocols) => {
        if (/^\s*srt$/m.test(protocols)) resolve({ path, version: number });
        else resolve({ obstacle: withoutSrt(path) });
      });
    });
  });
}

function missing(path: string): string {
  return `${path} cannot be run: install it (apt-get install ffmpeg) or name it with --ffmpeg PATH. Without it encoders come in by WHIP and RTMP, but not by SRT, and there are no thumbnails.`;
}

function withoutSrt(path: string): string {
  return `${path} was built without SRT: install Debian's (apt-get install ffmpeg) or name another with --ffmpeg PATH. Without it encoders come in by WHIP and RTMP, but not by SRT.`;
}

/**
 * Started by a shell that stays beside it and listens on its standard input: a line is a signal for ffmpeg, and the end of
 * the input kills it. The kernel closes that input when this process ends, however it ends, so that no ffmpeg is left that
 * holds a port and waits for an encoder.
 */
const guard = `exec 3<&0 </dev/null
"$@" 3<&- &
ffmpeg=$!
{ while read -r signal; do kill -s "$signal" $ffmpeg; done; kill -s KILL $ffmpeg; } <&3 >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $ffmpeg
status=$?
kill -s KILL $guard 2>/dev/null
wait $guard 2>/dev/null
exit $status`;

/** @param nice how much later than others it gets the processor, 0 to 19. */
export function runFfmpeg(
  ffmpeg: Ffmpeg,
  args: readonly string[],
  clock: Clock,
  on: FfmpegEvents,
  options: { readonly nice: number } = { nice: 0 },
): FfmpegRun {
  const niced = options.nice === 0 ? [] : ["nice", "-n", String(options.nice)];
  const child = spawn("/bin/sh", ["-c", guard, "sh", ...niced, ffmpeg.path, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let stopped = false;
  let over = false;
  let callOff = (): void => {};

  function ended(code: number | null): void {
    if (over) return;
    over = true;
    callOff();
    child.stdin.destroy();
    on.ended({ stopped, code, lines });
  }

  child.stdout.on("data", (bytes: Buffer) => {
    if (!over) on.output(bytes);
  });
  readLines(child.stderr, (text) => {
    lines.push(text);
    if (lines.length > limits.mediaFfmpegLinesKept) lines.shift();
    if (!over) on.line(text);
  });
  /* Whoever has ended does not read. */
  child.stdin.on("error", () => {});
  child.once("error", (error) => {
    lines.push(error.message);
    ended(null);
  });
  child.once("close", ended);

  return {
    stop() {
      if (stopped || over) return;
      stopped = true;
      child.stdin.write("TERM\n");
      callOff = clock.after(limits.mediaFfmpegStopMs, () => child.stdin.end());
    },
  };
}

/** Lines of any length, of which the beginning is kept. */
function readLines(stream: Readable, line: (text: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const parts = text.split(/\r?\n|\r/);
    for (const part of parts.slice(0, -1)) {
      line((rest + part).slice(0, limits.mediaFfmpegLineCharsMax));
      rest = "";
    }
    rest = (rest + (parts.at(-1) ?? "")).slice(0, limits.mediaFfmpegLineCharsMax);
  });
  stream.on("end", () => {
    if (rest !== "") line(rest);
  });
}
