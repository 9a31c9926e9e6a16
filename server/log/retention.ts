import type { RoomRecord } from "@chorus/core/record.ts";
import type { Time } from "@chorus/protocol/ids.ts";
import type { Retention } from "./log.ts";

/** What one call of `trim` drops at most, so that a keeper's turn stays short; call again while something was dropped. */
export const trimRecordsMax = 500;

export type HeldRecord = { offset: number; at: Time; size: number };
export type Cut = { offset: number; dropped: number; bytes: number };

/**
 * How far to drop: the longest run of oldest records of which each is too old or too much, never beyond `offsetMax`,
 * the newest snapshot. Entry time never goes back, so what follows the first record to stay may stay as well.
 */
export function retentionCut(
  oldest: Iterable<HeldRecord>,
  bytesHeld: number,
  offsetMax: number,
  keep: Retention,
): Cut {
  const cut: Cut = { offset: 0, dropped: 0, bytes: 0 };
  for (const { offset, at, size } of oldest) {
    const tooOld = keep.olderThan !== null && at < keep.olderThan;
    const tooMuch = keep.bytesMax !== null && bytesHeld - cut.bytes > keep.bytesMax;
    if (offset > offsetMax || cut.dropped === trimRecordsMax || (!tooOld && !tooMuch)) break;
    cut.offset = offset;
    cut.dropped += 1;
    cut.bytes += size;
  }
  return cut;
}

/** What a record counts for in `bytesMax`: the bytes it was given, without the store's own overhead. */
export function sizeOf(record: RoomRecord): number {
  let size = record.bytes.length + record.journal.length;
  for (const overlay of record.overlays) size += overlay.bytes?.length ?? 0;
  return size;
}
