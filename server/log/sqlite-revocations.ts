import type { DatabaseSync } from "node:sqlite";
import { limits } from "@chorus/protocol/limits.ts";
import { personId, time } from "@chorus/protocol/ids.ts";
import type { Time } from "@chorus/protocol/ids.ts";
import type { Revoked } from "./log.ts";
import { integer, text } from "./sqlite-file.ts";

/**
 * Whose tokens were called back, beside the rooms. It is no part of the format's number: versions that do not know of it leave
 * it alone, and a log of such a version gets it when a keeper opens it. Its statements are made when they are needed, so that
 * whoever reads a log without it can read everything else.
 */
export const revocationsSchema = `
  CREATE TABLE IF NOT EXISTS revocations (person TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS revocations_in_order ON revocations (at);
`;

export function storeRevocation(
  db: DatabaseSync,
  { person, before }: Revoked,
  most: number,
): "revoked" | "full" {
  const isKnown = db.prepare("SELECT 1 FROM revocations WHERE person = ?").get(person) !== undefined;
  if (!isKnown && !makesRoom(db, before, most)) return "full";
  db.prepare(
    "INSERT INTO revocations (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)",
  ).run(person, before);
  return "revoked";
}

function makesRoom(db: DatabaseSync, now: Time, most: number): boolean {
  const { held } = db.prepare("SELECT count(*) AS held FROM revocations").get() ?? {};
  if (integer(held) < most) return true;
  const oldest = db.prepare("SELECT person, at FROM revocations ORDER BY at LIMIT 1").get();
  if (oldest === undefined || integer(oldest.at) > now - limits.revocationHeldMs) return false;
  db.prepare("DELETE FROM revocations WHERE person = ?").run(text(oldest.person));
  return true;
}

export function storedRevocations(db: DatabaseSync): Revoked[] {
  return db
    .prepare("SELECT person, at FROM revocations ORDER BY at")
    .all()
    .map((row) => ({ person: personId(text(row.person)), before: time(integer(row.at)) }));
}
