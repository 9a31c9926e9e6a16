import { inAudience } from "@chorus/core/record.ts";
import type { IndexItem, RoomRecord, Scope, StoredOverlay } from "@chorus/core/record.ts";
import { lanes } from "@chorus/protocol/entries.ts";
import type { EntryId, Epoch, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";

/**
 * A record in two halves: `head` is plain JSON, `body` opaque bytes. The bus carries both as they are; the SQLite log
 * stores the same index tuples as text beside the blobs. Entries come first in the body, then the overlays, then the
 * journal, so that a record with entries alone travels without a copy.
 */
export type EncodedRecord = { head: RecordHead; body: Uint8Array };
export type RecordHead = {
  room: RoomId;
  epoch: Epoch;
  offset: number;
  fence: number;
  at: Time;
  public: [from: Seq, to: Seq];
  staff: [from: Seq, to: Seq];
  index: IndexTuple[];
  overlays: OverlayTuple[];
  bytes: number;
};
/**
 * `lane` and `scope` are places in their lists: there is one tuple for every entry ever sent. Few entries have a quote, are
 * meant for somebody, or are messages that are not ordinary; a tuple ends with the last of these that it has.
 */
export type IndexTuple = [
  bytes: number,
  k: IndexItem["k"],
  lane: number,
  scope: number,
  id: EntryId,
  about: EntryId | null,
  by: PersonId | null,
  person: PersonId | null,
  quote?: [of: EntryId, from: number, to: number] | null,
  meant?: readonly PersonId[],
  kept?: 1,
];
/** `bytes` is the overlay's length in the body; null brings the original back. */
export type OverlayTuple = [id: EntryId, redacts: boolean, bytes: number | null];

/** Bytes that are no record: damage in the store or a message of a foreign program. */
export class RecordDamaged extends Error {
  override readonly name = "RecordDamaged";
}

export function encodeRecord(record: RoomRecord): EncodedRecord {
  return {
    head: {
      room: record.room,
      epoch: record.epoch,
      offset: record.offset,
      fence: record.fence,
      at: record.at,
      public: [record.publicFrom, record.publicTo],
      staff: [record.staffFrom, record.staffTo],
      index: encodeIndex(record.index),
      overlays: record.overlays.map(({ id, redacts, bytes }) => [id, redacts, bytes?.length ?? null]),
      bytes: record.bytes.length,
    },
    body: bodyOf(record),
  };
}

/** The record's bytes are views of `body`, which must not change afterwards. */
export function decodeRecord(encoded: { head: unknown; body: Uint8Array }): RoomRecord {
  const head = headOf(encoded.head);
  const cursor = { body: encoded.body, at: 0 };
  const bytes = take(cursor, head.bytes);
  const overlays = head.overlays.map(([id, redacts, length]): StoredOverlay => ({
    id,
    redacts,
    bytes: length === null ? null : take(cursor, length),
  }));
  const record: RoomRecord = {
    room: head.room,
    epoch: head.epoch,
    offset: head.offset,
    fence: head.fence,
    at: head.at,
    publicFrom: head.public[0],
    publicTo: head.public[1],
    staffFrom: head.staff[0],
    staffTo: head.staff[1],
    journal: take(cursor, encoded.body.length - cursor.at),
    index: decodeIndex(head.index),
    overlays,
    bytes,
  };
  if (!isWhole(record)) throw new RecordDamaged("a record's index does not describe its bytes");
  return record;
}

export function encodeIndex(index: readonly IndexItem[]): IndexTuple[] {
  return index.map((item) => {
    const lane = lanes.indexOf(item.lane);
    const scope = scopes.indexOf(item.scope);
    const tuple: IndexTuple = [item.bytes, item.k, lane, scope, item.id, item.about, item.by, item.person];
    const { quote, meant } = item;
    const kept = item.k === "message" && !item.ordinary;
    if (quote !== null || meant.length > 0 || kept)
      tuple.push(quote === null ? null : [quote.of, quote.from, quote.to]);
    if (meant.length > 0 || kept) tuple.push(meant);
    if (kept) tuple.push(1);
    return tuple;
  });
}

export function decodeIndex(tuples: unknown): IndexItem[] {
  if (!Array.isArray(tuples)) throw new RecordDamaged("a record's index is not a list");
  return (tuples as IndexTuple[]).map((tuple) => {
    const [bytes, k, laneAt, scopeAt, id, about, by, person, quoted = null, meant = nobody, kept] = tuple;
    const lane = lanes[laneAt];
    const scope = scopes[scopeAt];
    if (lane === undefined || scope === undefined || typeof bytes !== "number") {
      throw new RecordDamaged("a record's index names no lane, scope or length");
    }
    const quote = quoted === null ? null : { of: quoted[0], from: quoted[1], to: quoted[2] };
    const ordinary = k === "message" && kept === undefined;
    return {
      bytes,
      k,
      lane,
      scope,
      id,
      about: about === id ? id : about,
      by,
      person,
      quote,
      ordinary,
      meant,
    };
  });
}

/** Whether the index describes exactly the bytes, and the ranges count exactly the entries of each audience. */
export function isWhole(record: RoomRecord): boolean {
  let bytes = Math.max(0, record.index.length - 1);
  let seenByPublic = 0;
  let seenByStaff = 0;
  for (const item of record.index) {
    bytes += item.bytes;
    if (inAudience(item.scope, "public")) seenByPublic += 1;
    if (inAudience(item.scope, "staff")) seenByStaff += 1;
  }
  return (
    bytes === record.bytes.length &&
    seenByPublic === record.publicTo - record.publicFrom + 1 &&
    seenByStaff === record.staffTo - record.staffFrom + 1
  );
}

const nobody: readonly PersonId[] = [];
const nothing = new Uint8Array(0);

/** Their places are stored: a new scope is added at the end. */
const scopes: readonly Scope[] = ["all", "staff", "person"];

function bodyOf(record: RoomRecord): Uint8Array {
  if (record.overlays.length === 0 && record.journal.length === 0) return record.bytes;
  const parts = [record.bytes, ...record.overlays.flatMap(({ bytes }) => bytes ?? []), record.journal];
  return Buffer.concat(parts);
}

function headOf(head: unknown): RecordHead {
  if (typeof head !== "object" || head === null || !("index" in head) || !("overlays" in head)) {
    throw new RecordDamaged("a record's head is none");
  }
  return head as RecordHead;
}

function take(cursor: { body: Uint8Array; at: number }, length: number): Uint8Array {
  const from = cursor.at;
  cursor.at += length;
  if (!(length >= 0) || cursor.at > cursor.body.length)
    throw new RecordDamaged("a record's body is too short");
  /* Rings keep hundreds of thousands of records: a view weighs as much as a short message. */
  if (length === cursor.body.length) return cursor.body;
  return length === 0 ? nothing : cursor.body.subarray(from, cursor.at);
}
