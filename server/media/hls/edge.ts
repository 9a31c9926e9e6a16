import { edgeOf, type Part, type Segment, type Timeline } from "./timeline.ts";

/** `_HLS_msn`, `_HLS_part` and `_HLS_skip` of RFC 8216bis, section 6.2.5.2; null where they are not given. */
export type Directives = {
  readonly msn: number | null;
  readonly part: number | null;
  readonly skip: boolean;
};

/** A reload may ask for parts of up to three seconds ahead (RFC 8216bis, 6.2.5.2). */
const advanceMs = 3_000;

export function segmentIn({ segments, late }: Timeline, msn: number): Segment | undefined {
  return segments.find((one) => one.msn === msn) ?? late.find((one) => one.msn === msn);
}

export function partsIn(timeline: Timeline, msn: number): readonly Part[] | null | undefined {
  return timeline.open?.msn === msn ? timeline.open.parts : segmentIn(timeline, msn)?.parts;
}

/** Part N of a segment that has ended with fewer is part 0 of the next one (RFC 8216bis, 6.2.5.2). */
export function has(timeline: Timeline, msn: number, part: number | null): boolean {
  const edge = edgeOf(timeline);
  if (msn < edge.msn)
    return (
      part === null || edge.msn > msn + 1 || edge.part > 0 || part < (partsIn(timeline, msn)?.length ?? 0)
    );
  return msn === edge.msn && part !== null && part < edge.part;
}

export function isTooFar(timeline: Timeline, msn: number, part: number | null): boolean {
  const edge = edgeOf(timeline);
  const ahead = Math.ceil(advanceMs / Math.max(1, timeline.partTargetMs));
  return msn > edge.msn + 1 || (part !== null && msn === edge.msn && part > edge.part + ahead);
}
