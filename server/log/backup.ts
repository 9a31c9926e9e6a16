import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { roomId } from "@chorus/protocol/ids.ts";
import type { Epoch, RoomId } from "@chorus/protocol/ids.ts";
import { LogFailure } from "./log.ts";
import type { Outcome } from "./log.ts";
import { logFailure, text, transaction } from "./sqlite-file.ts";
import { openForReading, sqliteBusyMs } from "./sqlite-schema.ts";

/**
 * Copies a log as it is at this moment to a file of its own, beside a writing keeper and without delaying it. The
 * target appears complete or not at all and is never overwritten.
 */
export function backupSqliteLog(path: string, toPath: string): Outcome<"saved" | "exists"> {
  if (occupied(toPath)) return { ok: true, value: "exists" };
  return filling(path, toPath, (part) => {
    using log = openForReading(path, sqliteBusyMs, (db) => db);
    copy(log, part);
    return "saved";
  });
}

/**
 * Puts a backup in a log's place, while no process runs on it. Every room continues at its offset and seqs under a
 * new epoch, since what came after the backup is lost and its seqs will be given again; every earlier keeper is
 * behind the fence.
 */
export function restoreSqliteLog(
  fromPath: string,
  path: string,
  mintEpoch: (room: RoomId) => Epoch,
): Outcome<"restored" | "exists"> {
  if (occupied(path)) return { ok: true, value: "exists" };
  return filling(fromPath, path, (part) => {
    using backup = openForReading(fromPath, sqliteBusyMs, (db) => db);
    expectIntegrity(backup, fromPath);
    copy(backup, part);
    renewEpochs(part, mintEpoch);
    return "restored";
  });
}

/** A write-ahead log that is left over would be read into the new file. */
function occupied(path: string): boolean {
  return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`].some((file) => existsSync(file));
}

/** Fills a file beside the target; it gets its name once it is on disk, and goes away when that fails. */
function filling<T>(fromPath: string, toPath: string, fill: (part: string) => T): Outcome<T> {
  const part = `${toPath}.part`;
  try {
    rmSync(part, { force: true });
    const value = fill(part);
    sync(part);
    renameSync(part, toPath);
    sync(dirname(toPath));
    return { ok: true, value };
  } catch (error) {
    rmSync(part, { force: true });
    return { ok: false, failure: failureOf(fromPath, toPath, error) };
  }
}

function failureOf(fromPath: string, toPath: string, error: unknown): LogFailure {
  if (error instanceof Error && "syscall" in error) {
    return new LogFailure(`${toPath}: The file cannot be written. (${error.message})`, { cause: error });
  }
  return logFailure(fromPath, error);
}

function copy(db: DatabaseSync, toPath: string): void {
  db.prepare("VACUUM INTO ?").run(toPath);
}

function expectIntegrity(db: DatabaseSync, path: string): void {
  const found = text(db.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
  if (found !== "ok") throw new LogFailure(`${path}: The backup is damaged. Use an earlier one. (${found})`);
}

function renewEpochs(path: string, mintEpoch: (room: RoomId) => Epoch): void {
  using db = new DatabaseSync(path);
  const renew = db.prepare("UPDATE rooms SET epoch = ?, fence = fence + 1 WHERE name = ?");
  transaction(db, "BEGIN IMMEDIATE", () => {
    for (const row of db.prepare("SELECT name FROM rooms").all()) {
      const name = text(row.name);
      renew.run(mintEpoch(roomId(name)), name);
    }
  });
}

function sync(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
