import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { lockPath } from "./paths.ts";

/** What is left of a server that was killed ends within moments; whoever wants its place waits no longer than this. */
const orphansWithinMs = 5_000;
/** Somebody who only looks holds the lock for less than a millisecond. */
const lookersWithinMs = 200;
const busy = 5;
/** A connection that nobody refers to is closed, and its lock with it. */
const held = new Set<DatabaseSync>();

export type Locked = { lock: Disposable } | { obstacle: string };

/**
 * Makes this process the one server of a data directory, until it ends or gives the lock back; otherwise says why it cannot
 * be. The locks are the kernel's, on an empty file that is opened as a database, so that they end with their process,
 * however it ends: RESERVED for the server, which one process can hold, and beside it SHARED for each of its own.
 */
export function lockData(dataDir: string, waitMs = orphansWithinMs): Locked {
  return opened<Locked>(dataDir, (db) => {
    if (!begins(db, "IMMEDIATE", lookersWithinMs)) return taken(dataDir);
    db.exec("ROLLBACK");
    if (!begins(db, "EXCLUSIVE", waitMs)) return taken(dataDir);
    db.exec("ROLLBACK");
    if (!begins(db, "IMMEDIATE", lookersWithinMs)) return taken(dataDir);
    held.add(db);
    return { lock: { [Symbol.dispose]: () => release(db) } };
  });
}

/**
 * Makes this process one of the server's, until it ends: no other server starts before.
 * @throws Error when the lock cannot be used.
 */
export function joinServer(dataDir: string): void {
  const outcome = opened(dataDir, (db) => {
    db.exec(`PRAGMA busy_timeout = ${orphansWithinMs}; BEGIN`);
    db.prepare("SELECT 1 FROM sqlite_schema").get();
    held.add(db);
    return null;
  });
  if (outcome !== null) throw new Error(outcome.obstacle);
}

/** Looks, and changes nothing. */
export function occupantOf(dataDir: string): "nobody" | "chorus" | { obstacle: string } {
  if (!existsSync(lockPath({ dataDir }))) return "nobody";
  return opened(dataDir, (db) => (begins(db, "IMMEDIATE", 0) ? "nobody" : "chorus"));
}

function taken(dataDir: string): { obstacle: string } {
  return { obstacle: `Another Chorus already runs on ${dataDir}: stop it, or choose another with --data.` };
}

/** Closes again what is not held. */
function opened<T>(dataDir: string, work: (db: DatabaseSync) => T): T | { obstacle: string } {
  const path = lockPath({ dataDir });
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path);
    return work(db);
  } catch (error) {
    if (!(error instanceof Error && "errcode" in error)) throw error;
    return { obstacle: `${path} cannot be used (${error.message}): change its owner, or delete it.` };
  } finally {
    if (db !== null && !held.has(db)) db.close();
  }
}

/** Nothing is ever written: a journal would only be left behind. */
function begins(db: DatabaseSync, how: "IMMEDIATE" | "EXCLUSIVE", waitMs: number): boolean {
  try {
    db.exec(`PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = ${waitMs}; BEGIN ${how}`);
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return false;
    throw error;
  }
}

function release(db: DatabaseSync): void {
  if (held.delete(db)) db.close();
}
