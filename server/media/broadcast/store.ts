import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { type RoomId, roomId, time, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { blob, integer, text, transaction, unsynced } from "../../log/sqlite-file.ts";
import type { Broadcast } from "./broadcast.ts";
import type { KeptKey } from "./keys.ts";

export type RoomMedia = {
  readonly secondPublisher: "refuse" | "take-over";
  /** How long an encoder may be away before the broadcast ends: 0 to 600 000 ms. */
  readonly graceMs: number;
  readonly record: boolean;
  /** Who may watch with low latency; `known`: who has a token. */
  readonly lowLatency: "everyone" | "known";
};

export const roomMediaDefaults: RoomMedia = {
  secondPublisher: "refuse",
  graceMs: limits.mediaGraceMs,
  record: true,
  lowLatency: "everyone",
};

export type SrtAddress = { readonly room: RoomId; readonly port: number; readonly passphrase: string };
export type StoredBroadcast = {
  readonly room: RoomId;
  readonly broadcast: Broadcast;
  /** When it was last known to go on. */
  readonly seen: Time;
};

/** What the video path knows of its rooms and has to know again after a restart. Its methods throw when the file cannot be used. */
export type MediaStore = {
  keys(room: RoomId): readonly KeptKey[];
  setKeys(room: RoomId, keys: readonly KeptKey[]): void;
  settings(room: RoomId): RoomMedia;
  setSettings(room: RoomId, settings: RoomMedia): void;
  srtAddresses(): readonly SrtAddress[];
  /** In place of the one that the room had; null: it has none any more. */
  setSrtAddress(room: RoomId, address: Omit<SrtAddress, "room"> | null): void;
  /** The last broadcast of every room. */
  broadcasts(): readonly StoredBroadcast[];
  lastOf(room: RoomId): StoredBroadcast | null;
  /** All that is known of a room's broadcasts, newest first, at most 100. */
  broadcastsOf(room: RoomId): readonly StoredBroadcast[];
  keepBroadcast(stored: StoredBroadcast): void;
  seen(room: RoomId, now: Time): void;
  close(): void;
};

const schemaVersion = 1;
const schema = `
  CREATE TABLE keys (
    room TEXT NOT NULL,
    hash BLOB NOT NULL,
    made INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (room, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE settings (
    room TEXT PRIMARY KEY,
    second_publisher TEXT NOT NULL,
    grace_ms INTEGER NOT NULL,
    record INTEGER NOT NULL,
    low_latency TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE srt (
    room TEXT PRIMARY KEY,
    port INTEGER NOT NULL UNIQUE,
    passphrase TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE broadcasts (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    began INTEGER NOT NULL,
    phase TEXT NOT NULL,
    publisher TEXT NOT NULL,
    until INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    seen INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX broadcasts_of_room ON broadcasts (room, key);
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens the file or makes it.
 * @throws Error with a sentence when another version of Chorus wrote it.
 */
export function openMediaStore(path: string): MediaStore {
  const db = new DatabaseSync(path, { timeout: 2_000 });
  const version = integer(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > schemaVersion) {
    db.close();
    throw new Error(
      `${path} was written by a later version of Chorus (format ${version}, this one knows ${schemaVersion}): start that version, or move the file away.`,
    );
  }
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  if (version === 0) transaction(db, "BEGIN IMMEDIATE", () => db.exec(schema));
  return { ...keysIn(db), ...settingsIn(db), ...srtIn(db), ...broadcastsIn(db), close: () => db.close() };
}

function keysIn(db: DatabaseSync): Pick<MediaStore, "keys" | "setKeys"> {
  const all = db.prepare("SELECT hash, made, until FROM keys WHERE room = ? ORDER BY made DESC");
  const forget = db.prepare("DELETE FROM keys WHERE room = ?");
  const add = db.prepare("INSERT INTO keys (room, hash, made, until) VALUES (?, ?, ?, ?)");
  return {
    keys: (room) =>
      all.all(room).map(({ hash, made, until }) => ({
        hash: blob(hash),
        made: time(integer(made)),
        until: until === null ? null : time(integer(until)),
      })),
    setKeys: (room, keys) =>
      transaction(db, "BEGIN IMMEDIATE", () => {
        forget.run(room);
        for (const { hash, made, until } of keys) add.run(room, hash, made, until);
      }),
  };
}

function settingsIn(db: DatabaseSync): Pick<MediaStore, "settings" | "setSettings"> {
  const one = db.prepare("SELECT * FROM settings WHERE room = ?");
  const put = db.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?, ?)");
  return {
    settings(room) {
      const row = one.get(room);
      if (row === undefined) return roomMediaDefaults;
      return {
        secondPublisher: row["second_publisher"] === "take-over" ? "take-over" : "refuse",
        graceMs: graceMsOf(integer(row["grace_ms"])),
        record: row["record"] === 1,
        lowLatency: row["low_latency"] === "known" ? "known" : "everyone",
      };
    },
    setSettings(room, { secondPublisher, graceMs, record, lowLatency }) {
      put.run(room, secondPublisher, graceMsOf(graceMs), record ? 1 : 0, lowLatency);
    },
  };
}

function graceMsOf(ms: number): number {
  return Math.round(Math.max(0, Math.min(ms, limits.mediaGraceMsMax)));
}

function srtIn(db: DatabaseSync): Pick<MediaStore, "srtAddresses" | "setSrtAddress"> {
  const all = db.prepare("SELECT room, port, passphrase FROM srt ORDER BY port");
  const forget = db.prepare("DELETE FROM srt WHERE room = ?");
  const put = db.prepare("INSERT OR REPLACE INTO srt (room, port, passphrase) VALUES (?, ?, ?)");
  return {
    srtAddresses: () =>
      all.all().map(({ room, port, passphrase }) => ({
        room: roomId(text(room)),
        port: integer(port),
        passphrase: text(passphrase),
      })),
    setSrtAddress(room, address) {
      if (address === null) forget.run(room);
      else put.run(room, address.port, address.passphrase);
    },
  };
}

function broadcastsIn(
  db: DatabaseSync,
): Pick<MediaStore, "broadcasts" | "lastOf" | "broadcastsOf" | "keepBroadcast" | "seen"> {
  const last = db.prepare(
    "SELECT * FROM broadcasts WHERE key IN (SELECT max(key) FROM broadcasts GROUP BY room)",
  );
  const ofRoom = db.prepare("SELECT * FROM broadcasts WHERE room = ? ORDER BY key DESC LIMIT ?");
  const put = db.prepare(
    `INSERT INTO broadcasts (id, room, began, phase, publisher, until, ended, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, publisher = excluded.publisher, until = excluded.until,
       ended = excluded.ended, seen = excluded.seen`,
  );
  const trim = db.prepare(
    "DELETE FROM broadcasts WHERE room = ?1 AND key <= (SELECT key FROM broadcasts WHERE room = ?1 ORDER BY key DESC LIMIT 1 OFFSET ?2)",
  );
  const alive = db.prepare("UPDATE broadcasts SET seen = ? WHERE room = ? AND phase = 'live'");
  return {
    broadcasts: () => last.all().map(storedBroadcast),
    lastOf: (room) => ofRoom.all(room, 1).map(storedBroadcast)[0] ?? null,
    broadcastsOf: (room) => ofRoom.all(room, limits.mediaBroadcastsKept).map(storedBroadcast),
    keepBroadcast({ room, broadcast, seen }) {
      if (broadcast.phase === "off") return;
      const { id, began, phase } = broadcast;
      const publisher = broadcast.phase === "live" ? broadcast.publisher : "";
      const until = broadcast.phase === "interrupted" ? broadcast.until : 0;
      const [ended, closedUntil] =
        broadcast.phase === "ended" ? [broadcast.ended, broadcast.closedUntil] : [0, 0];
      put.run(id, room, began, phase, publisher, Math.max(until, closedUntil), ended, seen);
      trim.run(room, limits.mediaBroadcastsKept);
    },
    /* Pictures do not wait for a disk that is busy; with the machine the last of it may be lost, and the grace is that much shorter. */
    seen: (room, now) => void unsynced(db, () => alive.run(now, room)),
  };
}

function storedBroadcast(row: Record<string, SQLOutputValue>): StoredBroadcast {
  const at = (name: string): Time => time(integer(row[name]));
  const those = { id: text(row["id"]), began: at("began") };
  const room = roomId(text(row["room"]));
  const seen = at("seen");
  switch (row["phase"]) {
    case "live":
      return { room, seen, broadcast: { phase: "live", ...those, publisher: text(row["publisher"]) } };
    case "interrupted":
      return { room, seen, broadcast: { phase: "interrupted", ...those, until: at("until") } };
    default:
      return {
        room,
        seen,
        broadcast: { phase: "ended", ...those, ended: at("ended"), closedUntil: at("until") },
      };
  }
}
