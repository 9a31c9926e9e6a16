import { limits } from "@chorus/protocol/limits.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Clock } from "../../clock.ts";
import type { SrtAddress } from "../broadcast/store.ts";
import type { Admission, Publishers } from "../broadcast/publishers.ts";
import { createFmp4Reader } from "../fmp4/reader.ts";
import { createArrival } from "./arrival.ts";
import { type Ffmpeg, type FfmpegEnd, type FfmpegRun, runFfmpeg } from "./ffmpeg.ts";
import { listenerArgs } from "./srt-arguments.ts";
import { createSrtLog } from "./srt-log.ts";

export type SrtEvents = {
  readonly publishers: Pick<Publishers, "admit">;
  /** For the host of the room: what is the matter with its encoder, or with its address. */
  said(room: RoomId, sentence: string): void;
};
export type SrtListener = { close(): void };

/** What lies between capture and arrival by SRT at the least: encoding, and the latency in which losses are repaired. */
const leastDelayMs = 130 + limits.mediaSrtLatencyMs;
/** Whoever guesses passphrases does not fill the host's page. */
const sayAgainMs = 60_000;

type Connection = { readonly admission: Admission & { ok: true }; readonly end: () => void };

/** Waits at one room's address for its encoder, and again whenever it has gone. One ffmpeg takes in one connection. */
export function listenForSrt(
  ffmpeg: Ffmpeg,
  host: string,
  address: SrtAddress,
  clock: Clock,
  events: SrtEvents,
): SrtListener {
  let run: FfmpegRun | null = null;
  let closed = false;
  let failures = 0;
  /** Sound that is not AAC is made so, from the connection on that follows the one where it was heard. */
  let transcode = false;
  let callOff = (): void => {};
  let said: { readonly sentence: string; readonly at: number } | null = null;
  arm();

  function arm(): void {
    if (closed) return;
    let connection: Connection | null = null;
    let hopeful = true;
    let onAirAt = Infinity;
    const log = createSrtLog();
    const reader = createFmp4Reader({ tracks: (tracks) => arrival?.tracks(tracks), sample: (sample) => arrival?.sample(sample), problem: giveUp });
    let arrival: ReturnType<typeof createArrival> | null = null;
    const current = runFfmpeg(ffmpeg, listenerArgs(host, address, transcode), clock, { output, line, ended });
    run = current;

    function output(bytes: Buffer): void {
      if (!hopeful) return;
      if (connection === null) connect();
      if (hopeful) reader.push(bytes);
    }

    function connect(): void {
      const admission = events.publishers.admit({
        room: address.room,
        kind: "srt",
        address: "",
        key: null,
        dismiss: giveUp,
      });
      if (!admission.ok) return giveUp(admission.sentence);
      onAirAt = clock.now();
      const opened = createArrival(admission.sink, clock, leastDelayMs);
      arrival = opened;
      connection = { admission, end: () => opened.end() };
    }

    function line(text: string): void {
      const heard = log.line(text);
      if (heard === null) return;
      if (heard.kind === "sound") {
        transcode = true;
        say(heard.sentence);
        current.stop();
      } else if (heard.kind === "hopeless") giveUp(heard.sentence);
      else say(heard.sentence);
    }

    function giveUp(sentence: string): void {
      if (!hopeful) return;
      hopeful = false;
      say(sentence);
      current.stop();
    }

    function ended(end: FfmpegEnd): void {
      if (hopeful) reader.end();
      connection?.end();
      connection?.admission.ended();
      const proven = hopeful && clock.now() - onAirAt >= limits.mediaFfmpegProvenMs;
      const brief = log.heardSound() && transcode;
      failures = proven || brief ? 0 : failures + 1;
      if (connection === null && !end.stopped && !log.connected()) sayWhy(end);
      const pauseMs = failures <= 1 ? 0 : Math.min(limits.mediaFfmpegPauseMsMax, limits.mediaFfmpegPauseMsMin * 2 ** (failures - 2));
      callOff = clock.after(pauseMs, arm);
    }
  }

  function sayWhy(end: FfmpegEnd): void {
    const last = end.lines.at(-1) ?? `exit code ${end.code}`;
    say(`Nobody can send to port ${address.port} by SRT (${last}): another program may hold the port.`);
  }

  function say(sentence: string): void {
    const now = clock.now();
    if (said?.sentence === sentence && now - said.at < sayAgainMs) return;
    said = { sentence, at: now };
    events.said(address.room, sentence);
  }

  return {
    close() {
      closed = true;
      callOff();
      run?.stop();
    },
  };
}
