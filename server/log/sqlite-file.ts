import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { crc32 } from "node:zlib";
import { LogFailure } from "./log.ts";
import type { Outcome } from "./log.ts";
import { RecordDamaged } from "./record-codec.ts";

/**
 * A database file that may be missing, full or damaged, now or later. It is opened by the first attempt, and again
 * by the next attempt after a failure that the connection may not survive; so a cause that goes away needs no restart.
 */
export type SqliteFile<Connection> = {
  attempt<T>(work: (connection: Connection) => T): Outcome<T>;
  close(): void;
};

export function sqliteFile<Connection extends { db: DatabaseSync }>(
  path: string,
  connect: () => Connection,
  beforeClose: (connection: Connection) => void = () => {},
): SqliteFile<Connection> {
  let connection: Connection | null = null;
  let closed = false;

  function disconnect(): void {
    const last = connection;
    connection = null;
    if (last?.db.isOpen) last.db.close();
  }

  function attempt<T>(work: (connection: Connection) => T): Outcome<T> {
    if (closed) return { ok: false, failure: new LogFailure("The log is closed.") };
    try {
      connection ??= connect();
      return { ok: true, value: work(connection) };
    } catch (error) {
      const failure = logFailure(path, error);
      if (!survives(error)) disconnect();
      return { ok: false, failure };
    }
  }

  return {
    attempt,
    close() {
      if (connection !== null) attempt(beforeClose);
      closed = true;
      disconnect();
    },
  };
}

/** All or nothing. `begin` is `BEGIN` for a consistent look, `BEGIN IMMEDIATE` for a change. */
export function transaction<T>(db: DatabaseSync, begin: "BEGIN" | "BEGIN IMMEDIATE", work: () => T): T {
  db.exec(begin);
  try {
    const value = work();
    db.exec("COMMIT");
    return value;
  } finally {
    if (db.isTransaction) db.exec("ROLLBACK");
  }
}

/** The same for a change that may be lost with the machine: it is on disk with the next one that waits (https://www.sqlite.org/wal.html, 4). */
export function unsynced<T>(db: DatabaseSync, work: () => T): T {
  db.exec("PRAGMA synchronous = NORMAL");
  try {
    return transaction(db, "BEGIN IMMEDIATE", work);
  } finally {
    db.exec("PRAGMA synchronous = FULL");
  }
}

/** What an operator reads. An error that is not the store's is a wrong program and is thrown on. */
export function logFailure(path: string, error: unknown): LogFailure {
  if (error instanceof LogFailure) return error;
  if (error instanceof RecordDamaged) {
    return new LogFailure(`${path}: ${damaged} (${error.message})`, { cause: error });
  }
  const code = storeCode(error);
  if (code === null || !(error instanceof Error)) throw error;
  const sentence = sentences.get(code) ?? "The log cannot be used at the moment.";
  return new LogFailure(`${path}: ${sentence} (${error.message})`, { cause: error });
}

export function integer(value: SQLOutputValue | undefined): number {
  if (typeof value !== "number") throw new RecordDamaged("a number is missing");
  return value;
}

export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== "string") throw new RecordDamaged("a text is missing");
  return value;
}

export function blob(value: SQLOutputValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new RecordDamaged("bytes are missing");
  return value;
}

export function blobOrNull(value: SQLOutputValue | undefined): Uint8Array | null {
  return value === null ? null : blob(value);
}

/** Stored beside what it sums up. */
export function sumOf(...parts: (string | Uint8Array)[]): number {
  let sum = 0;
  for (const part of parts) sum = crc32(part, sum);
  return sum;
}

export function expectSum(value: SQLOutputValue | undefined, ...parts: (string | Uint8Array)[]): void {
  if (integer(value) !== sumOf(...parts)) throw new RecordDamaged("bytes are not those that were written");
}

const damaged = "The log is damaged. Stop Chorus and restore a backup.";
const busy = 5;
const corrupt = 11;
const full = 13;
/** By primary result code: https://www.sqlite.org/rescode.html */
const sentences: ReadonlyMap<number, string> = new Map([
  [3, "The log may not be opened by this user. Check the permissions of the file and its directory."],
  [busy, "Another process holds the log locked. Only one keeper may write to it."],
  [6, "Another process holds the log locked. Only one keeper may write to it."],
  [8, "The log may not be written by this user. Check the permissions of the file and its directory."],
  [10, "The disk failed to read or write the log. Check the disk."],
  [corrupt, damaged],
  [full, "There is no space left for the log. Free space on the disk or shorten the retention."],
  [14, "The log cannot be opened. Check that its directory exists and may be written."],
  [26, `The file is not a log. ${damaged}`],
]);

function survives(error: unknown): boolean {
  const code = storeCode(error);
  return error instanceof RecordDamaged || code === full || code === busy;
}

function storeCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  // A damaged column may hold an integer that no JavaScript number can.
  if ("code" in error && error.code === "ERR_OUT_OF_RANGE") return corrupt;
  return "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;
}
