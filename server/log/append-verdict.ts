import type { Head, RoomRecord } from "@chorus/core/record.ts";
import { seq } from "@chorus/protocol/ids.ts";
import type { Epoch } from "@chorus/protocol/ids.ts";
import type { AppendOutcome, SnapshotAt } from "./log.ts";
import { isWhole } from "./record-codec.ts";

export type RoomState = { fence: number; head: Head };

/** A record that contradicts itself is a wrong program, not a refusal: it would make the room unreadable. */
export function expectWhole(records: readonly RoomRecord[]): void {
  for (const record of records) {
    if (!isWhole(record))
      throw new RangeError(`record ${record.room}/${record.offset} contradicts its own index`);
  }
}

/** Every adapter decides by this. */
export function appendVerdict(room: RoomState | undefined, record: RoomRecord): AppendOutcome {
  if (room === undefined) return "no-such-room";
  if (record.fence !== room.fence) return "stale-fence";
  if (record.epoch !== room.head.epoch) return "wrong-epoch";
  return follows(room.head, record) ? "appended" : "wrong-offset";
}

/** A snapshot counts if its keeper still holds the room and it is neither older than the one held nor ahead of the log. */
export function snapshotCounts(
  room: RoomState | undefined,
  { fence, offset }: SnapshotAt,
  heldOffset: number | null,
): boolean {
  if (room === undefined || fence !== room.fence) return false;
  return offset >= (heldOffset ?? 0) && offset <= room.head.offset;
}

export function headAfter(record: RoomRecord): Head {
  return {
    epoch: record.epoch,
    offset: record.offset,
    publicSeq: record.publicTo,
    staffSeq: record.staffTo,
  };
}

export function emptyHead(epoch: Epoch): Head {
  return { epoch, offset: 0, publicSeq: seq(0), staffSeq: seq(0) };
}

function follows(head: Head, record: RoomRecord): boolean {
  return (
    record.offset === head.offset + 1 &&
    record.publicFrom === head.publicSeq + 1 &&
    record.staffFrom === head.staffSeq + 1
  );
}
