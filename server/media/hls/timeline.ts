import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Tracks } from "../samples.ts";

/** A piece of a segment that can be played before the segment is whole. */
export type Part = {
  readonly ms: number;
  /** Decoding can start with it. */
  readonly independent: boolean;
  readonly bytes: Uint8Array;
};

export type Segment = {
  readonly msn: number;
  /** Whose names these are: of one run of the program, so that no name ever has two contents. */
  readonly run: string;
  /** When its first picture was captured. */
  readonly at: Time;
  readonly ms: number;
  /** It does not follow from what was before. */
  readonly discontinuity: boolean;
  /** Which init segment its parts are to be read with. */
  readonly init: Init;
  readonly bytes: number;
  /** Null once it has to be read from the recording. */
  readonly parts: readonly Part[] | null;
};

export type Init = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly tracks: Tracks;
  /** RFC 6381. */
  readonly codecs: string;
};

/** What there is of one rendition of a broadcast, as playlists say it. Times are ms. */
export type Timeline = {
  readonly run: string;
  /** The longest that a part can be. */
  partTargetMs: number;
  /** The longest that a segment can be, in whole seconds; it never changes once it is said. */
  targetSeconds: number | null;
  /** Whole ones, oldest first, their numbers one after the other. */
  readonly segments: Segment[];
  /** No more in playlists, but who has read of them may still ask. */
  readonly late: Segment[];
  open: {
    readonly msn: number;
    readonly at: Time;
    readonly discontinuity: boolean;
    readonly init: Init;
    readonly parts: Part[];
  } | null;
  nextMsn: number;
  /** Discontinuities before the first of `segments`. */
  discontinuities: number;
  ended: boolean;
  /** Goes up with every part: what was written of a lower one is old. */
  version: number;
};

export function createTimeline(run: string, firstMsn: number, discontinuities: number): Timeline {
  return {
    run,
    partTargetMs: 0,
    targetSeconds: null,
    segments: [],
    late: [],
    open: null,
    nextMsn: firstMsn,
    discontinuities,
    ended: false,
    version: 0,
  };
}

export function partMade(timeline: Timeline, part: Part): void {
  timeline.open?.parts.push(part);
  timeline.version += 1;
}

/** Moves the open segment to the whole ones, and out of the window what is too old. @returns it; null where it had no part. */
export function segmentMade(timeline: Timeline, ms: number): Segment | null {
  const { open, run } = timeline;
  timeline.open = null;
  if (open === null || open.parts.length === 0) return null;
  const { msn, at, discontinuity, init, parts } = open;
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  const segment: Segment = { msn, run, at, ms, discontinuity, init, bytes, parts };
  timeline.targetSeconds ??= Math.max(limits.mediaTargetSecondsMin, roundedSeconds(ms));
  timeline.segments.push(segment);
  timeline.nextMsn = msn + 1;
  timeline.version += 1;
  slide(timeline);
  return segment;
}

/** A playlist may not become shorter than three target durations (RFC 8216bis, 6.2.2), and the window is far longer. */
function slide(timeline: Timeline): void {
  const { segments, late } = timeline;
  while (segments.length > 3 && beyond(segments)) {
    const oldest = segments.shift();
    if (oldest === undefined) return;
    if (oldest.discontinuity) timeline.discontinuities += 1;
    late.push(oldest);
  }
  while (late.length > 0 && beyond(late)) late.shift();
}

function beyond(those: readonly Segment[]): boolean {
  const ms = those.reduce((sum, one) => sum + one.ms, 0);
  const bytes = those.reduce((sum, one) => sum + one.bytes, 0);
  return ms - (those[0]?.ms ?? 0) >= limits.mediaWindowMs || bytes > limits.mediaWindowBytesMax;
}

/** As players round a duration that is written in thousandths. */
export function roundedSeconds(ms: number): number {
  return Math.round(Math.round(ms) / 1_000);
}

/** Where the live edge is: what comes next is the part with this number. */
export function edgeOf(timeline: Timeline): { msn: number; part: number } {
  const { open, nextMsn } = timeline;
  return open === null ? { msn: nextMsn, part: 0 } : { msn: open.msn, part: open.parts.length };
}

/** Whether there is something to play. */
export function isPlayable(timeline: Timeline): boolean {
  return timeline.targetSeconds !== null;
}
