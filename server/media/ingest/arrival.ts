import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { createCaptureTime } from "./capture-time.ts";

/** What a demuxer finds in an encoder's stream, as it arrives. */
export type Arrival = {
  /** At the start, and again when what comes is something else: another resolution, another track. */
  tracks(tracks: Tracks): void;
  sample(sample: Sample): void;
  /** Hands on what is still held. */
  end(): void;
};

const followEveryMs = 1_000;

/**
 * Gives samples on to a sink together with when they were captured. The first of them are held for a moment, because what
 * was looked at to find out the codecs comes late and all at once; then none waits.
 */
export function createArrival(sink: SampleSink, clock: Clock, leastDelayMs: number): Arrival {
  let tracks: Tracks | null = null;
  let capture = createCaptureTime(leastDelayMs);
  /** Null: nothing is held any more. */
  let held: Sample[] | null = [];
  let callOff = (): void => {};
  let followedAt: Time | null = null;

  function changed(next: Tracks): void {
    flush();
    tracks = next;
    capture = createCaptureTime(leastDelayMs);
    held = [];
    followedAt = null;
  }

  function sample(one: Sample): void {
    if (tracks === null) return;
    const now = clock.now();
    capture.arrived((one.pts * 1_000) / timescaleOf(tracks, one.track), now);
    if (held === null) {
      follow(now);
      return sink.sample(one);
    }
    if (held.length === 0) callOff = clock.after(limits.mediaSettleMs, flush);
    held.push(one);
    if (held.length >= limits.mediaSettleSamplesMax) flush();
  }

  function flush(): void {
    callOff();
    if (held === null || tracks === null) return;
    const samples = held;
    held = null;
    if (samples.length === 0) return;
    follow(clock.now());
    sink.begin(tracks, capture.zero());
    for (const one of samples) sink.sample(one);
  }

  function follow(now: Time): void {
    if (followedAt !== null && now - followedAt < followEveryMs) return;
    const first = followedAt === null;
    followedAt = now;
    if (capture.follow(now) && !first) sink.drift(capture.zero());
  }

  return {
    tracks: changed,
    sample,
    end() {
      flush();
      tracks = null;
      sink.end();
    },
  };
}

function timescaleOf(tracks: Tracks, track: Sample["track"]): number {
  return tracks[track]?.timescale ?? 1_000;
}
