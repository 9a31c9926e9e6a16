import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * How long clients of a room gather their taps. A frame of them costs its gateway the same whatever it holds, so the more
 * would come, and the less of the loop is left, the longer they are gathered. It is told with the totals.
 */
export type Gathering = {
  readonly ms: number;
  readonly since: Time;
  /** Since when the step below would have done; null while it would not. */
  readonly calmSince: Time | null;
};

export const shortest: Gathering = { ms: limits.gatherMsMin, since: time(0), calmSince: null };

/** What a gateway takes of a room: about a tenth of a core, measured at 12 to 17 µs a frame. */
const framesPerSecondMax = 6_000;
/** What a shorter step would bring at most, so that it is not left again at once. */
const spare = 0.8;
const stepFactor = 2;
const settleIntervals = 2;

/**
 * Longer at once, shorter by one step when that would long have done.
 *
 * @param framesPerSecond that came while they were gathered as before.
 * @param crowding how many times less than its share of the loop the room has.
 */
export function gather(before: Gathering, framesPerSecond: number, crowding: number, now: Time): Gathering {
  const { ms, since } = before;
  /* Half as long at most doubles what comes. */
  const enoughMs = (ms * framesPerSecond * crowding) / framesPerSecondMax;
  if (enoughMs > ms && ms < limits.gatherMsMax) {
    /* What the last change has done shows when everybody has heard of it and sent again. */
    if (now - since < settleIntervals * ms) return { ...before, calmSince: null };
    return { ms: stepFor(enoughMs), since: now, calmSince: null };
  }
  if (ms === limits.gatherMsMin || enoughMs > (ms / stepFactor) * spare)
    return before.calmSince === null ? before : { ...before, calmSince: null };
  const calmSince = before.calmSince ?? now;
  if (now - calmSince < limits.gatherLeaveMs) return { ...before, calmSince };
  return { ms: ms / stepFactor, since: now, calmSince: null };
}

function stepFor(enoughMs: number): number {
  let ms: number = limits.gatherMsMin;
  while (ms < enoughMs && ms < limits.gatherMsMax) ms *= stepFactor;
  return ms;
}
