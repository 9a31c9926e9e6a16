import type { Message } from "@chorus/protocol/entries.ts";
import type { EntryId, Key, Time } from "@chorus/protocol/ids.ts";
import type { Command, Say } from "@chorus/protocol/requests.ts";
import type { Outcome, Shown } from "./events.ts";
import { drop, findByKey, push, replace, wiped } from "./list.ts";
import { recall } from "./recent.ts";
import { type Machine, type Room, tell } from "./state.ts";

/** What one says oneself, from the key press to its place among the others, on the screen exactly once. */
export function showPending(machine: Machine, room: Room, say: Say, since: number): Shown {
  const { you, options } = machine;
  const quoted = say.reply === undefined ? undefined : room.fold.byId.get(say.reply);
  const shown: Shown = {
    id: null,
    key: say.key,
    seq: null,
    status: "pending",
    time: since,
    by: you?.id ?? null,
    name: you?.name ?? options.name ?? "",
    role: room.role,
    text: say.text,
    at: say.at ?? null,
    reply:
      say.reply === undefined ? null : { id: say.reply, name: quoted?.name ?? "", quote: quoted?.text ?? "" },
    mentions: say.mentions ?? [],
    edited: null,
    shadow: false,
    removed: null,
    trouble: null,
  };
  push(room.fold, shown, options.messagesMax);
  return shown;
}

/**
 * An entry does not tell its key, and may come before its answer does. Until then, an own text that waits is taken for
 * it; the answer corrects a wrong guess.
 */
export function likelyOwn(machine: Machine, room: Room, body: Message): Shown | null {
  if (machine.you === null || body.by !== machine.you.id) return null;
  for (const shown of room.fold.messages) {
    if (shown.id === null && shown.status === "pending" && shown.text.trim() === body.text.trim())
      return shown;
  }
  return null;
}

/** Shows how a command ended. Null when it is not (or no longer) in the list. */
export function settleOwn(machine: Machine, room: Room, request: Command, outcome: Outcome): Shown | null {
  const own = ownOf(machine, room, request, "id" in outcome ? outcome.id : null);
  if (own === null) return null;
  return "id" in outcome ? named(room, own, outcome) : troubled(room, own, outcome);
}

/** An answer that comes after everybody gave up on it is still true. */
export function confirmLate(room: Room, key: Command["key"], id: EntryId, time: Time, held: boolean): void {
  const own = findByKey(room.fold, key);
  if (own === null || own.status !== "failed") return;
  named(room, own, { status: held ? "held" : "confirmed", id, time });
}

/** The own message of this key that came to nothing, or null. */
export function unsentOwn(room: Room, key: Key): Shown | null {
  const own = findByKey(room.fold, key);
  return own?.status === "refused" || own?.status === "failed" ? own : null;
}

export function discardOwn(machine: Machine, room: Room, key: Key): void {
  const own = unsentOwn(room, key);
  if (own === null) return;
  drop(room.fold, own);
  tell(machine, room, "discarded", own);
}

function ownOf(machine: Machine, room: Room, request: Command, id: EntryId | null): Shown | null {
  const own = findByKey(room.fold, request.key);
  if (own === null || own.id === null || own.id === id) return own;
  replace(room.fold, own, { ...own, key: null });
  return request.t === "say" ? showPending(machine, room, request, machine.now) : null;
}

function named(room: Room, own: Shown, outcome: Extract<Outcome, { id: EntryId }>): Shown {
  const { fold } = room;
  const there = fold.byId.get(outcome.id);
  if (there === own) return own;
  if (there !== undefined) {
    const next = { ...there, key: own.key };
    drop(fold, own);
    replace(fold, there, next);
    return next;
  }
  const { id, status } = outcome;
  /* What the sequence has passed without it is not to be seen: removed, or older than what is shown. */
  if (recall(fold.toldIds, id) === true || (status === "confirmed" && outcome.time < fold.asOf)) {
    drop(fold, own);
    return own;
  }
  const removal = recall(fold.fates, id)?.removal ?? null;
  const next: Shown = { ...own, id, status, time: outcome.time, trouble: null };
  const shown = removal === null ? next : wiped(next, removal);
  replace(fold, own, shown);
  return shown;
}

function troubled(room: Room, own: Shown, outcome: Extract<Outcome, { sentence: string }>): Shown {
  const { status, reason, sentence } = outcome;
  const next: Shown = { ...own, status, trouble: { reason, sentence } };
  replace(room.fold, own, next);
  return next;
}
