import type { EntryId, Epoch, PersonId, Seq } from "@chorus/protocol/ids.ts";
import { seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Cut, entriesShown, isShown, type Reader } from "./cut.ts";
import {
  type Audience,
  type IndexItem,
  inAudience,
  isOverlaid,
  overlaid,
  type RoomRecord,
  type StoredOverlay,
} from "../record.ts";

/**
 * The newest records of a room as a gateway holds them: one copy for all its viewers, who are nothing but positions
 * in it. Bounded in entries and bytes; the oldest record goes first. What a safety entry replaced is replaced here
 * too, for everybody but staff, whenever it is read (law 6).
 */
export type Ring = {
  epoch: Epoch;
  /** Offset of the last record; the next one must follow. */
  offset: number;
  publicSeq: Seq;
  staffSeq: Seq;
  /** Seqs up to these came before the ring, or have left it. */
  publicFloor: Seq;
  staffFloor: Seq;
  readonly slots: RoomRecord[];
  /** Of records that came while the room was capped, by offset. */
  readonly cuts: Map<number, Cut>;
  /** Those that anybody is shown. */
  entries: number;
  bytes: number;
  /** How many entries in the ring carry the text of a message or quote it; only these need its overlay. */
  readonly carriers: Map<EntryId, number>;
  readonly overlays: Map<EntryId, StoredOverlay>;
};

/** Where a ring begins: after the record `offset`, with nothing in it. */
export function createRing(epoch: Epoch, offset: number, publicSeq: Seq, staffSeq: Seq): Ring {
  return {
    epoch,
    offset,
    publicSeq,
    staffSeq,
    publicFloor: publicSeq,
    staffFloor: staffSeq,
    slots: [],
    cuts: new Map(),
    entries: 0,
    bytes: 0,
    carriers: new Map(),
    overlays: new Map(),
  };
}

export function headOf(ring: Ring, audience: Audience): Seq {
  return audience === "public" ? ring.publicSeq : ring.staffSeq;
}

export function floorOf(ring: Ring, audience: Audience): Seq {
  return audience === "public" ? ring.publicFloor : ring.staffFloor;
}

/**
 * Whether everything after a position is here. What is for one person stands between two entries of an audience, so
 * at the floor itself something of theirs may be missing.
 */
export function reaches(ring: Ring, audience: Audience, after: Seq): boolean {
  return after > floorOf(ring, audience) || ring.offset === ring.slots.length;
}

/** Takes the record that follows; anything else is the caller's mistake. */
export function push(ring: Ring, record: RoomRecord, cut: Cut | null = null): void {
  if (record.offset !== ring.offset + 1 || record.epoch !== ring.epoch) {
    throw new Error(
      `Ring of ${record.room} at ${ring.epoch}/${ring.offset} got ${record.epoch}/${record.offset}.`,
    );
  }
  ring.slots.push(record);
  ring.offset = record.offset;
  ring.publicSeq = record.publicTo;
  ring.staffSeq = record.staffTo;
  if (cut !== null) ring.cuts.set(record.offset, cut);
  ring.entries += entriesShown(record, cut);
  ring.bytes += record.bytes.length;
  for (const item of record.index) {
    for (const id of carriedBy(item)) ring.carriers.set(id, (ring.carriers.get(id) ?? 0) + 1);
  }
  for (const overlay of record.overlays) {
    if (overlay.bytes === null) ring.overlays.delete(overlay.id);
    else if (ring.carriers.has(overlay.id)) ring.overlays.set(overlay.id, overlay);
  }
  while (ring.slots.length > 1 && (ring.entries > limits.ringEntriesMax || ring.bytes > limits.ringBytesMax))
    dropOldest(ring);
}

function dropOldest(ring: Ring): void {
  const oldest = ring.slots.shift();
  if (oldest === undefined) return;
  ring.publicFloor = oldest.publicTo;
  ring.staffFloor = oldest.staffTo;
  ring.entries -= entriesShown(oldest, ring.cuts.get(oldest.offset) ?? null);
  ring.cuts.delete(oldest.offset);
  ring.bytes -= oldest.bytes.length;
  for (const item of oldest.index) for (const id of carriedBy(item)) forgetCarrier(ring, id);
}

function forgetCarrier(ring: Ring, id: EntryId): void {
  const left = (ring.carriers.get(id) ?? 1) - 1;
  if (left > 0) ring.carriers.set(id, left);
  else {
    ring.carriers.delete(id);
    ring.overlays.delete(id);
  }
}

export function carriedBy({ about, quote }: IndexItem): EntryId[] {
  if (quote === null) return about === null ? [] : [about];
  return about === null ? [quote.of] : [about, quote.of];
}

/**
 * What an audience reads of a range: the entries' bytes in order, to be joined by commas, and where it ends. Where some were
 * left out, `seqs` are those of the others.
 */
export type Slice = {
  from: Seq;
  to: Seq;
  parts: Uint8Array[];
  bytes: number;
  seqs: Seq[] | null;
  shed: number;
};

/**
 * The range after `after` up to `to` or until `bytesMax` is passed, whole records at a time; at least one record, so
 * that reading goes on. The caller has made sure that `after` is not below the floor.
 */
