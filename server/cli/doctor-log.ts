import { existsSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { integer, logFailure, text } from "../log/sqlite-file.ts";
import { openForReading, sqliteBusyMs } from "../log/sqlite-schema.ts";
import { logPath } from "../roles/paths.ts";
import type { Finding } from "./doctor-machine.ts";

/** Reads the whole log once, page by page, beside a keeper or without one. `newest` is the time of its last record. */
export function checkLog(dataDir: string): Finding & { newest: number | null } {
  const check = "log";
  const path = logPath({ dataDir });
  if (!existsSync(path)) {
    return { check, state: "ok", says: "There is no log yet; the first start makes one.", newest: null };
  }
  try {
    using db = openForReading(path, sqliteBusyMs, (db) => db);
    return findingOf(db, path);
  } catch (error) {
    return { check, state: "fail", says: logFailure(path, error).message, newest: null };
  }
}

function findingOf(db: DatabaseSync, path: string): Finding & { newest: number | null } {
  const found = text(db.prepare("PRAGMA quick_check(1)").get()?.quick_check);
  if (found !== "ok") {
    const says = `${path} is damaged: stop Chorus and restore a backup. (${found})`;
    return { check: "log", state: "fail", says, newest: null };
  }
  const rooms = integer(db.prepare("SELECT count(*) AS n FROM rooms").get()?.n);
  const last = db.prepare("SELECT at FROM records ORDER BY key DESC LIMIT 1").get()?.at;
  const size = (statSync(path).size / 1024 ** 2).toFixed(1);
  return {
    check: "log",
    state: "ok",
    says: `${path} is sound: ${rooms} ${rooms === 1 ? "room" : "rooms"}, ${size} MiB.`,
    newest: last === undefined ? null : integer(last),
  };
}
