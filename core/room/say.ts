import type { Message } from "@chorus/protocol/entries.ts";
import { type EntryId, type PersonId, type Time, time } from "@chorus/protocol/ids.ts";
import { type LimitName, limits } from "@chorus/protocol/limits.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { Say } from "@chorus/protocol/requests.ts";
import { charsIn, cleanText } from "../text.ts";
import type { Actor } from "./inputs.ts";
import { firstChars, looksLikeStaff, nameOf } from "./names.ts";
import { isStaff } from "./rank.ts";
import { presentIn } from "./removal.ts";
import type { RoomState } from "./state.ts";
import { slowMsIn } from "./tallies.ts";
import { boundUntil } from "./staff.ts";
import {
  type CommandInput,
  confirm,
  emit,
  emitMessage,
  furtherId,
  refuse,
  refuseFor,
  type Turn,
} from "./turn.ts";

const quoteCharsMax = 80;

/** Why a person may not do something now, and for how long where that is known. */
export type Objection = { reason: RefusalReason; retryMs?: number; limit?: LimitName };

export function say(turn: Turn, input: CommandInput, command: Say): void {
  const { room, now } = turn;
  const { actor } = input;
  const text = cleanText(command.text);
  const objection =
    objectionToVoice(room, actor, now) ?? objectionToText(text) ?? objectionToPace(room, actor, text, now);
  if (objection !== null) return object(turn, input, objection);

  const hold = room.settings.mode === "moderated" && !isStaff(actor);
  const full = hold ? fullQueue(room, actor.id) : null;
  if (full !== null) return refuseFor(turn, input, full);
  const shadow = boundUntil(room, actor, "shadow", now) !== undefined;
  const message = messageOf(turn, input, command, text, shadow && !hold);
  if (hold) emit(turn, "staff", { k: "held", id: furtherId(input.id, 1), time: now, message });
  else emitMessage(turn, message, shadow);
  confirm(turn, input, input.id, hold);
}

/** What keeps one more message of this person from being held; nobody may fill the queue alone. */
function fullQueue(room: RoomState, person: PersonId): "heldMax" | "heldPerPersonMax" | null {
  if (room.held.size >= limits.heldMax) return "heldMax";
  let own = 0;
  for (const { by } of room.held.values()) if (by === person) own += 1;
  return own < limits.heldPerPersonMax ? null : "heldPerPersonMax";
}

export function object(turn: Turn, input: CommandInput, { reason, retryMs, limit }: Objection): void {
  if (limit !== undefined) turn.limits.push(limit);
  refuse(turn, input, reason, retryMs);
}

/** What keeps a person from being heard at all, whatever the text. */
export function objectionToVoice(room: RoomState, actor: Actor, now: Time): Objection | null {
  const banned = boundUntil(room, actor, "ban", now);
  if (banned !== undefined) return until("banned", banned, now);
  const muted = boundUntil(room, actor, "mute", now);
  if (muted !== undefined) return until("muted", muted, now);
  if (!actor.grants.includes("say")) return { reason: "forbidden" };
  const { state, mode } = room.settings;
  if (state === "archived") return { reason: "ended" };
  if (isStaff(actor)) return null;
  if (state === "scheduled") return { reason: "not-open" };
  if (state === "ended") return { reason: "ended" };
  if (mode === "read-only") return { reason: "read-only" };
  return looksLikeStaff(room, actor) ? { reason: "name-like-staff" } : null;
}

export function objectionToText(text: string): Objection | null {
  if (text === "") return { reason: "empty" };
  return charsIn(text) > limits.textCharsMax ? { reason: "too-long", limit: "textCharsMax" } : null;
}

/** Staff and replays are not paced. Slow mode replaces nothing: the ordinary pace holds beside it. */
export function objectionToPace(room: RoomState, actor: Actor, text: string, now: Time): Objection | null {
  if (isStaff(actor) || actor.grants.includes("replay")) return null;
  const habit = room.people.get(actor.id);
  if (habit === undefined) return null;
  const last = habit.times.at(-1) ?? 0;
  const slowLeft = last + Math.max(room.settings.slowMs, slowMsIn(room, now)) - now;
  if (slowLeft > 0) return { reason: "slow", retryMs: slowLeft };
  const paceLeft = paceLeftMs(habit.times, actor, now);
  if (paceLeft > 0) return { reason: "pace", retryMs: paceLeft };
  const again = last + limits.duplicateWithinMs - now;
  return again > 0 && habit.text === text ? { reason: "duplicate", retryMs: again } : null;
}

function paceLeftMs(times: readonly Time[], actor: Actor, now: Time): number {
  const guest = actor.role === "guest";
  const nthLast = times.at(-(guest ? limits.guestPaceMessages : limits.paceMessages));
  return nthLast === undefined ? 0 : nthLast + (guest ? limits.guestPaceMs : limits.paceMs) - now;
}

function until(reason: RefusalReason, end: Time | null, now: Time): Objection {
  return end === null ? { reason } : { reason, retryMs: Math.min(end - now, 86_400_000) };
}

function messageOf(turn: Turn, input: CommandInput, command: Say, text: string, alone: boolean): Message {
  const { now } = turn;
  const message: Message = {
    k: "message",
    id: input.id,
    time: now,
    by: input.actor.id,
    name: nameOf(turn, input.actor),
    role: input.actor.role,
    text,
  };
  if (command.at !== undefined) message.at = time(Math.min(now, Math.max(command.at, now - limits.atAgeMs)));
  const target = command.reply === undefined ? null : answerable(turn, command.reply, input, alone);
  if (target !== null) {
    const { id, by, name, text: quoted } = target;
    message.reply = { id, by, name, quote: firstChars(quoted, quoteCharsMax) };
  }
  if (command.mentions !== undefined && command.mentions.length > 0) message.mentions = command.mentions;
  return message;
}

/** What is to be seen; a message that only its author will see may answer one that only they saw. */
function answerable(turn: Turn, id: EntryId, input: CommandInput, alone: boolean): Message | null {
  const present = presentIn(turn, id, input);
  if (present === null) return null;
  return !present.shadow || (alone && present.message.by === input.actor.id) ? present.message : null;
}