export function slice(ring: Ring, reader: Reader, after: Seq, to: Seq, bytesMax: number): Slice {
  const seqs = ring.cuts.size === 0 ? null : [];
  const result: Slice = { from: seq(after + 1), to: after, parts: [], bytes: 0, seqs, shed: 0 };
  for (let i = slotAfter(ring, reader.audience, after); i < ring.slots.length; i++) {
    const record = ring.slots[i];
    if (record === undefined || firstOf(record, reader.audience) > to || result.bytes >= bytesMax) break;
    addRecord(result, ring, record, reader, after, to);
  }
  if (result.shed === 0) result.seqs = null;
  return result;
}

function addRecord(into: Slice, ring: Ring, record: RoomRecord, reader: Reader, after: Seq, to: Seq): void {
  const { audience } = reader;
  const last = Math.min(lastOf(record, audience), to);
  if (last < firstOf(record, audience)) return;
  if (isWhole(ring, record, audience, after, to)) {
    into.parts.push(record.bytes);
    into.bytes += record.bytes.length;
    for (let at = firstOf(record, audience); at <= last; at = seq(at + 1)) into.seqs?.push(at);
  } else {
    addEntries(into, ring, record, reader, after, to);
  }
  into.to = seq(last);
}

function addEntries(into: Slice, ring: Ring, record: RoomRecord, reader: Reader, after: Seq, to: Seq): void {
  const { audience } = reader;
  const cut = ring.cuts.get(record.offset) ?? null;
  let at = firstOf(record, audience) - 1;
  let start = 0;
  for (const [i, item] of record.index.entries()) {
    const end = start + item.bytes;
    if (inAudience(item.scope, audience)) {
      at += 1;
      if (at > after && at <= to && cut !== null && !isShown(cut, i, reader)) into.shed += 1;
      else if (at > after && at <= to) {
        const original = record.bytes.subarray(start, end);
        const bytes = (audience === "public" ? overlaid(item, original, ring.overlays) : null) ?? original;
        into.parts.push(bytes);
        into.bytes += bytes.length;
        into.seqs?.push(seq(at));
      }
    }
    start = end + 1;
  }
}

/** Whether the record's bytes can be used as they are: nothing to leave out, nothing replaced. */
function isWhole(ring: Ring, record: RoomRecord, audience: Audience, after: Seq, to: Seq): boolean {
  const first = firstOf(record, audience);
  const last = lastOf(record, audience);
  if (first <= after || last > to || last - first + 1 !== record.index.length) return false;
  if (ring.cuts.has(record.offset)) return false;
  if (audience === "staff" || ring.overlays.size === 0) return true;
  return !record.index.some((item) => isOverlaid(item, ring.overlays));
}

/**
 * Entries for one person within the records that hold the range; they have no seq of their own. With them what they said,
 * or is meant for them, where the reader is not shown it.
 */
export function personal(ring: Ring, reader: Reader, person: PersonId, after: Seq): Uint8Array[] {
  return found(ring, reader.audience, after, (item, i, cut) => {
    const left = cut !== null && !isShown(cut, i, reader) && isMeantFor(item, person);
    return left || (item.scope === "person" && item.person === person);
  });
}

/** The same for somebody who may have been shown anything: all that they said, or that is meant for them. */
export function inbox(ring: Ring, audience: Audience, person: PersonId, after: Seq): Uint8Array[] {
  return found(
    ring,
    audience,
    after,
    (item) => isMeantFor(item, person) || (item.scope === "person" && item.person === person),
  );
}

function found(
  ring: Ring,
  audience: Audience,
  after: Seq,
  isWanted: (item: IndexItem, i: number, cut: Cut | null) => boolean,
): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (const record of ring.slots) {
    if (lastOf(record, audience) < after) continue;
    const cut = ring.cuts.get(record.offset) ?? null;
    eachEntry(record, (item, bytes, i) => {
      if (isWanted(item, i, cut)) entries.push(overlaid(item, bytes, ring.overlays) ?? bytes);
    });
  }
  return entries;
}

function isMeantFor({ scope, by, meant }: IndexItem, person: PersonId): boolean {
  return scope === "all" && (by === person || meant.includes(person));
}

export function eachEntry(
  record: RoomRecord,
  visit: (item: IndexItem, bytes: Uint8Array, i: number) => void,
): void {
  let start = 0;
  for (const [i, item] of record.index.entries()) {
    visit(item, record.bytes.subarray(start, start + item.bytes), i);
    start += item.bytes + 1;
  }
}

function firstOf(record: RoomRecord, audience: Audience): Seq {
  return audience === "public" ? record.publicFrom : record.staffFrom;
}

function lastOf(record: RoomRecord, audience: Audience): Seq {
  return audience === "public" ? record.publicTo : record.staffTo;
}

/** The first slot with something of the audience after `after`, by bisection. */
function slotAfter(ring: Ring, audience: Audience, after: Seq): number {
  let low = 0;
  let high = ring.slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const record = ring.slots[middle];
    if (record !== undefined && lastOf(record, audience) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
