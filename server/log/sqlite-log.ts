import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RoomRecord } from "@chorus/core/record.ts";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import { appendVerdict, expectWhole, snapshotCounts } from "./append-verdict.ts";
import type { AppendOutcome, Loaded, Log, LogReader, Opened, Retention, SnapshotAt } from "./log.ts";
import { encodeIndex, RecordDamaged } from "./record-codec.ts";
import { retentionCut, sizeOf, trimRecordsMax } from "./retention.ts";
import type { HeldRecord } from "./retention.ts";
import { blob, expectSum, integer, sqliteFile, sumOf, transaction, unsynced } from "./sqlite-file.ts";
import { prepareReads, readingHalf, storedRecords, storedRoom } from "./sqlite-reads.ts";
import type { Reads, Row, StoredRoom } from "./sqlite-reads.ts";
import { storeRevocation } from "./sqlite-revocations.ts";
import { startCheckpoints } from "./sqlite-checkpoints.ts";
import { openForReading, openForWriting, sqliteBusyMs } from "./sqlite-schema.ts";

export type SqliteLogOptions = {
  /** The largest size of the file in pages of 4 KiB; the engine refuses to grow beyond it as on a full disk. */
  pagesMax?: number;
  busyMs?: number;
  /** Of how many people it holds that their tokens were called back. Default: `limits.revocationsMax`. */
  revocationsMax?: number;
  /** Whether a thread does what need not be done before an append is answered; for whoever writes for long. */
  checkpointsBeside?: boolean;
  now?: () => Time;
};

/**
 * The log of one machine, in one file. Never throws for the file's sake: while it is missing, full or damaged every
 * call ends with a failure, and a later call tries again. After a failed append the room's head is uncertain, as a
 * disk may fail after it has written; `open` tells.
 */
export function openSqliteLog(path: string, options: SqliteLogOptions = {}): Log {
  const now = options.now ?? (() => time(Date.now()));
  const { pagesMax = null, busyMs = sqliteBusyMs, revocationsMax = limits.revocationsMax } = options;
  const { checkpointsBeside = false } = options;
  const file = sqliteFile(
    path,
    () => openForWriting(path, { pagesMax, busyMs, checkpointsBeside }, prepareWrites),
    /* While a reader is still there, closing alone would leave everything in the file beside. */
    ({ db }) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"),
  );

  const checkpoints = checkpointsBeside ? startCheckpoints(path, finish) : null;

  function finish(): void {
    file.attempt(({ db }) => db.exec("PRAGMA wal_checkpoint(PASSIVE)"));
  }

  function change<T>(work: (log: Writes) => T) {
    return file.attempt((log) => transaction(log.db, "BEGIN IMMEDIATE", () => work(log)));
  }

  return {
    ...readingHalf(file),
    create(room, epoch, done) {
      const outcome = change(({ create }) =>
        create.run(room, epoch, now()).changes === 0 ? "exists" : "created",
      );
      done(outcome);
    },
    open: (room, done) => done(change((log) => openRoom(log, room))),
    load: (room, done) =>
      done(file.attempt((log) => transaction(log.db, "BEGIN", () => loadRoom(log, room)))),
    append(records, done) {
      expectWhole(records);
      const outcome = change((log) => records.map((record) => append(log, record)));
      checkpoints?.wrote(records.reduce((sum, record) => sum + sizeOf(record), 0));
      done(outcome);
    },
    saveSnapshot: (at, parts, state, done) => done(change((log) => saveSnapshot(log, at, parts, state))),
    /* Not waiting for the disk: the snapshot that ends it does, and all that was written before it is there then. */
    saveSnapshotPart: (at, part, state, done) =>
      done(file.attempt((log) => unsynced(log.db, () => saveSnapshotPart(log, at, part, state)))),
    trim: (room, keep, done) => done(change((log) => ({ dropped: trim(log, room, keep) }))),
    close() {
      checkpoints?.stop();
      file.close();
    },
    revoke: (revoked, done) => done(change(({ db }) => storeRevocation(db, revoked, revocationsMax))),
  };
}

/** For every process but the keeper's. The file may come into being later, and its keeper may die at any moment. */
export function openSqliteLogReader(path: string, options: { busyMs?: number } = {}): LogReader {
  const busyMs = options.busyMs ?? sqliteBusyMs;
  return readingHalf(sqliteFile(path, () => openForReading(path, busyMs, prepareReads)));
}

