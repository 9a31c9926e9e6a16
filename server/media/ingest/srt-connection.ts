import { limits } from "@chorus/protocol/limits.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Clock } from "../../clock.ts";
import type { Admission, Publishers } from "../broadcast/publishers.ts";
import { createFmp4Reader } from "../fmp4/reader.ts";
import { type Arrival, createArrival } from "./arrival.ts";
import { type Ffmpeg, type FfmpegEnd, type FfmpegRun, runFfmpeg } from "./ffmpeg.ts";
import { createSrtLog } from "./srt-log.ts";

export type SrtConnectionOptions = {
  readonly ffmpeg: Ffmpeg;
  readonly args: readonly string[];
  /** Whether these make AAC of the sound. */
  readonly transcode: boolean;
  readonly room: RoomId;
  readonly clock: Clock;
  readonly publishers: Pick<Publishers, "admit">;
  say(sentence: string): void;
  /** Once, when ffmpeg is gone. */
  ended(outcome: SrtOutcome): void;
};

export type SrtOutcome = {
  /** It was on the air long enough to say that nothing is wrong with it. */
  readonly proven: boolean;
  /** It was ended because its sound is not AAC. */
  readonly wrongSound: boolean;
  /** Why there was nobody at all; null: there was, or it was told to stop. */
  readonly obstacle: string | null;
};

/** What lies between capture and arrival by SRT at the least: encoding, and the latency in which losses are repaired. */
const leastDelayMs = 130 + limits.mediaSrtLatencyMs;

type OnAir = {
  readonly admission: Admission & { ok: true };
  readonly arrival: Arrival;
  readonly since: number;
};

/** One ffmpeg that waits for one connection and reads it to its end. */
export function runSrtConnection(options: SrtConnectionOptions): FfmpegRun {
  const { clock, room } = options;
  let onAir: OnAir | null = null;
  let hopeful = true;
  let wrongSound = false;
  const log = createSrtLog(options.transcode);
  const reader = createFmp4Reader({
    tracks: (tracks) => onAir?.arrival.tracks(tracks),
    sample: (sample) => onAir?.arrival.sample(sample),
    problem: giveUp,
  });
  const run = runFfmpeg(options.ffmpeg, options.args, clock, { output, line, ended });

  function output(bytes: Buffer): void {
    if (hopeful && onAir === null) comesIn();
    if (hopeful) reader.push(bytes);
  }

  /** Who knows the passphrase is let in; it is asked of the room only when there is something to show. */
  function comesIn(): void {
    const caller = { room, kind: "srt", address: "", key: null, dismiss: giveUp } as const;
    const admission = options.publishers.admit(caller);
    if (!admission.ok) return giveUp(admission.sentence);
    const arrival = createArrival(admission.sink, clock, leastDelayMs);
    onAir = { admission, arrival, since: clock.now() };
  }

  function line(text: string): void {
    const news = log.line(text);
    if (news === null) return;
    if (news.kind === "passing") return options.say(news.sentence);
    wrongSound = news.kind === "sound";
    giveUp(news.sentence);
  }

  function giveUp(sentence: string): void {
    if (!hopeful) return;
    hopeful = false;
    options.say(sentence);
    run.stop();
  }

  function ended(end: FfmpegEnd): void {
    hopeful &&= !end.stopped;
    const sent = onAir;
    onAir = null;
    sent?.arrival.end();
    sent?.admission.ended();
    const proven = sent !== null && clock.now() - sent.since >= limits.mediaFfmpegProvenMs;
    const nobody = sent === null && hopeful && !log.connected();
    const obstacle = nobody ? withoutAddress(end.lines.at(-1) ?? `exit code ${end.code}`) : null;
    options.ended({ proven, wrongSound, obstacle });
  }

  return run;
}

/** It has the passphrase in it. */
function withoutAddress(line: string): string {
  return line.replace(/srt:\/\/\S*\s?/, "");
}
