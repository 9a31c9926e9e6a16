import type { EntryBody, Message } from "@chorus/protocol/entries.ts";
import { type EntryId, entryId, type PersonId, seq, splitKey, type Time } from "@chorus/protocol/ids.ts";
import { type LimitName, limits } from "@chorus/protocol/limits.ts";
import { type RefusalReason, refusals } from "@chorus/protocol/refusals.ts";
import type { Draft, Entry, Overlay } from "../record.ts";
import { applyEntry, applyNote } from "./apply.ts";
import { timeIn } from "./clock.ts";
import type { Answer, Input } from "./inputs.ts";
import type { Note } from "./notes.ts";
import type { RoomState } from "./state.ts";

/** One step in the making. What is emitted is applied at once, so that the next input of the batch already sees it. */
export type Turn = {
  readonly room: RoomState;
  readonly now: Time;
  readonly notes: Note[];
  readonly entries: Entry[];
  readonly overlays: Overlay[];
  readonly answers: Answer[];
  /** The bounds that were reached, once for each time. */
  readonly limits: LimitName[];
  readonly publicBefore: number;
  readonly staffBefore: number;
};

export type CommandInput = Input & { i: "command" };

export function beginTurn(room: RoomState, now: Time): Turn {
  return {
    room,
    now: timeIn(room, now),
    notes: [],
    entries: [],
    overlays: [],
    answers: [],
    limits: [],
    publicBefore: room.publicSeq,
    staffBefore: room.staffSeq,
  };
}

/** Null when nothing happened that must be remembered. */
export function endTurn(turn: Turn): Draft | null {
  const { room, notes, entries, overlays } = turn;
  if (notes.length === 0 && entries.length === 0) return null;
  for (const limit of memoriesAtTheirBounds(room)) turn.limits.push(limit);
  room.offset += 1;
  room.now = turn.now;
  return {
    offset: room.offset,
    at: turn.now,
    publicFrom: seq(turn.publicBefore + 1),
    publicTo: room.publicSeq,
    staffFrom: seq(turn.staffBefore + 1),
    staffTo: room.staffSeq,
    notes,
    entries,
    overlays,
  };
}

/** The oldest are forgotten from here on: their pace, their number, their rank. */
function memoriesAtTheirBounds(room: RoomState): LimitName[] {
  const reached: LimitName[] = [];
  if (room.people.size >= limits.peopleRememberedMax || room.guests.size >= limits.peopleRememberedMax)
    reached.push("peopleRememberedMax");
  if (room.staff.size >= limits.staffNamesMax) reached.push("staffNamesMax");
  return reached;
}

export function emit(turn: Turn, scope: "all" | "staff", body: EntryBody): void {
  push(turn, { scope, person: null, body });
}

export function emitTo(turn: Turn, person: PersonId, body: EntryBody): void {
  push(turn, { scope: "person", person, body });
}

export function note(turn: Turn, fact: Note): void {
  turn.notes.push(fact);
  applyNote(turn.room, fact);
}

/** Readers other than staff get `body` in place of the message from now on, or the original when it is null. */
export function overlay(turn: Turn, id: EntryId, body: Overlay["body"]): void {
  turn.overlays.push({ id, body });
}

/** The room did what was asked: remembered, so that a retry gets the same answer. */
export function confirm(turn: Turn, input: CommandInput, id: EntryId, held = false): void {
  const { session, counter } = splitKey(input.command.key);
  note(turn, { n: "done", p: input.actor.id, s: session, c: counter, id, t: turn.now, held });
  answerDone(turn, input, { id, time: turn.now, held });
}

export function answerDone(
  turn: Turn,
  input: CommandInput,
  done: { id: EntryId; time: Time; held: boolean },
): void {
  const { room, key } = input.command;
  turn.answers.push({
    origin: input.origin,
    reply: { t: done.held ? "held" : "ack", room, key, id: done.id, time: done.time },
  });
}

/** Refused for a bound, which is counted under its name. */
export function refuseFor(
  turn: Turn,
  input: CommandInput,
  limit: LimitName,
  reason: RefusalReason = "limit",
): void {
  turn.limits.push(limit);
  refuse(turn, input, reason);
}

/** A refusal changes nothing and is not remembered: the same command may be decided otherwise later. */
export function refuse(turn: Turn, input: CommandInput, reason: RefusalReason, retryMs?: number): void {
  const { room, key } = input.command;
  const reply = { t: "refused", room, key, reason, sentence: refusals[reason].sentence } as const;
  turn.answers.push({ origin: input.origin, reply: retryMs === undefined ? reply : { ...reply, retryMs } });
}

/** One command may make several entries; each needs an id of its own. */
export function furtherId(of: EntryId, index: number): EntryId {
  return entryId(`${of}-${index}`);
}

/** A shadow-banned author's entries reach the author and staff, and nobody else. */
export function emitMessage(turn: Turn, message: Message, shadow: boolean): void {
  if (!shadow) return emit(turn, "all", message);
  emitTo(turn, message.by, message);
  emit(turn, "staff", { ...message, shadow: true });
}

function push(turn: Turn, entry: Entry): void {
  turn.entries.push(entry);
  applyEntry(turn.room, entry);
}
