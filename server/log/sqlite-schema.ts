import { pagesWithoutThreadMax } from "./sqlite-checkpoints.ts";
import { DatabaseSync } from "node:sqlite";
import { LogFailure } from "./log.ts";
import { integer, transaction } from "./sqlite-file.ts";
import { revocationsSchema } from "./sqlite-revocations.ts";

/** How long a connection waits for the lock of another before it fails: it waits in the process's only thread. */
export const sqliteBusyMs = 2_000;
/** What the write-ahead log file is cut down to after a burst. */
export const walBytesKept = 64 * 1024 * 1024;

const schemaVersion = 2;

/**
 * Records have a key that rises over all rooms, so that every append goes to the right edge of the table, whichever
 * room it is for: the cheapest place of a B-tree, and blobs do not move when another room grows. What a record is
 * found by stands in small indexes beside it, one for each order it is read in; theirs are partial, so that readers
 * never step over records that hold only the journal. Columns are in the order of how often they are read, because
 * what overflows a page is fetched only up to the last column asked for. The epoch is the room's alone: a restore
 * changes it in one place for all its records. SQLite sees a page that is not one, but not a blob with other bytes
 * than were written; that is what the sums are for.
 */
const schema = `
  CREATE TABLE rooms (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    fence INTEGER NOT NULL,
    last INTEGER NOT NULL,
    public_seq INTEGER NOT NULL,
    staff_seq INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE records (
    key INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    place INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    public_from INTEGER NOT NULL,
    public_to INTEGER NOT NULL,
    staff_from INTEGER NOT NULL,
    staff_to INTEGER NOT NULL,
    persons INTEGER NOT NULL,
    overlays INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    journal_sum INTEGER NOT NULL,
    idx TEXT NOT NULL,
    bytes BLOB NOT NULL,
    journal BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX records_in_order ON records (room, place);
  CREATE INDEX records_public ON records (room, public_to) WHERE public_to >= public_from OR persons > 0;
  CREATE INDEX records_staff ON records (room, staff_to) WHERE staff_to >= staff_from OR persons > 0;
  CREATE TABLE overlays (
    room INTEGER NOT NULL,
    id TEXT NOT NULL,
    record INTEGER NOT NULL,
    place INTEGER NOT NULL,
    redacts INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    bytes BLOB,
    PRIMARY KEY (room, id, record, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX overlays_of_record ON overlays (room, record, place);
  CREATE TABLE snapshots (
    room INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    state BLOB NOT NULL
  ) STRICT;
`;
/** Format 2: of large snapshots, all but the last part. What format 1 holds is read as it is. */
const parts = `
  CREATE TABLE snapshot_parts (
    key INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    place INTEGER NOT NULL,
    part INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    state BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX snapshot_parts_in_order ON snapshot_parts (room, place, part);
  PRAGMA user_version = 2;
`;

/** Opens for writing and creates what is missing; `prepare` gets the connection ready. */
export function openForWriting<T>(
  path: string,
  options: { pagesMax: number | null; busyMs: number; checkpointsBeside: boolean },
  prepare: (db: DatabaseSync) => T,
): T {
  return openedWith(new DatabaseSync(path, { timeout: options.busyMs }), (db) => {
    if (db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode !== "wal") {
      throw new LogFailure(
        `${path}: The log needs a disk that supports memory-mapped files, not a network share.`,
      );
    }
    db.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${walBytesKept};`);
    if (options.checkpointsBeside) db.exec(`PRAGMA wal_autocheckpoint = ${pagesWithoutThreadMax}`);
    if (options.pagesMax !== null) db.exec(`PRAGMA max_page_count = ${options.pagesMax}`);
    transaction(db, "BEGIN IMMEDIATE", () => {
      if (versionOf(db) === 0) db.exec(schema);
      if (versionOf(db) < 2) db.exec(parts);
      db.exec(revocationsSchema);
      expectVersion(db, path);
    });
    return prepare(db);
  });
}

/** Opens an existing log, changes nothing, and may run beside a keeper in another process. */
export function openForReading<T>(path: string, busyMs: number, prepare: (db: DatabaseSync) => T): T {
  return openedWith(new DatabaseSync(path, { readOnly: true, timeout: busyMs }), (db) => {
    expectVersion(db, path);
    return prepare(db);
  });
}

function openedWith<T>(db: DatabaseSync, prepare: (db: DatabaseSync) => T): T {
  try {
    return prepare(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function expectVersion(db: DatabaseSync, path: string): void {
  const version = versionOf(db);
  if (version > 0 && version <= schemaVersion) return;
  throw new LogFailure(
    version === 0
      ? `${path}: The log has not been created yet. It is as soon as a keeper runs.`
      : `${path}: The log was written by another version of Chorus (format ${version}, this one knows ${schemaVersion}).`,
  );
}

function versionOf(db: DatabaseSync): number {
  return integer(db.prepare("PRAGMA user_version").get()?.user_version);
}
