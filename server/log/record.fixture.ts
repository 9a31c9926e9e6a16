import { strict as assert } from "node:assert";
import type { Audience, Head, IndexItem, RoomRecord, Scope, StoredOverlay } from "@chorus/core/record.ts";
import { inAudience } from "@chorus/core/record.ts";
import { entryId, epoch, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { emptyHead, headAfter } from "./append-verdict.ts";
import type {
  AppendOutcome,
  Done,
  Loaded,
  Log,
  LogReader,
  ReadEntry,
  ReadQuery,
  ReadResult,
  Retention,
} from "./log.ts";

/** Records, rooms and readers in the fewest words, for the tests of logs. */
export type Said = {
  text: string;
  scope?: Scope;
  id?: string;
  about?: string;
  k?: IndexItem["k"];
  person?: string;
  /** Of which message the text quotes what stands between its angle brackets. */
  quoting?: string;
  staff?: boolean;
  meant?: readonly string[];
};
export type Extras = { at?: number; overlays?: StoredOverlay[]; journal?: string };

export const noBytes = new Uint8Array(0);
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** The record that follows a head. */
export function recordAfter(
  room: RoomId,
  head: Head,
  fence: number,
  said: readonly Said[],
  extras: Extras = {},
): RoomRecord {
  const index = said.map((one, i) => itemOf(one, `${room}-${head.offset + 1}-${i}`));
  const count = (audience: Audience): number =>
    index.filter(({ scope }) => inAudience(scope, audience)).length;
  return {
    room,
    epoch: head.epoch,
    offset: head.offset + 1,
    fence,
    at: time(extras.at ?? 1_000 + head.offset),
    publicFrom: seq(head.publicSeq + 1),
    publicTo: seq(head.publicSeq + count("public")),
    staffFrom: seq(head.staffSeq + 1),
    staffTo: seq(head.staffSeq + count("staff")),
    journal: bytesOf(extras.journal ?? ""),
    index,
    overlays: extras.overlays ?? [],
    bytes: bytesOf(said.map(({ text }) => text).join(",")),
  };
}

export function replaced(id: string, text: string): StoredOverlay {
  return { id: entryId(id), redacts: false, bytes: bytesOf(text) };
}
export function redacted(id: string, text: string): StoredOverlay {
  return { id: entryId(id), redacts: true, bytes: bytesOf(text) };
}
export function restored(id: string): StoredOverlay {
  return { id: entryId(id), redacts: false, bytes: null };
}

/** A room and its keeper, who knows where the log stands. */
export type Room = {
  id: RoomId;
  fence: number;
  head: Head;
  /** The next record, as if it were appended. */
  next(said: readonly Said[], extras?: Extras): RoomRecord;
  /** Appends one record. */
  say(said: readonly (Said | string)[], extras?: Extras): Promise<RoomRecord>;
};

export async function aRoom(log: Log, name = "demo"): Promise<Room> {
  const id = roomId(name);
  assert.equal(await ask<string>((done) => log.create(id, epoch("born"), done)), "created");
  const room: Room = {
    id,
    fence: await fenceOf(log, id),
    head: emptyHead(epoch("born")),
    next(said, extras) {
      const record = recordAfter(id, room.head, room.fence, said, extras);
      room.head = headAfter(record);
      return record;
    },
    async say(said, extras) {
      const record = room.next(
        said.map((one) => (typeof one === "string" ? { text: one } : one)),
        extras,
      );
      assert.deepEqual(await appended(log, [record]), ["appended"]);
      return record;
    },
  };
  return room;
}

export async function fenceOf(log: Log, id: RoomId): Promise<number> {
  const opened = await ask<{ fence: number } | "no-such-room">((done) => log.open(id, done));
  assert.ok(opened !== "no-such-room");
  return opened.fence;
}

/** The value of a completion; it fails when the store did. */
export function ask<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((outcome) => (outcome.ok ? resolve(outcome.value) : reject(outcome.failure)));
  });
}

export function appended(log: Log, records: readonly RoomRecord[]): Promise<AppendOutcome[]> {
  return ask((done) => log.append(records, done));
}

