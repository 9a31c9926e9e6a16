import type { EntryBody, Lane, Message, Tombstone } from "@chorus/protocol/entries.ts";
import type { EntryId, Epoch, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";
import type { Note } from "./room/notes.ts";

/** Who reads: `staff` see all that the public sees and what is kept from it, under a seq of their own. */
export type Audience = "public" | "staff";
export const audiences: readonly Audience[] = ["public", "staff"];

/** Whom an entry is for. What is for one person has no seq in any audience. */
export type Scope = "all" | "staff" | "person";

/** What one step of a room appends, before it becomes bytes. `person` is set exactly when the scope is `person`. */
export type Entry = { scope: Scope; person: PersonId | null; body: EntryBody };

/**
 * What every reader but staff gets in place of the message `id` from now on: a newer text, a tombstone, or, when
 * `body` is null, the original again. A tombstone also replaces what else carries the text: edits, pins, restorations.
 */
export type Overlay = { id: EntryId; body: Message | Tombstone | null };

/** The outcome of one step: becomes a record once it has bytes and a fence. Ranges are as in `RoomRecord`. */
export type Draft = {
  offset: number;
  at: Time;
  publicFrom: Seq;
  publicTo: Seq;
  staffFrom: Seq;
  staffTo: Seq;
  notes: Note[];
  entries: Entry[];
  overlays: Overlay[];
};

/** What routing, capping and redacting need to know of an entry without parsing it. `bytes` is its length. */
export type IndexItem = {
  bytes: number;
  k: EntryBody["k"];
  lane: Lane;
  scope: Scope;
  id: EntryId;
  /** The message whose text this entry carries: a message's own id, or that of what is edited, pinned or restored. */
  about: EntryId | null;
  by: PersonId | null;
  person: PersonId | null;
  /** The piece of another message that a reply shows, and its place in the entry's bytes; null when there is none. */
  quote: Quote | null;
  /** A message that may be left out for some readers where there is more than a person can read. */
  ordinary: boolean;
  /** Who gets it all the same: the people it mentions, and the author of what it answers. */
  meant: readonly PersonId[];
};
export type Quote = { of: EntryId; from: number; to: number };

/** A replacement in bytes; null brings the original back. `redacts` tells a tombstone from a newer text. */
export type StoredOverlay = { id: EntryId; redacts: boolean; bytes: Uint8Array | null };

/** The overlays in force, by the message that they are about. */
export type Overlays = { get(id: EntryId): StoredOverlay | undefined };

/**
 * What an entry reads as for all but staff, null when as it is: a newer text replaces the message alone, a tombstone
 * everything about it, and a reply loses its quote of a message that is gone (law 6).
 */
export function overlaid(item: IndexItem, original: Uint8Array, overlays: Overlays): Uint8Array | null {
  const replacement = replacementOf(item, overlays);
  if (replacement !== null) return replacement;
  return item.quote !== null && isGone(item.quote, overlays) ? withoutQuote(original, item.quote) : null;
}

export function isOverlaid(item: IndexItem, overlays: Overlays): boolean {
  return replacementOf(item, overlays) !== null || (item.quote !== null && isGone(item.quote, overlays));
}

function replacementOf({ about, k }: IndexItem, overlays: Overlays): Uint8Array | null {
  const overlay = about === null ? undefined : overlays.get(about);
  return overlay !== undefined && (overlay.redacts || k === "message") ? overlay.bytes : null;
}

function isGone({ of }: Quote, overlays: Overlays): boolean {
  return overlays.get(of)?.redacts === true;
}

function withoutQuote(bytes: Uint8Array, { from, to }: Quote): Uint8Array {
  const left = new Uint8Array(bytes.length - (to - from));
  left.set(bytes.subarray(0, from));
  left.set(bytes.subarray(to), from);
  return left;
}

export function aboutOf(body: EntryBody): EntryId | null {
  switch (body.k) {
    case "message":
    case "tombstone":
      return body.id;
    case "edited":
      return body.of;
    case "restored":
    case "pinned":
    case "held":
      return body.message.id;
    default:
      return null;
  }
}

/**
 * One durable step of a room: what is appended, and what everybody receives. `bytes` holds the entries' JSON joined
 * by commas, in order; `index` describes them one by one. The public seqs are `publicFrom` to `publicTo`, the staff
 * seqs `staffFrom` to `staffTo`; an empty range has `to = from - 1`. `offset` counts records from 1, `fence` is the
 * keeper's licence to append, `journal` is for the keeper alone.
 */
export type RoomRecord = {
  room: RoomId;
  epoch: Epoch;
  offset: number;
  fence: number;
  at: Time;
  publicFrom: Seq;
  publicTo: Seq;
  staffFrom: Seq;
  staffTo: Seq;
  journal: Uint8Array;
  index: IndexItem[];
  overlays: StoredOverlay[];
  bytes: Uint8Array;
};

/** Where a room's log ends. All zero before the first record. */
export type Head = { epoch: Epoch; offset: number; publicSeq: Seq; staffSeq: Seq };

export function inAudience(scope: Scope, audience: Audience): boolean {
  return scope === "all" || (scope === "staff" && audience === "staff");
}
