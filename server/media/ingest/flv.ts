import { limits } from "@chorus/protocol/limits.ts";
import { type AacStream, aacTrackOf, avcTrackOf, type AvcStream } from "./flv-tracks.ts";
import { readTag } from "./flv-tag.ts";
import type { Sample, Tracks } from "../samples.ts";

export type FlvEvents = {
  tracks(tracks: Tracks): void;
  sample(sample: Sample): void;
  /** Something that cannot be shown: in one sentence for who has set up the encoder. Nothing more is read. */
  problem(sentence: string): void;
};
export type FlvReader = {
  tag(type: "audio" | "video", timestampMs: number, body: Uint8Array): void;
  end(): void;
};

/** How much of a stream may go by before it is taken to have only one of the two. */
const otherTrackWithinMs = 1_000;
/** Times that go back, or leave a hole larger than this, are those of an encoder that began anew. */
const holeMs = 10_000;
/** Times of tags are whole milliseconds: sound keeps to its own count of samples, until the two differ by more than jitter. */
const jitterMs = 30;

type Waiting = {
  readonly dtsMs: number;
  readonly ptsMs: number;
  readonly key: boolean;
  readonly data: Uint8Array;
};

/**
 * Makes tracks and samples of the audio and video tags of an RTMP stream: H.264 and AAC, in the old framing and the
 * enhanced one (Enhanced RTMP v1). A frame is given on when the next one says how long it was.
 */
export function createFlvReader(on: FlvEvents): FlvReader {
  let video: AvcStream | null = null;
  let audio: AacStream | null = null;
  let told: Tracks | null = null;
  let failed = false;
  let firstMs: number | null = null;
  let lastMs = 0;
  /** Samples that came before it was clear which tracks there are. */
  let early: Sample[] = [];
  let frame: Waiting | null = null;
  let frameMs = 0;
  let seenKey = false;
  let audioNext: number | null = null;

  function tag(type: "audio" | "video", timestampMs: number, body: Uint8Array): void {
    if (failed) return;
    const read = readTag(type, body);
    if (read.kind === "nothing") return;
    if (read.kind === "problem") return fail(read.sentence);
    if (read.kind === "configuration") return configure(type, read.bytes);
    if (firstMs !== null && (timestampMs < lastMs - holeMs || timestampMs > lastMs + holeMs)) restart();
    firstMs ??= timestampMs;
    lastMs = Math.max(lastMs, timestampMs);
    if (type === "video") takeFrame(timestampMs, timestampMs + read.offsetMs, read.key, read.bytes);
    else takeSound(timestampMs, read.bytes);
    if (told === null && lastMs - firstMs >= otherTrackWithinMs) announce();
  }

  function configure(type: "audio" | "video", bytes: Uint8Array): void {
    const changed = type === "video" ? changedVideo(bytes) : changedAudio(bytes);
    if (changed === null) return fail("The encoder's description of its stream is damaged: start it again.");
    if (changed && (told !== null || (video !== null && audio !== null))) announce();
  }

  function changedVideo(bytes: Uint8Array): boolean | null {
    const next = avcTrackOf(bytes);
    if (next === null || isSame(video, next)) return next === null ? null : false;
    finishFrame(frameMs);
    video = next;
    seenKey = false;
    return true;
  }

  function changedAudio(bytes: Uint8Array): boolean | null {
    const next = aacTrackOf(bytes);
    if (next === null || isSame(audio, next)) return next === null ? null : false;
    finishFrame(frameMs);
    audio = next;
    audioNext = null;
    return true;
  }

  function announce(): void {
    if (video === null && audio === null) return;
    told = { video: video?.track ?? null, audio: audio?.track ?? null };
    on.tracks(told);
    const samples = early;
    early = [];
    for (const sample of samples) if (told[sample.track] !== null) on.sample(sample);
  }

  function takeFrame(dtsMs: number, ptsMs: number, key: boolean, bytes: Uint8Array): void {
    if (video === null || (!seenKey && !key)) return;
    const data = video.sampleOf(bytes);
    if (data === null) return fail("The picture is damaged: start the encoder again.");
    if (data.byteLength === 0) return;
    seenKey = true;
    const dts = frame === null ? dtsMs : Math.max(dtsMs, frame.dtsMs);
    finishFrame(frame === null ? frameMs : dts - frame.dtsMs);
    frame = { dtsMs: dts, ptsMs, key, data };
  }

  function finishFrame(durationMs: number): void {
    if (frame === null) return;
    frameMs = durationMs;
    const { dtsMs: dts, ptsMs, key, data } = frame;
    frame = null;
    give({ track: "video", dts, pts: Math.max(ptsMs, dts), duration: durationMs, key, data });
  }

  function takeSound(timestampMs: number, bytes: Uint8Array): void {
    if (audio === null || bytes.byteLength === 0) return;
    const { timescale } = audio.track;
    const said = Math.round((timestampMs * timescale) / 1_000);
    const off = audioNext === null ? Infinity : Math.abs(said - audioNext);
    const dts =
      audioNext === null ? said : off * 1_000 <= jitterMs * timescale ? audioNext : Math.max(said, audioNext);
    const duration = audio.ticksPerFrame;
    audioNext = dts + duration;
    give({ track: "audio", dts, pts: dts, duration, key: true, data: new Uint8Array(bytes) });
  }

  function give(sample: Sample): void {
    if (told !== null) return on.sample(sample);
    early.push(sample);
    if (early.length >= limits.mediaSettleSamplesMax) announce();
  }

  function restart(): void {
    finishFrame(frameMs);
    firstMs = null;
    lastMs = 0;
    seenKey = false;
    audioNext = null;
    if (told !== null) announce();
  }

  function fail(sentence: string): void {
    failed = true;
    on.problem(sentence);
  }

  return {
    tag,
    end() {
      if (failed) return;
      finishFrame(frameMs);
      if (told === null) announce();
    },
  };
}

function isSame(
  known: { readonly track: { readonly description: Uint8Array } } | null,
  next: { readonly track: { readonly description: Uint8Array } },
): boolean {
  return known !== null && Buffer.compare(known.track.description, next.track.description) === 0;
}