/** The message of the failure that a call completes with. */
export function failureOf<T>(call: (done: Done<T>) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    call((outcome) => (outcome.ok ? reject(new Error("it did not fail")) : resolve(outcome.failure.message)));
  });
}

export type Asked = Omit<Partial<ReadQuery>, "from" | "to" | "person"> & {
  from?: number;
  to?: number;
  person?: string;
};

export async function readFrom(log: LogReader, room: RoomId, asked: Asked = {}): Promise<ReadResult> {
  const query: ReadQuery = {
    audience: asked.audience ?? "public",
    from: seq(asked.from ?? 1),
    to: seq(asked.to ?? 1_000_000),
    newest: asked.newest ?? false,
    entriesMax: asked.entriesMax ?? 1_000,
    bytesMax: asked.bytesMax ?? 1_000_000,
    person: asked.person === undefined ? null : personId(asked.person),
  };
  const result = await ask<ReadResult | "no-such-room">((done) => log.read(room, query, done));
  assert.ok(result !== "no-such-room");
  return result;
}

/** What was read, as `seq:text`. */
export async function readTexts(log: LogReader, room: RoomId, asked: Asked = {}): Promise<string[]> {
  return (await readFrom(log, room, asked)).entries.map(shown);
}

export function shown(entry: ReadEntry): string {
  assert.equal(entry.item.bytes, entry.bytes.length);
  return `${entry.seq}:${textOf(entry.bytes)}`;
}

export async function loadedFrom(log: Log, room: RoomId): Promise<Loaded> {
  const loaded = await ask<Loaded | "no-such-room">((done) => log.load(room, done));
  assert.ok(loaded !== "no-such-room");
  return loaded;
}

export async function recordsOf(
  log: LogReader,
  room: RoomId,
  from = 1,
  recordsMax = 1_000,
): Promise<RoomRecord[]> {
  const records = await ask<RoomRecord[] | "no-such-room">((done) =>
    log.records(room, from, recordsMax, done),
  );
  assert.ok(records !== "no-such-room");
  return records;
}

export async function headIn(log: LogReader, room: RoomId): Promise<Head | "no-such-room"> {
  return ask((done) => log.head(room, done));
}

export async function trimmed(
  log: Log,
  room: RoomId,
  keep: { olderThan?: number; bytesMax?: number },
): Promise<number> {
  const retention: Retention = {
    olderThan: keep.olderThan === undefined ? null : time(keep.olderThan),
    bytesMax: keep.bytesMax ?? null,
  };
  return (await ask<{ dropped: number }>((done) => log.trim(room, retention, done))).dropped;
}

/** A log may give its bytes as a `Buffer` or a view: what they hold is what counts. */
export function plain(records: readonly RoomRecord[]): RoomRecord[] {
  return records.map((record) => ({
    ...record,
    journal: new Uint8Array(record.journal),
    bytes: new Uint8Array(record.bytes),
    overlays: record.overlays.map((overlay) => ({
      ...overlay,
      bytes: overlay.bytes && new Uint8Array(overlay.bytes),
    })),
  }));
}

function itemOf(
  { text, scope = "all", id, about, k = "message", person, quoting, staff = false, meant = [] }: Said,
  own: string,
): IndexItem {
  const bytes = Buffer.byteLength(text);
  return {
    bytes,
    k,
    lane: k === "message" ? "chat" : "safety",
    scope,
    id: entryId(id ?? own),
    about: about === undefined ? (k === "message" ? entryId(id ?? own) : null) : entryId(about),
    by: k === "message" ? personId("ada") : null,
    person: person === undefined ? null : personId(person),
    quote: quoting === undefined ? null : quoteIn(text, quoting),
    ordinary: k === "message" && !staff,
    meant: meant.map(personId),
  };
}

function quoteIn(text: string, of: string): IndexItem["quote"] {
  const [before = "", quote = ""] = text.split(/[<>]/);
  const from = Buffer.byteLength(before) + 1;
  return { of: entryId(of), from, to: from + Buffer.byteLength(quote) };
}
