import { wholeSettings } from "@chorus/protocol/default-room-settings.ts";
import type { Edited, EntryBody, Message } from "@chorus/protocol/entries.ts";
import { type EntryId, type PersonId, seq, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Entry } from "../record.ts";
import { forgetOlder } from "./forgetting.ts";
import { mark, memorize } from "./memory.ts";
import type { Note } from "./notes.ts";
import { withoutQuoteOf } from "./quote.ts";
import { isRank } from "./rank.ts";
import { setRecent } from "./recency.ts";
import { remember } from "./retries.ts";
import { effectOf, impose, lift } from "./sanctions.ts";
import type { Remembered, RoomState } from "./state.ts";

/**
 * How a durable fact changes the room. Deciding and replaying both end here, so a room that was restarted is the
 * room that was stopped. Entries and notes touch different parts of the state: they may be applied in either order.
 */
export function applyEntry(room: RoomState, entry: Entry): void {
  if (entry.scope === "all") room.publicSeq = seq(room.publicSeq + 1);
  if (entry.scope === "person") return;
  room.staffSeq = seq(room.staffSeq + 1);
  applyBody(room, entry.body, entry.scope);
}

export function applyNote(room: RoomState, note: Note): void {
  switch (note.n) {
    case "done":
      return remember(room.retries, note.p, note.s, note.c, { id: note.id, time: note.t, held: note.held });
    case "guest":
      room.guestsCounted = note.no;
      room.guests.set(note.p, note.no);
      return forgetOldest(room.guests, limits.peopleRememberedMax);
    case "staff":
      return applyStaff(room, note);
    case "forget":
      return forgetOlder(room, note.before);
    case "tally":
      room.reactions = new Map(Object.entries(note.reactions));
      room.tallyVersion = note.v;
      room.reactionsUnkept = false;
  }
}

function applyBody(room: RoomState, body: EntryBody, scope: "all" | "staff"): void {
  switch (body.k) {
    case "message":
      return applyMessage(room, body);
    case "edited":
      return applyEdit(room, body, scope);
    case "removed":
      return applyRemoval(room, new Set(body.of), body.by === "author" ? "withdrawn" : "removed");
    case "restored":
      return applyRestoration(room, body.message);
    case "pinned":
      room.pins.set(body.message.id, body.message);
      return;
    case "unpinned":
      room.pins.delete(body.of);
      return;
    case "settings":
      room.settings = wholeSettings(body.settings);
      return;
    case "held":
      room.held.set(body.message.id, body.message);
      return applyHabit(room, body.message.by, body.time, body.message.text);
    case "rejected":
      room.held.delete(body.of);
      return;
    case "sanction":
      return impose(room.sanctions, body.person, effectOf(body.what), body.until, body.time);
    case "lifted":
      return lift(room.sanctions, body.person, effectOf(body.what));
    case "act":
    case "notice":
    case "tombstone":
  }
}

function applyMessage(room: RoomState, message: Message): void {
  const wasHeld = room.held.delete(message.id);
  if (!wasHeld) applyHabit(room, message.by, message.time, message.text);
  const state = message.shadow === true ? "shadow" : "visible";
  memorize(room, { message, state, publicSeq: room.publicSeq, staffSeq: room.staffSeq });
}

/** Of a message that the room has forgotten, its author's pace and the pin still know. */
function applyEdit(room: RoomState, { of, by, text, time: edited }: Edited, scope: "all" | "staff"): void {
  applyHabit(room, by, edited, text);
  const known = room.messages.get(of);
  if (known !== undefined && scope === "staff" && known.state === "visible") {
    known.aside = { text, edited };
    return;
  }
  if (known !== undefined) {
    known.message = { ...known.message, text, edited };
    delete known.aside;
  }
  const pinned = room.pins.get(of);
  if (pinned !== undefined && scope === "all") room.pins.set(of, { ...pinned, text, edited });
}

function applyRemoval(room: RoomState, gone: ReadonlySet<EntryId>, state: "removed" | "withdrawn"): void {
  for (const id of gone) {
    room.pins.delete(id);
    setState(room, id, state);
  }
  for (const known of room.messages.values()) known.message = withoutQuoteOf(gone, known.message);
  for (const messages of [room.pins, room.held]) {
    for (const [id, message] of messages) messages.set(id, withoutQuoteOf(gone, message));
  }
}

function applyRestoration(room: RoomState, message: Message): void {
  const known = room.messages.get(message.id);
  if (known === undefined) return;
  mark(room, known, "visible");
  known.message = message;
  delete known.aside;
}

function setState(room: RoomState, id: EntryId, state: Remembered["state"]): void {
  const known = room.messages.get(id);
  if (known !== undefined) mark(room, known, state);
}

function applyHabit(room: RoomState, person: PersonId, at: Time, text: string): void {
  const before = room.people.get(person)?.times ?? [];
  const times = before.slice(1 - limits.paceMessages).concat(at);
  setRecent(room.people, person, { times, text }, before.at(-1), at);
  forgetOldest(room.people, limits.peopleRememberedMax);
  forgetIdlePeople(room, at);
}

/**
 * The least recent, if they have long been silent: two for each that can come in, so that memory follows the crowd. Not each time:
 * whoever talks is put at the end of the map, and its first is found behind all the places that they have left.
 */
function forgetIdlePeople(room: RoomState, now: Time): void {
  if (room.staffSeq % forgetEvery !== 0) return;
  let looked = 0;
  for (const [person, { times }] of room.people) {
    if ((times.at(-1) ?? 0) + limits.personIdleMs > now || looked === 2 * forgetEvery) return;
    looked += 1;
    room.people.delete(person);
  }
}

const forgetEvery = 64;

function applyStaff(room: RoomState, note: Note & { n: "staff" }): void {
  forgetStaff(room, note.p);
  if (!isRank(note.role)) return;
  room.staff.set(note.p, { role: note.role, skeleton: note.skeleton });
  if (note.skeleton !== "") room.staffNames.set(note.skeleton, note.p);
  if (room.staff.size > limits.staffNamesMax)
    for (const oldest of room.staff.keys()) return forgetStaff(room, oldest);
}

/** A name stays taken while anybody else of the staff bears it. */
function forgetStaff(room: RoomState, person: PersonId): void {
  const known = room.staff.get(person);
  room.staff.delete(person);
  if (known === undefined || room.staffNames.get(known.skeleton) !== person) return;
  room.staffNames.delete(known.skeleton);
  for (const [other, { skeleton }] of room.staff) {
    if (skeleton === known.skeleton) room.staffNames.set(skeleton, other);
  }
}

/** Maps keep the order of insertion: the first key is the oldest. */
function forgetOldest<Key>(map: Map<Key, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
