import { time } from "@chorus/protocol/ids.ts";
import { bothTracks, nal, someAac, someVideo } from "../fmp4/stream.fixture.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { createPackager, type Packager, type PackagerOptions } from "./packager.ts";

export const soundAlone: Tracks = { video: null, audio: someAac };
export const pictureAlone: Tracks = { video: someVideo, audio: null };
export const zero = time(1_800_000_000_000);

export type Take = {
  readonly tracks: Tracks;
  readonly ms: number;
  readonly frameMs: number;
  /** Frames from one key frame to the next. */
  readonly keyEvery: number;
  readonly reorders?: boolean;
  /** Of each frame in turns, added to when it comes. */
  readonly unevenMs?: readonly number[];
  /** When a track says nothing. */
  readonly pause?:
    | { readonly track: "video" | "audio"; readonly from: number; readonly to: number }
    | undefined;
};

/** What an encoder sends in such a take, both tracks in the order of decoding. */
export function samplesOf(take: Take): readonly Sample[] {
  const { video, audio } = take.tracks;
  const both = [...(video === null ? [] : picturesOf(take)), ...(audio === null ? [] : soundOf(take))];
  const { pause } = take;
  return both
    .filter(({ at, one }) => !(pause?.track === one.track && at >= pause.from && at < pause.to))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

type Timed = { readonly at: number; readonly one: Sample };

function picturesOf({ ms, frameMs, keyEvery, reorders = false, unevenMs = [0] }: Take): readonly Timed[] {
  const duration = Math.round(frameMs * 90);
  return Array.from({ length: Math.floor(ms / frameMs) }, (_, n) => {
    const uneven = unevenMs[n % unevenMs.length] ?? 0;
    const at = n * frameMs + Math.min(uneven, frameMs * 0.9);
    const dts = Math.round(at * 90);
    const key = n % keyEvery === 0;
    const pts = dts + (reorders ? duration * (n % 2 === 1 ? 2 : 1) : 0);
    const data = nal(key ? 0x65 : 0x41, n & 0xff, n >> 8);
    return { at, one: { track: "video", dts, pts, duration, key, data } };
  });
}

function soundOf({ ms }: Take): readonly Timed[] {
  return Array.from({ length: Math.floor((ms * 44.1) / 1_024) }, (_, n) => {
    const dts = n * 1_024;
    const data = Uint8Array.of(n & 0xff, n >> 8);
    return { at: dts / 44.1, one: { track: "audio", dts, pts: dts, duration: 1_024, key: true, data } };
  });
}

/** 25 pictures a second with sound, a key frame each second. */
export function aTake(ms: number, other: Partial<Take> = {}): Take {
  return { tracks: bothTracks, ms, frameMs: 40, keyEvery: 25, ...other };
}

export function plays(sink: SampleSink, take: Take, began = zero): void {
  sink.begin(take.tracks, began);
  for (const one of samplesOf(take)) sink.sample(one);
}

export function aPackager(other: Partial<PackagerOptions> = {}): Packager {
  return createPackager({
    partMs: 200,
    segmentMs: 1_000,
    run: "a",
    firstMsn: 0,
    discontinuities: 0,
    targetSeconds: null,
    initPrefix: "v",
    ...other,
    heard: { part() {}, segment() {}, keyFramesFar() {}, ...other.heard },
  });
}
