import { wholeSettings } from "@chorus/protocol/default-room-settings.ts";
import type {
  Edited,
  EntryBody,
  Message,
  Notice,
  Removed,
  Restored,
  Tombstone,
} from "@chorus/protocol/entries.ts";
import type { EntryId, Seq, Time } from "@chorus/protocol/ids.ts";
import type { View } from "@chorus/protocol/frames.ts";
import * as bounds from "./bounds.ts";
import type { Removal, Shown, StaffEntry } from "./events.ts";
import { drop, insertByTime, moveToEnd, nothingLeft, push, replace, shownOf, wiped } from "./list.ts";
import { likelyOwn } from "./own.ts";
import { forget, forgetAll, isNew, recall, remember } from "./recent.ts";
import { type Fold, type Machine, type Room, tell } from "./state.ts";

/**
 * Applies one entry to what is shown. `seq` is null for what comes outside of the sequence: ahead of its place
 * (`safety`) or for this person alone. Whatever comes twice changes nothing the second time.
 */
export function applyEntry(machine: Machine, room: Room, body: EntryBody, seq: Seq | null): void {
  const { fold } = room;
  if (seq !== null && body.time > fold.asOf) fold.asOf = body.time;
  switch (body.k) {
    case "message":
      return message(machine, room, body, seq);
    case "edited":
      return edited(machine, room, body);
    case "removed":
      for (const id of body.of) remove(machine, room, id, body, seq);
      return;
    case "tombstone":
      return tombstone(machine, room, body, seq);
    case "restored":
      return restored(machine, room, body, seq);
    case "pinned":
      return pin(machine, room, [...fold.pins.filter((pin) => pin.id !== body.message.id), body.message]);
    case "unpinned":
      return pin(machine, room, without(fold.pins, body.of));
    case "settings":
      fold.settings = wholeSettings(body.settings);
      return tell(machine, room, "settings", fold.settings);
    case "notice":
      if (isNew(fold.toldIds, body.id)) notice(machine, room, body);
      return;
    default:
      staff(machine, room, body);
  }
}

function message(machine: Machine, room: Room, body: Message, seq: Seq | null): void {
  const { fold } = room;
  const fresh = isNew(fold.toldIds, body.id);
  const there = fold.byId.get(body.id);
  if (there !== undefined) {
    if (there.seq === null && (fresh || seq !== null)) settleInPlace(machine, room, there, body, seq, fresh);
    return;
  }
  if (!fresh) return;
  const { messagesMax } = machine.options;
  if (body.reply !== undefined && (recall(fold.fates, body.reply.id)?.removal ?? null) !== null) {
    body = { ...body, reply: { ...body.reply, quote: "" } };
  }
  const removal = recall(fold.fates, body.id)?.removal ?? null;
  if (removal !== null) return push(fold, wiped(shownOf(body, seq, null), removal), messagesMax);
  const own = room.queue.length === 0 ? null : likelyOwn(machine, room, body);
  const shown = shownOf(body, seq, own === null ? null : own.key);
  if (own !== null) moveToEnd(fold, own, shown);
  else if (seq === null) insertByTime(fold, shown, messagesMax);
  else push(fold, shown, messagesMax);
  tell(machine, room, "message", shown);
}

/** What was shown early (an own message that was answered, or one for this person alone) arrives as an entry. */
function settleInPlace(
  machine: Machine,
  room: Room,
  there: Shown,
  body: Message,
  seq: Seq | null,
  fresh: boolean,
): void {
  const entry = shownOf(body, seq, there.key);
  const next = there.removed === null ? entry : wiped(entry, there.removed);
  if (seq === null) replace(room.fold, there, next);
  else moveToEnd(room.fold, there, next);
  if (fresh && next.removed === null) tell(machine, room, "message", next);
}

function edited(machine: Machine, room: Room, body: Edited): void {
  const { fold } = room;
  if (fold.pins.some((pin) => pin.id === body.of)) {
    pin(
      machine,
      room,
      fold.pins.map((pin) => (pin.id === body.of ? { ...pin, text: body.text, edited: body.time } : pin)),
    );
  }
  const { of: id, text, time: edited } = body;
  const there = fold.byId.get(id);
  if (there === undefined) return tell(machine, room, "edited", { id, text, edited, message: null });
  if (there.removed !== null || edited < (there.edited ?? 0)) return;
  const message: Shown = { ...there, text, edited };
  replace(fold, there, message);
  tell(machine, room, "edited", { id, text, edited, message });
}

/**
 * Removals and restorations of a message may overtake one another, so the latest by the room's clock decides; of two of
 * the same moment the one that comes last, which is in its place.
 */
function decide(room: Room, id: EntryId, removal: Removal | null, at: Time, seq: Seq | null): boolean {
  const { fates } = room.fold;
  const fate = recall(fates, id);
  if (fate !== undefined && fate.time > at) return false;
  const placed = seq !== null || (fate?.time === at && fate.placed);
  remember(fates, id, { removal, time: at, placed });
  return removal === null || fate === undefined || fate.removal === null;
}

function remove(machine: Machine, room: Room, id: EntryId, body: Removed | Tombstone, seq: Seq | null): void {
  const removal: Removal = { by: body.by, why: body.why ?? null };
  if (!decide(room, id, removal, body.time, seq)) return;
  const { fold } = room;
  const there = fold.byId.get(id);
  if (there !== undefined && there.removed === null) replace(fold, there, wiped(there, removal));
  if (fold.pins.some((pin) => pin.id === id)) pin(machine, room, without(fold.pins, id));
  unquote(fold, id);
  tell(machine, room, "removed", { id, removal });
}

