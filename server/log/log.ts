import type { Audience, Head, IndexItem, RoomRecord } from "@chorus/core/record.ts";
import type { EntryId, Epoch, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";

/**
 * The log: the one durable truth of a room. Keepers append, everybody reads. Completion is a call of `done`, which
 * may come before the method returns; it comes exactly once. Every adapter passes `log.contract.ts`, where the laws
 * stand as MUST.
 */
export type Log = LogReader & {
  /** Creates an empty room. `exists` when there is one of that name already: nothing changes then. */
  create(room: RoomId, epoch: Epoch, done: Done<"created" | "exists">): void;
  /** Takes the room over: raises its fence, so that every earlier keeper's appends are refused from now on. */
  open(room: RoomId, done: Done<Opened | "no-such-room">): void;
  /** What `open` gives, without taking the room over and without writing. */
  load(room: RoomId, done: Done<Loaded | "no-such-room">): void;
  /**
   * Appends records of any rooms as one commit. Each is accepted if its fence and epoch are the room's and its
   * offset and seqs follow the head; a refused one does not stop the others. `done` is called after all accepted
   * ones, with their overlays, are on disk.
   */
  append(records: readonly RoomRecord[], done: Done<AppendOutcome[]>): void;
  /**
   * Stores what `open` starts from next time, in place of the snapshot before: the parts that were stored for it, if it has any, and
   * then `state`. Refused silently behind the fence.
   */
  saveSnapshot(at: SnapshotAt, parts: number, state: Uint8Array, done: Done<void>): void;
  /** A part of a large one, ahead of it, counted from 0: nothing is told of it before the whole is saved. */
  saveSnapshotPart(at: SnapshotAt, part: number, state: Uint8Array, done: Done<void>): void;
  /** Drops the oldest records beyond age or size. The newest snapshot's future is never dropped. */
  trim(room: RoomId, keep: Retention, done: Done<{ dropped: number }>): void;
  /**
   * Stores that everything is void which says who this person is and was issued earlier; of two times the later counts. `full`: as
   * many as may be are held, and none is old enough to make room for another. `done` is called after it is on disk.
   */
  revoke(revoked: Revoked, done: Done<"revoked" | "full">): void;
  close(): void;
};

/** The reading half: safe in any process, and it never delays an append. */
export type LogReader = {
  rooms(done: Done<RoomId[]>): void;
  head(room: RoomId, done: Done<Head | "no-such-room">): void;
  /** Entries of one audience in order of seq, with overlays applied for all but staff. */
  read(room: RoomId, query: ReadQuery, done: Done<ReadResult | "no-such-room">): void;
  /** The message `id` at its place in an audience's sequence; null when it is not there or has been trimmed. */
  find(room: RoomId, at: MessageAt, done: Done<StoredMessage | null | "no-such-room">): void;
  /** Whole records from an offset on, in order and without holes; what has been trimmed is left out at the start. */
  records(room: RoomId, from: number, recordsMax: number, done: Done<RoomRecord[] | "no-such-room">): void;
  /** Whose tokens were called back, the earliest first. */
  revocations(done: Done<Revoked[]>): void;
  close(): void;
};

/** A failure of the store itself: disk full, damaged file, lost connection. Expected refusals are values instead. */
export class LogFailure extends Error {
  override readonly name = "LogFailure";
}
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: LogFailure };
export type Done<T> = (outcome: Outcome<T>) => void;

/** Which record a snapshot comes after, and the keeper's licence. */
export type SnapshotAt = { readonly room: RoomId; readonly fence: number; readonly offset: number };

export type AppendOutcome = "appended" | "stale-fence" | "wrong-epoch" | "wrong-offset" | "no-such-room";

export type Loaded = {
  head: Head;
  /** The newest snapshot, or null: then `records` begin with the first. */
  snapshot: { offset: number; state: Uint8Array } | null;
  /** All records after the snapshot, in order, without holes. */
  records: RoomRecord[];
};
export type Opened = Loaded & { fence: number };

/** Reads forward from `from`, or backward to `to` when `newest` is set; ends at whichever bound comes first. */
export type ReadQuery = {
  audience: Audience;
  from: Seq;
  to: Seq;
  newest: boolean;
  entriesMax: number;
  bytesMax: number;
  /** Also returns entries for this person alone that stand within the range. */
  person: PersonId | null;
};

export type ReadResult = {
  head: Head;
  /** The oldest seq of the audience that is still held; head + 1 when none is. */
  oldest: Seq;
  /** In order. An entry for one person carries the seq of the audience's entry before it. */
  entries: ReadEntry[];
};
/** `original`: what a reader gets has been replaced by an overlay. */
export type ReadEntry = { seq: Seq; at: Time; item: IndexItem; bytes: Uint8Array; original: boolean };

export type MessageAt = { audience: Audience; seq: Seq; id: EntryId };
/** As it was said first, its newest text where that is another, and what stands in place of it now if it was removed. */
export type StoredMessage = { original: Uint8Array; newest: Uint8Array | null; tombstone: Uint8Array | null };

/** Whose tokens are void that were issued before when. */
export type Revoked = { readonly person: PersonId; readonly before: Time };

/** Both bounds hold. Null keeps everything. */
export type Retention = { olderThan: Time | null; bytesMax: number | null };