type Writes = Reads & {
  create: StatementSync;
  raiseFence: StatementSync;
  moveHead: StatementSync;
  insert: StatementSync;
  insertOverlay: StatementSync;
  snapshot: StatementSync;
  snapshotPlace: StatementSync;
  saveSnapshot: StatementSync;
  snapshotParts: StatementSync;
  partSums: StatementSync;
  saveSnapshotPart: StatementSync;
  dropOldPart: StatementSync;
  dropOldParts: StatementSync;
  dropFurtherParts: StatementSync;
  heldRecords: StatementSync;
  dropRecords: StatementSync;
  dropOverlays: StatementSync;
  lessBytes: StatementSync;
};

function prepareWrites(db: DatabaseSync): Writes {
  return {
    ...prepareReads(db),
    create: db.prepare(
      "INSERT INTO rooms (name, epoch, created, fence, last, public_seq, staff_seq, bytes) " +
        "VALUES (?, ?, ?, 0, 0, 0, 0, 0) ON CONFLICT (name) DO NOTHING",
    ),
    raiseFence: db.prepare("UPDATE rooms SET fence = fence + 1 WHERE key = ?"),
    moveHead: db.prepare(
      "UPDATE rooms SET last = ?, public_seq = ?, staff_seq = ?, bytes = bytes + ? WHERE key = ?",
    ),
    insert: db.prepare(
      "INSERT INTO records (room, place, fence, at, public_from, public_to, staff_from, staff_to, " +
        "persons, overlays, size, sum, journal_sum, idx, bytes, journal) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    insertOverlay: db.prepare(
      "INSERT INTO overlays (room, id, record, place, redacts, sum, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    snapshot: db.prepare("SELECT place, sum, state FROM snapshots WHERE room = ?"),
    snapshotPlace: db.prepare("SELECT place FROM snapshots WHERE room = ?"),
    saveSnapshot: db.prepare(
      "INSERT INTO snapshots (room, place, sum, state) VALUES (?, ?, ?, ?) " +
        "ON CONFLICT (room) DO UPDATE SET place = excluded.place, sum = excluded.sum, state = excluded.state",
    ),
    snapshotParts: db.prepare(
      "SELECT sum, state FROM snapshot_parts WHERE room = ? AND place = ? ORDER BY part",
    ),
    partSums: db.prepare("SELECT sum FROM snapshot_parts WHERE room = ? AND place = ? ORDER BY part"),
    saveSnapshotPart: db.prepare(
      "INSERT INTO snapshot_parts (room, place, part, sum, state) VALUES (?, ?, ?, ?, ?) " +
        "ON CONFLICT (room, place, part) DO UPDATE SET sum = excluded.sum, state = excluded.state",
    ),
    dropOldPart: db.prepare(
      "DELETE FROM snapshot_parts WHERE key = (SELECT key FROM snapshot_parts WHERE room = ? AND place < ? LIMIT 1)",
    ),
    dropOldParts: db.prepare("DELETE FROM snapshot_parts WHERE room = ? AND place < ?"),
    dropFurtherParts: db.prepare("DELETE FROM snapshot_parts WHERE room = ? AND place = ? AND part >= ?"),
    heldRecords: db.prepare("SELECT place, at, size FROM records WHERE room = ? ORDER BY place LIMIT ?"),
    dropRecords: db.prepare("DELETE FROM records WHERE room = ? AND place <= ?"),
    dropOverlays: db.prepare("DELETE FROM overlays WHERE room = ? AND record <= ?"),
    lessBytes: db.prepare("UPDATE rooms SET bytes = bytes - ? WHERE key = ?"),
  };
}

function openRoom(log: Writes, name: RoomId): Opened | "no-such-room" {
  const room = storedRoom(log, name);
  if (room === undefined) return "no-such-room";
  log.raiseFence.run(room.key);
  return { fence: room.fence + 1, ...loaded(log, room) };
}

function loadRoom(log: Writes, name: RoomId): Loaded | "no-such-room" {
  const room = storedRoom(log, name);
  return room === undefined ? "no-such-room" : loaded(log, room);
}

function loaded(log: Writes, room: StoredRoom): Loaded {
  const snapshot = storedSnapshot(log, room);
  const after = snapshot?.offset ?? 0;
  const expected = room.head.offset - after;
  const records = storedRecords(log, room, after + 1, expected);
  if (records.length !== expected || (records[0] !== undefined && records[0].offset !== after + 1)) {
    throw new RecordDamaged(`records of ${room.name} are missing`);
  }
  return { head: room.head, snapshot, records };
}

function storedSnapshot(log: Writes, room: StoredRoom): Loaded["snapshot"] {
  const row = log.snapshot.get(room.key);
  if (row === undefined) return null;
  const offset = integer(row.place);
  const parts = log.snapshotParts.all(room.key, offset);
  const state = blob(row.state);
  expectSum(row.sum, state, ...sumsOf(parts));
  for (const part of parts) expectSum(part.sum, blob(part.state));
  return { offset, state: Buffer.concat([...parts.map((part) => blob(part.state)), state]) };
}

/** What is stored for the last part sums them up too, so that none can be missing. */
function sumsOf(parts: readonly Row[]): string[] {
  return parts.map(({ sum }) => `${integer(sum)} `);
}

function append(log: Writes, record: RoomRecord): AppendOutcome {
  const room = storedRoom(log, record.room);
  const verdict = appendVerdict(room, record);
  if (verdict !== "appended" || room === undefined) return verdict;
  const size = sizeOf(record);
  const idx = JSON.stringify(encodeIndex(record.index));
  log.insert.run(
    room.key,
    record.offset,
    record.fence,
    record.at,
    record.publicFrom,
    record.publicTo,
    record.staffFrom,
    record.staffTo,
    record.index.filter((item) => item.scope === "person").length,
    record.overlays.length,
    size,
    sumOf(idx, record.bytes),
    sumOf(record.journal),
    idx,
    record.bytes,
    record.journal,
  );
  record.overlays.forEach(({ id, redacts, bytes }, place) => {
    log.insertOverlay.run(room.key, id, record.offset, place, redacts ? 1 : 0, sumOf(bytes ?? ""), bytes);
  });
  log.moveHead.run(record.offset, record.publicTo, record.staffTo, size, room.key);
  return verdict;
}

function saveSnapshot(log: Writes, at: SnapshotAt, parts: number, state: Uint8Array): void {
  const room = roomToSave(log, at);
  if (room === null) return;
  const { offset } = at;
  log.dropFurtherParts.run(room.key, offset, parts);
  const stored = log.partSums.all(room.key, offset);
  if (stored.length !== parts) throw new RecordDamaged(`parts of a snapshot of ${at.room} are missing`);
  log.saveSnapshot.run(room.key, offset, sumOf(state, ...sumsOf(stored)), state);
}

function saveSnapshotPart(log: Writes, at: SnapshotAt, part: number, state: Uint8Array): void {
  const room = roomToSave(log, at);
  if (room === null || heldPlace(log, room) === at.offset) return;
  log.saveSnapshotPart.run(room.key, at.offset, part, sumOf(state), state);
}

/** Null where it does not count. What earlier snapshots consisted of goes as new ones come, and the rest when the room is trimmed. */
function roomToSave(log: Writes, at: SnapshotAt): StoredRoom | null {
  const room = storedRoom(log, at.room);
  const place = room === undefined ? null : heldPlace(log, room);
  if (room === undefined || !snapshotCounts(room, at, place)) return null;
  if (place !== null) for (let i = 0; i < 2; i++) log.dropOldPart.run(room.key, place);
  return room;
}

function heldPlace(log: Writes, room: StoredRoom): number | null {
  const held = log.snapshotPlace.get(room.key);
  return held === undefined ? null : integer(held.place);
}

function trim(log: Writes, name: RoomId, keep: Retention): number {
  const room = storedRoom(log, name);
  const snapshot = room && log.snapshotPlace.get(room.key);
  if (room === undefined || snapshot === undefined) return 0;
  log.dropOldParts.run(room.key, integer(snapshot.place));
  const held = log.heldRecords.all(room.key, trimRecordsMax).map(heldRecord);
  const cut = retentionCut(held, room.bytes, integer(snapshot.place), keep);
  if (cut.dropped === 0) return 0;
  log.dropRecords.run(room.key, cut.offset);
  log.dropOverlays.run(room.key, cut.offset);
  log.lessBytes.run(cut.bytes, room.key);
  return cut.dropped;
}

function heldRecord(row: Row): HeldRecord {
  return { offset: integer(row.place), at: time(integer(row.at)), size: integer(row.size) };
}
