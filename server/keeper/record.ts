import type { Found } from "@chorus/core/room/inputs.ts";
import type { Replayable } from "@chorus/core/room/room.ts";
import type { Note } from "@chorus/core/room/notes.ts";
import type { RoomView } from "@chorus/core/room/view.ts";
import {
  aboutOf,
  type Draft,
  type Entry,
  type IndexItem,
  type Quote,
  type RoomRecord,
} from "@chorus/core/record.ts";
import { type EntryBody, laneOf, type Message, type Tombstone } from "@chorus/protocol/entries.ts";
import type { Epoch, PersonId, RoomId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { StoredMessage } from "../log/log.ts";

/** Gives a draft its bytes: encoded once, here, for every reader there will ever be. */
export function recordOf(draft: Draft, room: RoomId, epoch: Epoch, fence: number): RoomRecord {
  const { bytes, index } = encodeEntries(draft.entries);
  return {
    room,
    epoch,
    offset: draft.offset,
    fence,
    at: draft.at,
    publicFrom: draft.publicFrom,
    publicTo: draft.publicTo,
    staffFrom: draft.staffFrom,
    staffTo: draft.staffTo,
    journal: Buffer.from(JSON.stringify(draft.notes)),
    index,
    overlays: draft.overlays.map(({ id, body }) => ({
      id,
      redacts: body?.k === "tombstone",
      bytes: body === null ? null : Buffer.from(JSON.stringify(body)),
    })),
    bytes,
  };
}

/** The inverse for the keeper, who alone reads the journal. Records are this program's own: damage is a wrong program. */
export function replayableOf(record: RoomRecord): Replayable {
  const bodies = JSON.parse(`[${textOf(record.bytes)}]`) as EntryBody[];
  const entries = record.index.map((item, i): Entry => {
    const body = bodies[i];
    if (body === undefined)
      throw new Error(`Record ${record.offset} of ${record.room} has fewer entries than its index.`);
    return { scope: item.scope, person: item.person, body };
  });
  return {
    offset: record.offset,
    at: record.at,
    notes: JSON.parse(textOf(record.journal)) as Note[],
    entries,
  };
}

/** Only what was said first tells whether it was for its author alone. */
export function foundOf({ original, newest, tombstone }: StoredMessage): Found {
  const said = JSON.parse(textOf(original)) as Message;
  const message = newest === null ? said : (JSON.parse(textOf(newest)) as Message);
  return {
    message: said.shadow === true ? { ...message, shadow: true } : message,
    tombstone: tombstone === null ? null : (JSON.parse(textOf(tombstone)) as Tombstone),
  };
}

/** What a gateway needs to serve a view: everything but the entries as JSON, the entries as bytes. */
export type ViewHead = Omit<RoomView, "entries"> & { seqs: number[] };

export function encodeView(view: RoomView): { head: ViewHead; body: Uint8Array } {
  const { entries, ...rest } = view;
  const { bytes } = encodeEntries(entries.map(({ body }) => ({ scope: "all", person: null, body })));
  return { head: { ...rest, seqs: entries.map(({ seq }) => seq) }, body: bytes };
}

function encodeEntries(entries: readonly Entry[]): { bytes: Uint8Array; index: IndexItem[] } {
  const texts = entries.map(({ body }) => JSON.stringify(body));
  const index = entries.map(({ scope, person, body }, i): IndexItem => {
    const text = texts[i] ?? "";
    return {
      bytes: Buffer.byteLength(text),
      k: body.k,
      lane: laneOf(body),
      scope,
      id: body.id,
      about: aboutOf(body),
      by: authorOf(body),
      person,
      quote: quoteIn(body, text),
      ordinary: body.k === "message" && !ranks.has(body.role),
      meant: meantBy(body),
    };
  });
  return { bytes: Buffer.from(texts.join(",")), index };
}

/** Whose words are never left out. */
const ranks: ReadonlySet<Role> = new Set(["host", "moderator"]);

function meantBy(body: EntryBody): readonly PersonId[] {
  if (body.k !== "message") return nobody;
  const { mentions = nobody, reply } = body;
  if (reply?.by === undefined || mentions.includes(reply.by)) return mentions;
  return [reply.by, ...mentions];
}
const nobody: readonly PersonId[] = [];

/** Where the quote's characters stand: within a text its mark cannot occur, as quotation marks are escaped there. */
function quoteIn(body: EntryBody, text: string): Quote | null {
  if (body.k !== "message" || body.reply === undefined || body.reply.quote === "") return null;
  const mark = '"quote":"';
  const start = text.indexOf(mark) + mark.length;
  const from = Buffer.byteLength(text.slice(0, start));
  return { of: body.reply.id, from, to: from + Buffer.byteLength(JSON.stringify(body.reply.quote)) - 2 };
}

function authorOf(body: EntryBody): PersonId | null {
  switch (body.k) {
    case "message":
    case "edited":
      return body.by;
    case "held":
    case "pinned":
    case "restored":
      return body.message.by;
    default:
      return null;
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
