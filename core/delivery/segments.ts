import type { EntryId, Epoch, Seq } from "@chorus/protocol/ids.ts";
import { seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type IndexItem, overlaid, type RoomRecord, type StoredOverlay } from "../record.ts";
import { carriedBy, type Ring } from "./ring.ts";
import { maySkip, rankOf } from "./sample.ts";

/**
 * A room cut into slots of time, for whoever polls it. All that a segment says follows from the log alone: two gateways
 * that have seen the same records give the same bytes under the same number and revision, whenever and in whatever
 * portions the records came. Only what the public reads is in it.
 */
export type Shelf = {
  readonly epoch: Epoch;
  /** Offset of the last record; the next one must follow. */
  offset: number;
  /** The public's last position, and the slot of the last record. */
  seq: Seq;
  slot: number;
  /** The slot of the first record here is not known whole, unless the room began with it. Null before that record. */
  unknown: number | null;
  /** Oldest first, each slot once; slots without anything for the public have none. */
  readonly segments: Segment[];
};

export type Segment = {
  /** The number of its slot since 1970. */
  readonly n: number;
  readonly from: Seq;
  to: Seq;
  /** Offset of the last record that has shaped it: one of its own, or a later one that replaces something in it. */
  rev: number;
  /** How many ordinary messages of the range were left out. */
  shed: number;
  ordinary: number;
  bytes: number;
  readonly kept: Kept[];
  readonly overlays: Map<EntryId, StoredOverlay>;
};
type Kept = { seq: Seq; item: IndexItem; bytes: Uint8Array; rank: number };

/** Begins with what a ring holds. */
export function shelfOf(ring: Ring): Shelf {
  const [first] = ring.slots;
  const shelf: Shelf = {
    epoch: ring.epoch,
    offset: first === undefined ? ring.offset : first.offset - 1,
    seq: first === undefined ? ring.publicSeq : seq(first.publicFrom - 1),
    slot: -1,
    unknown: null,
    segments: [],
  };
  for (const record of ring.slots) addRecord(shelf, record);
  return shelf;
}

/** Takes the record that follows; anything else is the caller's mistake. */
export function addRecord(shelf: Shelf, record: RoomRecord): void {
  if (record.offset !== shelf.offset + 1 || record.epoch !== shelf.epoch)
    throw new Error(
      `Shelf of ${record.room} at ${shelf.epoch}/${shelf.offset} got ${record.epoch}/${record.offset}.`,
    );
  shelf.offset = record.offset;
  shelf.seq = record.publicTo;
  shelf.slot = slotOf(record.at);
  shelf.unknown ??= record.offset === 1 ? -1 : shelf.slot;
  if (record.publicTo >= record.publicFrom && shelf.slot > shelf.unknown) addEntries(shelf, record);
  addOverlays(shelf, record);
  dropOldest(shelf);
}

/** Those that can be listed: their slot is over, and what was said in it has had the time to come here. */
export function closedSegments(shelf: Shelf, now: number): Segment[] {
  return shelf.segments.filter((segment) => isClosed(shelf, segment, now));
}

export function isClosed(shelf: Shelf, { n }: Segment, now: number): boolean {
  return n < shelf.slot || now >= (n + 1) * limits.segmentMs + limits.segmentGraceMs;
}

/** Up to which position the room can be read in closed segments. */
export function closedTo(shelf: Shelf, now: number): Seq {
  const last = shelf.segments.at(-1);
  return last === undefined || isClosed(shelf, last, now) ? shelf.seq : seq(last.from - 1);
}

/** The entries as the public reads them now, in order, each with its seq. */
export function entriesOf({ kept, overlays }: Segment): { seq: Seq; bytes: Uint8Array }[] {
  return kept.map(({ seq, item, bytes }) => ({ seq, bytes: overlaid(item, bytes, overlays) ?? bytes }));
}

function slotOf(at: number): number {
  return Math.floor(at / limits.segmentMs);
}

function addEntries(shelf: Shelf, record: RoomRecord): void {
  const segment = segmentFor(shelf, record);
  let at = record.publicFrom - 1;
  let start = 0;
  for (const item of record.index) {
    if (item.scope === "all") {
      at += 1;
      keep(segment, seq(at), item, record.bytes.subarray(start, start + item.bytes));
    }
    start += item.bytes + 1;
  }
  segment.to = record.publicTo;
  segment.rev = record.offset;
}

function segmentFor(shelf: Shelf, { publicFrom, offset }: RoomRecord): Segment {
  const last = shelf.segments.at(-1);
  if (last?.n === shelf.slot) return last;
  const segment: Segment = {
    n: shelf.slot,
    from: publicFrom,
    to: publicFrom,
    rev: offset,
    shed: 0,
    ordinary: 0,
    bytes: 0,
    kept: [],
    overlays: new Map(),
  };
  shelf.segments.push(segment);
  return segment;
}

/** Of more ordinary messages than people can read those of the lowest rank stay, whatever order they came in. */
function keep(segment: Segment, seq: Seq, item: IndexItem, bytes: Uint8Array): void {
  const ordinary = maySkip(item);
  const one: Kept = { seq, item, bytes, rank: ordinary ? rankOf(item) : -1 };
  if (ordinary && segment.ordinary === limits.segmentEntriesMax) {
    segment.shed += 1;
    const highest = indexOfHighest(segment.kept);
    const worst = segment.kept[highest];
    if (worst === undefined || one.rank >= worst.rank) return;
    segment.kept.splice(highest, 1);
    segment.bytes -= worst.bytes.length;
  } else if (ordinary) segment.ordinary += 1;
  /* A copy, so that a few entries do not keep all of a large record in memory. */
  segment.kept.push({ ...one, bytes: bytes.slice() });
  segment.bytes += bytes.length;
}

/** The last of equals. */
function indexOfHighest(kept: readonly Kept[]): number {
  let highest = 0;
  for (let i = 1; i < kept.length; i++) {
    if ((kept[i]?.rank ?? -1) >= (kept[highest]?.rank ?? -1)) highest = i;
  }
  return highest;
}

function addOverlays({ segments }: Shelf, { overlays, offset }: RoomRecord): void {
  if (overlays.length === 0) return;
  const news = new Map(overlays.map((overlay) => [overlay.id, overlay]));
  for (const segment of segments) {
    for (const { item } of segment.kept) {
      for (const id of carriedBy(item)) {
        const overlay = news.get(id);
        if (overlay === undefined) continue;
        segment.overlays.set(id, overlay);
        segment.rev = offset;
      }
    }
  }
}

function dropOldest({ segments }: Shelf): void {
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  while (segments.length > 1 && (segments.length > limits.segmentsKeptMax || bytes > limits.segmentsBytesMax))
    bytes -= segments.shift()?.bytes ?? 0;
}
