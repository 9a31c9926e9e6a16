import { overlaid } from "@chorus/core/record.ts";
import type { Audience, RoomRecord, StoredOverlay } from "@chorus/core/record.ts";
import { seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { EntryId, PersonId, RoomId, Time } from "@chorus/protocol/ids.ts";
import { appendVerdict, emptyHead, expectWhole, headAfter, snapshotCounts } from "./append-verdict.ts";
import type { RoomState } from "./append-verdict.ts";
import { LogFailure } from "./log.ts";
import type {
  AppendOutcome,
  Done,
  Loaded,
  Log,
  MessageAt,
  Opened,
  ReadQuery,
  ReadResult,
  Retention,
  Revoked,
  SnapshotAt,
  StoredMessage,
} from "./log.ts";
import {
  lowestNeeded,
  messageAt,
  recordsAt,
  type RecordsQuery,
  readable,
  readEntries,
} from "./read-entries.ts";
import type { ReadableRecord } from "./read-entries.ts";
import { retentionCut, sizeOf } from "./retention.ts";
import type { HeldRecord } from "./retention.ts";

/** A log in memory, for tests and simulation. It keeps everything but what `trim` drops, and completes at once. */
export function createMemoryLog(options: { now?: () => Time; revocationsMax?: number } = {}): Log {
  const { now = () => time(Date.now()), revocationsMax = limits.revocationsMax } = options;
  const rooms = new Map<RoomId, Room>();
  const revocations = new Map<PersonId, Revoked>();
  let closed = false;

  function complete<T>(done: Done<T>, work: () => T): void {
    if (closed) done({ ok: false, failure: new LogFailure("The log is closed.") });
    else done({ ok: true, value: work() });
  }

  function counting(at: SnapshotAt): Room | undefined {
    const held = rooms.get(at.room);
    return snapshotCounts(held, at, held?.snapshot?.offset ?? null) ? held : undefined;
  }

  return {
    create(room, epoch, done) {
      complete(done, () => {
        if (rooms.has(room)) return "exists";
        rooms.set(room, {
          created: now(),
          fence: 0,
          head: emptyHead(epoch),
          records: [],
          bytes: 0,
          overlays: new Map(),
          newerTexts: new Map(),
          snapshot: null,
          parts: [],
        });
        return "created";
      });
    },
    open: (room, done) => complete(done, () => openRoom(rooms.get(room))),
    load: (room, done) => complete(done, () => loadRoom(rooms.get(room))),
    append(records, done) {
      expectWhole(records);
      complete(done, () => records.map((record) => append(rooms.get(record.room), record)));
    },
    saveSnapshot(at, parts, state, done) {
      complete(done, () => {
        const held = counting(at);
        if (held === undefined) return;
        held.snapshot = { offset: at.offset, state: Buffer.concat([...held.parts.slice(0, parts), state]) };
        held.parts = [];
      });
    },
    saveSnapshotPart(at, part, state, done) {
      complete(done, () => {
        const held = counting(at);
        if (held !== undefined) held.parts = [...held.parts.slice(0, part), state];
      });
    },
    revoke: (revoked, done) => complete(done, () => revoke(revocations, revoked, revocationsMax)),
    revocations: (done) => complete(done, () => [...revocations.values()].toSorted(earliestFirst)),
    trim: (room, keep, done) => complete(done, () => ({ dropped: trim(rooms.get(room), keep) })),
    rooms: (done) => complete(done, () => [...rooms.keys()].toSorted()),
    head: (room, done) => complete(done, () => rooms.get(room)?.head ?? "no-such-room"),
    read: (room, query, done) => complete(done, () => read(rooms.get(room), query)),
    find: (room, at, done) => complete(done, () => find(rooms.get(room), at)),
    records: (room, from, recordsMax, done) =>
      complete(done, () => recordsFrom(rooms.get(room), from, recordsMax)),
    close() {
      closed = true;
    },
  };
}

function revoke(held: Map<PersonId, Revoked>, revoked: Revoked, most: number): "revoked" | "full" {
  const { person, before } = revoked;
  const known = held.get(person);
  if (known === undefined && held.size >= most) {
    const [oldest] = [...held.values()].toSorted(earliestFirst);
    if (oldest === undefined || oldest.before > before - limits.revocationHeldMs) return "full";
    held.delete(oldest.person);
  }
  if (known === undefined || known.before < before) held.set(person, revoked);
  return "revoked";
}

function earliestFirst(one: Revoked, other: Revoked): number {
  return one.before - other.before;
}

/** With the offset of the record that brought it. */
type PlacedOverlay = StoredOverlay & { offset: number };
type Room = RoomState & {
  created: Time;
  records: RoomRecord[];
  bytes: number;
  /** The newest of each message. */
  overlays: Map<EntryId, PlacedOverlay>;
  /** The newest that is no tombstone. */
  newerTexts: Map<EntryId, PlacedOverlay>;
  snapshot: Opened["snapshot"];
  /** Of the one that is being saved. */
  parts: Uint8Array[];
};

function openRoom(room: Room | undefined): Opened | "no-such-room" {
  if (room === undefined) return "no-such-room";
  room.fence += 1;
  return { fence: room.fence, ...loaded(room) };
}

function loadRoom(room: Room | undefined): Loaded | "no-such-room" {
  return room === undefined ? "no-such-room" : loaded(room);
}

function loaded({ head, snapshot, records }: Room): Loaded {
  const after = snapshot?.offset ?? 0;
  return { head, snapshot, records: records.filter((record) => record.offset > after) };
}

function append(room: Room | undefined, record: RoomRecord): AppendOutcome {
  const verdict = appendVerdict(room, record);
  if (verdict !== "appended" || room === undefined) return verdict;
  room.records.push(record);
  room.head = headAfter(record);
  room.bytes += sizeOf(record);
  for (const overlay of record.overlays) {
    const placed = { ...overlay, offset: record.offset };
    room.overlays.set(overlay.id, placed);
    if (!overlay.redacts) room.newerTexts.set(overlay.id, placed);
  }
  return verdict;
}

function trim(room: Room | undefined, keep: Retention): number {
  if (room === undefined) return 0;
  const cut = retentionCut(room.records.map(heldRecord), room.bytes, room.snapshot?.offset ?? 0, keep);
  room.records.splice(0, cut.dropped);
  room.bytes -= cut.bytes;
  for (const overlays of [room.overlays, room.newerTexts]) {
    for (const [id, { offset }] of overlays) if (offset <= cut.offset) overlays.delete(id);
  }
  return cut.dropped;
}

function heldRecord(record: RoomRecord): HeldRecord {
  return { offset: record.offset, at: record.at, size: sizeOf(record) };
}

function recordsFrom(
  room: Room | undefined,
  from: number,
  recordsMax: number,
): RoomRecord[] | "no-such-room" {
  if (room === undefined) return "no-such-room";
  return room.records.filter((record) => record.offset >= from).slice(0, recordsMax);
}

function read(room: Room | undefined, query: ReadQuery): ReadResult | "no-such-room" {
  if (room === undefined) return "no-such-room";
  const oldest = room.records[0];
  const next = query.audience === "public" ? room.head.publicSeq + 1 : room.head.staffSeq + 1;
  return {
    head: room.head,
    oldest: oldest === undefined ? seq(next) : readable(oldest, query.audience).from,
    entries: readEntries(recordsFor(room.records, query), query, (item, original) =>
      overlaid(item, original, room.overlays),
    ),
  };
}

function find(room: Room | undefined, at: MessageAt): StoredMessage | null | "no-such-room" {
  if (room === undefined) return "no-such-room";
  const original = messageAt(recordsFor(room.records, recordsAt(at)), at);
  if (original === null) return null;
  const overlay = room.overlays.get(at.id);
  return {
    original,
    newest: room.newerTexts.get(at.id)?.bytes ?? null,
    tombstone: overlay?.redacts === true ? overlay.bytes : null,
  };
}

/** From the first record that the query may need, in its direction. */
function* recordsFor(records: readonly RoomRecord[], query: RecordsQuery): Iterable<ReadableRecord> {
  const step = query.newest ? -1 : 1;
  const first = query.newest
    ? countWhile(records, query.audience, (record) => record.from <= query.to + 1) - 1
    : countWhile(records, query.audience, (record) => record.to < lowestNeeded(query));
  for (let i = first; ; i += step) {
    const record = records[i];
    if (record === undefined) return;
    yield readable(record, query.audience);
  }
}

/** How many records at the beginning hold, given that none does after the first which does not. */
function countWhile(
  records: readonly RoomRecord[],
  audience: Audience,
  holds: (record: ReadableRecord) => boolean,
): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle];
    if (record !== undefined && holds(readable(record, audience))) low = middle + 1;
    else high = middle;
  }
  return low;
}
