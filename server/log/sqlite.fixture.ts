import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { time } from "@chorus/protocol/ids.ts";
import type { Log, LogReader } from "./log.ts";
import { openSqliteLog, openSqliteLogReader } from "./sqlite-log.ts";
import type { SqliteLogOptions } from "./sqlite-log.ts";

/** A directory of its own, with a log in it; everything is closed and removed at the end of the scope. */
export type Place = Disposable & {
  directory: string;
  path: string;
  log: Log;
  open(path?: string, options?: SqliteLogOptions): Log;
  reader(path?: string): LogReader;
};

export const createdAt = time(1_234);

export function aPlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), "chorus-log-"));
  const own = join(directory, "log.db");
  const opened: LogReader[] = [];
  function kept<T extends LogReader>(log: T): T {
    opened.push(log);
    return log;
  }
  const open = (path = own, options: SqliteLogOptions = {}): Log =>
    kept(openSqliteLog(path, { now: () => createdAt, ...options }));
  return {
    directory,
    path: own,
    log: open(),
    open,
    reader: (path = own) => kept(openSqliteLogReader(path)),
    [Symbol.dispose]() {
      for (const log of opened) log.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export const pageBytes = 4_096;

/** Garbage in place of bytes. */
export function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, new Uint8Array(length).fill(0xa5), 0, length, from);
  closeSync(file);
}

export function integrityOf(path: string): unknown {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare("PRAGMA integrity_check").get()?.integrity_check;
}

/**
 * Runs a keeper in another process and kills it with -9 in the middle of its appends, each about so large, after it has told so
 * many offsets. Gives the last offset that it told.
 */
export async function appendUntilKilled(
  path: string,
  room: string,
  tellings: number,
  told: (offset: number) => void = () => {},
  bytes = 0,
): Promise<number> {
  const script = fileURLToPath(new URL("./append-loop.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [script, path, room, String(bytes)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    count += 1;
    told(last);
    if (count === tellings) child.kill("SIGKILL");
  }
  return last;
}
