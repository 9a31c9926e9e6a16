import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * How long clients of a room gather their taps. A frame of them costs its gateway the same whatever it holds, so the more
 * would come, and the less of the loop is left, the longer they are gathered. It is told with the totals.
 */
export type Gathering = {
  readonly ms: number;
  /** Since when the step below would have done; null while it would not. */
  readonly calmSince: Time | null;
};

export const shortest: Gathering = { ms: limits.gatherMsMin, calmSince: null };

/** What a gateway takes of a room: about a tenth of a core, measured at 11 to 17 µs a frame. */
const framesPerSecondMax = 6_000;
/** What a shorter step would bring at most, so that it is not left again at once. */
const spare = 0.8;

/**
 * As long as may be at once: where taps fill the loop it takes seconds to tell everybody, and is told but once. Shorter by
 * halves when that would long have done.
 *
 * @param framesPerSecond that came while they were gathered as before.
 * @param crowding how many times less than its share of the loop the room has.
 */
export function gather(before: Gathering, framesPerSecond: number, crowding: number, now: Time): Gathering {
  const { ms } = before;
  /* Half as long at most doubles what comes. */
  const enoughMs = (ms * framesPerSecond * crowding) / framesPerSecondMax;
  if (enoughMs > ms) return { ms: limits.gatherMsMax, calmSince: null };
  const half = ms / 2;
  if (ms === limits.gatherMsMin || enoughMs > half * spare) return { ms, calmSince: null };
  const calmSince = before.calmSince ?? now;
  return now - calmSince < limits.gatherLeaveMs ? { ms, calmSince } : { ms: half, calmSince: null };
}
