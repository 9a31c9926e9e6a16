import { type EntryId, entryId, epoch, personId, roomId, type Seq, seq, time } from "@chorus/protocol/ids.ts";
import {
  type Audience,
  inAudience,
  type IndexItem,
  type RoomRecord,
  type Scope,
  type StoredOverlay,
} from "../record.ts";

/** Records in the fewest words. A text stands for an entry's JSON; without an id, the text is the id too. */
export type Said = {
  text: string;
  scope?: Scope;
  id?: string;
  k?: IndexItem["k"];
  about?: string;
  person?: string;
  /** Of which message the text quotes what stands between its angle brackets. */
  quoting?: string;
  /** Author; a message of nobody's is ordinary too. */
  by?: string;
  staff?: boolean;
  meant?: readonly string[];
};

const demo = roomId("demo");
export const born = epoch("born");

/** Whatever comes next of a room, in order. */
export function aRoomsRecords(): {
  /** @param at by default a millisecond after the last one. */
  next(said: readonly (Said | string)[], overlays?: StoredOverlay[], at?: number): RoomRecord;
} {
  let last: RoomRecord | null = null;
  return {
    next(said, overlays = [], at = (last?.at ?? 1_000) + 1) {
      const plain = said.map((one) => (typeof one === "string" ? { text: one } : one));
      last = { ...recordAfter(last, plain, overlays), at: time(at) };
      return last;
    },
  };
}

export function removed(id: string): StoredOverlay {
  return { id: entryId(id), redacts: true, bytes: bytesOf(`-${id}-`) };
}
export function rewritten(id: string, text: string): StoredOverlay {
  return { id: entryId(id), redacts: false, bytes: bytesOf(text) };
}
export function restored(id: string): StoredOverlay {
  return { id: entryId(id), redacts: false, bytes: null };
}

/** Texts here are ASCII, so that a letter is a byte. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** What a client would find between the brackets of a frame. */
export function joined(parts: readonly Uint8Array[]): string {
  return parts.map((part) => String.fromCharCode(...part)).join(",");
}

function recordAfter(last: RoomRecord | null, said: readonly Said[], overlays: StoredOverlay[]): RoomRecord {
  const index = said.map(itemOf);
  const upTo = (audience: Audience, before: Seq | undefined): Seq =>
    seq((before ?? 0) + index.filter(({ scope }) => inAudience(scope, audience)).length);
  const offset = (last?.offset ?? 0) + 1;
  return {
    room: demo,
    epoch: born,
    offset,
    fence: 1,
    at: time(1_000 + offset),
    publicFrom: seq((last?.publicTo ?? 0) + 1),
    publicTo: upTo("public", last?.publicTo),
    staffFrom: seq((last?.staffTo ?? 0) + 1),
    staffTo: upTo("staff", last?.staffTo),
    journal: bytesOf(""),
    index,
    overlays,
    bytes: bytesOf(said.map(({ text }) => text).join(",")),
  };
}

function itemOf(said: Said): IndexItem {
  const { text, scope = "all", id = text, k = "message", about, person, quoting, by, meant = [] } = said;
  return {
    bytes: text.length,
    k,
    lane: "chat",
    scope,
    id: entryId(id),
    about: aboutOf(k, id, about),
    by: by === undefined ? null : personId(by),
    person: person === undefined ? null : personId(person),
    quote: quoting === undefined ? null : quoteIn(text, quoting),
    ordinary: k === "message" && said.staff !== true,
    meant: meant.map(personId),
  };
}

function quoteIn(text: string, of: string): IndexItem["quote"] {
  return { of: entryId(of), from: text.indexOf("<") + 1, to: text.indexOf(">") };
}

function aboutOf(k: IndexItem["k"], id: string, about: string | undefined): EntryId | null {
  if (about !== undefined) return entryId(about);
  return k === "message" ? entryId(id) : null;
}