/** What replies quote goes with it. */
function unquote(fold: Fold, id: EntryId): void {
  for (const shown of fold.messages) {
    if (shown.reply?.id === id) replace(fold, shown, { ...shown, reply: { ...shown.reply, quote: "" } });
  }
}

/** Stands in the place of its message, and carries the message's time. */
function tombstone(machine: Machine, room: Room, body: Tombstone, seq: Seq | null): void {
  const { fold } = room;
  if (fold.byId.has(body.id)) return remove(machine, room, body.id, body, seq);
  const removal: Removal = { by: body.by, why: body.why ?? null };
  decide(room, body.id, removal, body.time, seq);
  if (isNew(fold.toldIds, body.id)) push(fold, nothingLeft(body, seq, removal), machine.options.messagesMax);
}

function restored(machine: Machine, room: Room, body: Restored, seq: Seq | null): void {
  const { fold } = room;
  const { id } = body.message;
  if (!decide(room, id, null, body.time, seq)) return;
  isNew(fold.toldIds, id);
  const there = fold.byId.get(id);
  if (there !== undefined && there.removed === null) return;
  const next = shownOf(body.message, there?.seq ?? null, there?.key ?? null);
  if (there === undefined) insertByTime(fold, next, machine.options.messagesMax);
  else replace(fold, there, next);
  tell(machine, room, "restored", next);
}

function notice(machine: Machine, room: Room, body: Notice): void {
  const there = body.what === "rejected" && body.of !== undefined ? room.fold.byId.get(body.of) : undefined;
  if (there !== undefined && there.status === "held") {
    const trouble = { reason: body.why ?? "rejected", sentence: "A moderator did not approve this message." };
    replace(room.fold, there, { ...there, status: "refused", trouble });
  }
  tell(machine, room, "notice", body);
}

function staff(machine: Machine, room: Room, body: StaffEntry): void {
  if (isNew(room.fold.toldIds, body.id)) tell(machine, room, "staff", body);
}

function pin(machine: Machine, room: Room, pins: readonly Message[]): void {
  room.fold.pins = pins.length > bounds.pinsMax ? pins.slice(-bounds.pinsMax) : pins;
  tell(machine, room, "pinned", room.fold.pins);
}

function without(pins: readonly Message[], id: EntryId): readonly Message[] {
  return pins.filter((pin) => pin.id !== id);
}

/**
 * Replaces the list. A view may be older than a removal that overtook it: that message must not come back for the time in
 * between. Of what was met in its place the view knows more.
 */
export function applyView(machine: Machine, room: Room, view: View): void {
  const { fold } = room;
  const before = fold.messages;
  fold.messages = [];
  fold.byId = new Map();
  fold.settings = view.settings;
  fold.asOf = view.time;
  for (let i = 0; i < view.e.length; i++) {
    const body = view.e[i];
    if (body?.k === "message") viewed(machine, fold, body, view.s[i] ?? null, view.time);
    else if (body?.k === "tombstone") tombstone(machine, room, body, view.s[i] ?? null);
    else if (body?.k === "held") staff(machine, room, body);
  }
  keepOwn(machine, fold, before, view.time);
  fold.pins = view.pins.filter((pin) => overtaken(fold, pin.id, view.time) === null);
  tell(machine, room, "pinned", fold.pins);
  tell(machine, room, "settings", view.settings);
  tell(machine, room, "view", { seq: view.seq, messages: fold.messages });
}

function viewed(machine: Machine, fold: Fold, body: Message, seq: Seq | null, asOf: Time): void {
  const removal = overtaken(fold, body.id, asOf);
  if (removal === null) forget(fold.fates, body.id);
  const shown = shownOf(body, seq, null);
  push(fold, removal === null ? shown : wiped(shown, removal), machine.options.messagesMax);
  isNew(fold.toldIds, body.id);
}

/** The removal of a message that was heard of ahead of its place, and of which the view cannot be sure to know. */
function overtaken(fold: Fold, id: EntryId, asOf: Time): Removal | null {
  const fate = recall(fold.fates, id);
  return fate === undefined || fate.placed || fate.time < asOf ? null : fate.removal;
}

/** Messages that wait or are newer are in no view and stay beside it; what is for this person alone comes again behind it. */
function keepOwn(machine: Machine, fold: Fold, before: readonly Shown[], asOf: Time): void {
  for (const old of before) {
    if (old.seq !== null) continue;
    const there = old.id === null ? undefined : fold.byId.get(old.id);
    if (there !== undefined) replace(fold, there, { ...there, key: old.key });
    else if (old.id === null || old.status !== "confirmed") push(fold, old, machine.options.messagesMax);
    else if (old.time >= asOf) insertByTime(fold, old, machine.options.messagesMax);
    else forget(fold.toldIds, old.id);
  }
}

/** Another history begins: what is shown stays until its view comes, but says nothing about it any more. */
export function forgetHistory(fold: Fold): void {
  fold.asOf = 0;
  forgetAll(fold.toldIds);
  forgetAll(fold.fates);
  const placeless = fold.messages.filter((shown) => shown.seq === null && shown.status === "confirmed");
  for (const shown of placeless) drop(fold, shown);
}
