import type { Time } from "@chorus/protocol/ids.ts";

/**
 * Sets what belongs to a key of a map that is in the order of use, least recent first. A key that was used within the same minute
 * keeps its place: a map that is taken from and added to with every message copies itself all the time, and its copies keep each
 * other, and all that was in them, in memory.
 *
 * @param before when it was used last; undefined where it is new.
 */
export function setRecent<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  before: Time | undefined,
  now: Time,
): void {
  if (before !== undefined && minuteOf(before) !== minuteOf(now)) map.delete(key);
  map.set(key, value);
}

function minuteOf(at: Time): number {
  return Math.floor(at / 60_000);
}
