import type { RoomRecord } from "@chorus/core/record.ts";
import type { Removed } from "@chorus/protocol/entries.ts";
import type { EntryId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { textOf } from "../keeper/record.ts";

/**
 * The messages that were taken away in the last moments, so that whoever polls takes them from the screen before the segment
 * that says so is listed. What is too much for it is in that segment all the same.
 */
export type LatelyRemoved = {
  take(record: RoomRecord): void;
  /** The newest last. */
  at(now: Time): EntryId[];
};

/** @param forgotten called when there were more than are remembered. */
export function createLatelyRemoved(forgotten: () => void): LatelyRemoved {
  const removedAt = new Map<EntryId, Time>();

  function take({ index, bytes, at }: RoomRecord): void {
    let start = 0;
    for (const { k, scope, about, bytes: length } of index) {
      if (k === "removed" && scope === "all") remove(bytes.subarray(start, start + length), at);
      else if (k === "restored" && about !== null) removedAt.delete(about);
      start += length + 1;
    }
  }

  function remove(entry: Uint8Array, at: Time): void {
    const { of } = JSON.parse(textOf(entry)) as Removed;
    for (const id of of) {
      removedAt.delete(id);
      removedAt.set(id, at);
    }
    forgetOld(at);
    for (const id of removedAt.keys()) {
      if (removedAt.size <= limits.segmentRemovedMax) return;
      removedAt.delete(id);
      forgotten();
    }
  }

  function forgetOld(now: Time): void {
    for (const [id, at] of removedAt) if (now - at > limits.segmentRemovedMs) removedAt.delete(id);
  }

  return {
    take,
    at(now) {
      forgetOld(now);
      return [...removedAt.keys()];
    },
  };
}
