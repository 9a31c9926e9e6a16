import { splitKey, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { unreachable } from "../unreachable.ts";
import type { Draft, Entry } from "../record.ts";
import { applyEntry, applyNote } from "./apply.ts";
import type { Answer, Input } from "./inputs.ts";
import { moderate } from "./moderate.ts";
import { looksOf } from "./names.ts";
import type { Note } from "./notes.ts";
import { edit, retract } from "./own-message.ts";
import { recall } from "./retries.ts";
import { say } from "./say.ts";
import { learnRank, meet } from "./staff.ts";
import type { RoomState } from "./state.ts";
import { keepTally, lease, tap } from "./tallies.ts";
import { answerDone, beginTurn, type CommandInput, endTurn, refuse, type Turn } from "./turn.ts";

/**
 * The room: a single writer that turns a batch of inputs into at most one draft, in order. The state already stands
 * behind the draft when this returns; if the draft cannot be made durable, the state must be thrown away and read
 * back from the log. Answers that confirm may be sent only once the draft is durable (law 1).
 */
export function step(
  room: RoomState,
  inputs: readonly Input[],
  now: Time,
): { draft: Draft | null; answers: Answer[] } {
  const turn = beginTurn(room, now);
  for (const input of inputs) decide(turn, input);
  return { draft: endTurn(turn), answers: turn.answers };
}

/** What the log gives back of a draft. */
export type Replayable = { offset: number; at: Time; notes: readonly Note[]; entries: readonly Entry[] };

/** Applies what was decided before, without deciding again. */
export function replay(room: RoomState, record: Replayable): void {
  if (record.offset !== room.offset + 1) {
    throw new Error(`Room ${room.id} at offset ${room.offset} cannot replay record ${record.offset}.`);
  }
  room.offset = record.offset;
  room.now = record.at;
  for (const entry of record.entries) applyEntry(room, entry);
  for (const fact of record.notes) applyNote(room, fact);
}

function decide(turn: Turn, input: Input): void {
  switch (input.i) {
    case "command":
      return command(turn, input);
    case "taps":
      return tap(turn.room, input.taps);
    case "lease":
      return lease(turn.room, input.gateway, input.viewers, turn.now);
    case "staff":
      return learnRank(turn, input.person, input.role, looksOf({ ...input, id: input.person, name: null }));
    case "keep-tally":
      return keepTally(turn);
    default:
      return unreachable(input);
  }
}

function command(turn: Turn, input: CommandInput): void {
  const { session, counter } = splitKey(input.command.key);
  const sessionsMax = input.actor.role === "guest" ? limits.sessionsPerGuestMax : limits.sessionsPerPersonMax;
  const known = recall(turn.room.retries, input.actor.id, session, counter, turn.now, sessionsMax);
  if (known === "stale") return refuse(turn, input, "stale-retry");
  if (known === "full") return refuse(turn, input, "busy");
  if (known !== "new") return answerDone(turn, input, known);
  meet(turn, input.actor);
  switch (input.command.t) {
    case "say":
      return say(turn, input, input.command);
    case "edit":
      return edit(turn, input, input.command);
    case "retract":
      return retract(turn, input, input.command);
    case "moderate":
      return moderate(turn, input, input.command.act);
    default:
      return unreachable(input.command);
  }
}
