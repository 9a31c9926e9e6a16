import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { overlaid } from "@chorus/core/record.ts";
import type { Audience, Head, IndexItem, Overlays, RoomRecord, StoredOverlay } from "@chorus/core/record.ts";
import { entryId, epoch, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { LogReader, MessageAt, ReadQuery, ReadResult, StoredMessage } from "./log.ts";
import { lowestNeeded, messageAt, type RecordsQuery, readEntries, recordsAt } from "./read-entries.ts";
import type { ReadableRecord } from "./read-entries.ts";
import { decodeIndex, isWhole, RecordDamaged } from "./record-codec.ts";
import { blob, blobOrNull, expectSum, integer, text, transaction } from "./sqlite-file.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { storedRevocations } from "./sqlite-revocations.ts";

/** What the keeper's connection and a reader's have in common. */
export type Reads = {
  db: DatabaseSync;
  rooms: StatementSync;
  room: StatementSync;
  oldest: StatementSync;
  rising: Record<Audience, StatementSync>;
  falling: Record<Audience, StatementSync>;
  overlay: StatementSync;
  newerText: StatementSync;
  records: StatementSync;
  overlaysOf: StatementSync;
};
export type Row = Record<string, SQLOutputValue>;
export type StoredRoom = { key: number; name: RoomId; fence: number; head: Head; bytes: number };

export function prepareReads(db: DatabaseSync): Reads {
  return {
    db,
    rooms: db.prepare("SELECT name FROM rooms ORDER BY name"),
    room: db.prepare(
      "SELECT key, fence, epoch, last, public_seq, staff_seq, bytes FROM rooms WHERE name = ?",
    ),
    oldest: db.prepare(
      "SELECT public_from AS public, staff_from AS staff FROM records WHERE room = ? ORDER BY place LIMIT 1",
    ),
    rising: { public: db.prepare(risingSql("public")), staff: db.prepare(risingSql("staff")) },
    falling: { public: db.prepare(fallingSql("public")), staff: db.prepare(fallingSql("staff")) },
    overlay: db.prepare(
      "SELECT id, redacts, sum, bytes FROM overlays WHERE room = ? AND id = ? ORDER BY record DESC, place DESC LIMIT 1",
    ),
    newerText: db.prepare(
      "SELECT id, redacts, sum, bytes FROM overlays WHERE room = ? AND id = ? AND NOT redacts " +
        "ORDER BY record DESC, place DESC LIMIT 1",
    ),
    records: db.prepare(
      "SELECT place, fence, at, public_from, public_to, staff_from, staff_to, overlays, sum, journal_sum, idx, bytes, journal " +
        "FROM records WHERE room = ? AND place >= ? ORDER BY place LIMIT ?",
    ),
    overlaysOf: db.prepare(
      "SELECT id, redacts, sum, bytes FROM overlays WHERE room = ? AND record = ? ORDER BY place",
    ),
  };
}

export function readingHalf(file: SqliteFile<Reads>): LogReader {
  function look<T>(work: (reads: Reads) => T) {
    return file.attempt((reads) => transaction(reads.db, "BEGIN", () => work(reads)));
  }
  return {
    rooms: (done) => done(look(({ rooms }) => rooms.all().map((row) => roomId(text(row.name))))),
    head: (room, done) => done(look((reads) => storedRoom(reads, room)?.head ?? "no-such-room")),
    read: (room, query, done) => done(look((reads) => read(reads, room, query))),
    find: (room, at, done) => done(look((reads) => find(reads, room, at))),
    records(room, from, recordsMax, done) {
      const outcome = look((reads) => {
        const stored = storedRoom(reads, room);
        return stored === undefined ? "no-such-room" : storedRecords(reads, stored, from, recordsMax);
      });
      done(outcome);
    },
    revocations: (done) => done(look(({ db }) => storedRevocations(db))),
    close: () => file.close(),
  };
}

export function storedRoom(reads: Reads, name: RoomId): StoredRoom | undefined {
  const row = reads.room.get(name);
  if (row === undefined) return undefined;
  const head: Head = {
    epoch: epoch(text(row.epoch)),
    offset: integer(row.last),
    publicSeq: seq(integer(row.public_seq)),
    staffSeq: seq(integer(row.staff_seq)),
  };
  return { key: integer(row.key), name, fence: integer(row.fence), head, bytes: integer(row.bytes) };
}

export function storedRecords(
  reads: Reads,
  room: StoredRoom,
  from: number,
  recordsMax: number,
): RoomRecord[] {
  const rows = reads.records.all(room.key, from, recordsMax);
  const records = rows.map((row) => storedRecord(reads, room, row));
  const first = records[0]?.offset ?? 0;
  if (records.some((record, i) => record.offset !== first + i)) {
    throw new RecordDamaged(`records of ${room.name} are missing`);
  }
  return records;
}

function storedRecord(reads: Reads, room: StoredRoom, row: Row): RoomRecord {
  const offset = integer(row.place);
  const overlays = integer(row.overlays) === 0 ? [] : reads.overlaysOf.all(room.key, offset);
  const record: RoomRecord = {
    room: room.name,
    epoch: room.head.epoch,
    offset,
    fence: integer(row.fence),
    at: time(integer(row.at)),
    publicFrom: seq(integer(row.public_from)),
    publicTo: seq(integer(row.public_to)),
    staffFrom: seq(integer(row.staff_from)),
    staffTo: seq(integer(row.staff_to)),
    journal: blob(row.journal),
    overlays: overlays.map(storedOverlay),
    ...storedEntries(row),
  };
  expectSum(row.journal_sum, record.journal);
  if (!isWhole(record)) throw new RecordDamaged(`record ${room.name}/${offset} contradicts its index`);
  return record;
}

function storedOverlay(row: Row): StoredOverlay {
  const bytes = blobOrNull(row.bytes);
  expectSum(row.sum, bytes ?? "");
  return { id: entryId(text(row.id)), redacts: integer(row.redacts) === 1, bytes };
}

function storedEntries(row: Row): { index: IndexItem[]; bytes: Uint8Array } {
  const idx = text(row.idx);
  const bytes = blob(row.bytes);
  expectSum(row.sum, idx, bytes);
  return { index: decodeIndex(JSON.parse(idx)), bytes };
}

function read(reads: Reads, name: RoomId, query: ReadQuery): ReadResult | "no-such-room" {
  const room = storedRoom(reads, name);
  if (room === undefined) return "no-such-room";
  const { key, head } = room;
  const next = query.audience === "public" ? head.publicSeq + 1 : head.staffSeq + 1;
  const oldest = reads.oldest.get(key);
  return {
    head,
    oldest: seq(oldest === undefined ? next : integer(oldest[query.audience])),
    entries: readEntries(recordsFor(reads, key, query), query, (item, original) =>
      overlaid(item, original, overlaysIn(reads, key)),
    ),
  };
}

function find(reads: Reads, name: RoomId, at: MessageAt): StoredMessage | null | "no-such-room" {
  const room = storedRoom(reads, name);
  if (room === undefined) return "no-such-room";
  const original = messageAt(recordsFor(reads, room.key, recordsAt(at)), at);
  if (original === null) return null;
  const newer = reads.newerText.get(room.key, at.id);
  const overlay = reads.overlay.get(room.key, at.id);
  const now = overlay === undefined ? null : storedOverlay(overlay);
  return {
    original,
    newest: newer === undefined ? null : storedOverlay(newer).bytes,
    tombstone: now?.redacts === true ? now.bytes : null,
  };
}

function* recordsFor(reads: Reads, key: number, query: RecordsQuery): Iterable<ReadableRecord> {
  const withPersons = query.person === null ? 0 : 1;
  const rows = query.newest
    ? reads.falling[query.audience].iterate(key, key, query.to + withPersons, withPersons)
    : reads.rising[query.audience].iterate(key, lowestNeeded(query), withPersons);
  for (const row of rows) {
    yield {
      at: time(integer(row.at)),
      from: seq(integer(row.from)),
      to: seq(integer(row.to)),
      ...storedEntries(row),
    };
  }
}

function overlaysIn(reads: Reads, key: number): Overlays {
  return {
    get(id) {
      const row = reads.overlay.get(key, id);
      return row === undefined ? undefined : storedOverlay(row);
    },
  };
}

/** The condition in parentheses is the index's own, word for word, so that SQLite may use it. */
function risingSql(of: Audience): string {
  return `
    SELECT at, ${of}_from AS "from", ${of}_to AS "to", sum, idx, bytes
    FROM records INDEXED BY records_${of}
    WHERE room = ? AND ${of}_to >= ?
      AND (${of}_to >= ${of}_from OR persons > 0) AND (${of}_to >= ${of}_from OR ?)
    ORDER BY ${of}_to, key`;
}

/** Begins with the record that holds the upper end, and not with the head: old history costs as much as new. */
function fallingSql(of: Audience): string {
  const indexed = `INDEXED BY records_${of}`;
  const condition = `(${of}_to >= ${of}_from OR persons > 0)`;
  return `
    SELECT at, ${of}_from AS "from", ${of}_to AS "to", sum, idx, bytes
    FROM records ${indexed}
    WHERE room = ? AND ${of}_to <= ifnull(
        (SELECT ${of}_to FROM records ${indexed} WHERE room = ? AND ${of}_to >= ? AND ${condition}
         ORDER BY ${of}_to LIMIT 1),
        9223372036854775807)
      AND ${condition} AND (${of}_to >= ${of}_from OR ?)
    ORDER BY ${of}_to DESC, key DESC`;
}
