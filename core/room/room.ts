import { splitKey, type Time } from "@chorus/protocol/ids.ts";
import type { LimitName } from "@chorus/protocol/limits.ts";
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
import { remembersOlder } from "./forgetting.ts";
import { learnRank, meet } from "./staff.ts";
import type { RoomState } from "./state.ts";
import { keepTally, lease, tap } from "./tallies.ts";
import { answerDone, beginTurn, type CommandInput, endTurn, note, refuseFor, type Turn } from "./turn.ts";

/**
 * The room: a single writer that turns a batch of inputs into at most one draft, in order. The state already stands
 * behind the draft when this returns; if the draft cannot be made durable, the state must be thrown away and read
 * back from the log. Answers that confirm may be sent only once the draft is durable (law 1). `limits` are the bounds that
 * were reached.
 */
export function step(
  room: RoomState,
  inputs: readonly Input[],
  now: Time,
): { draft: Draft | null; answers: Answer[]; limits: LimitName[] } {
  const turn = beginTurn(room, now);
  for (const input of inputs) decide(turn, input);
  const draft = endTurn(turn);
  return { draft, answers: turn.answers, limits: turn.limits };
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
      return lease(turn, input);
    case "staff":
      return learnRank(turn, input.person, input.role, looksOf({ ...input, id: input.person, name: null }));
    case "keep-tally":
      return keepTally(turn);
    case "forget":
      if (remembersOlder(turn.room, input.before)) note(turn, { n: "forget", before: input.before });
      return;
    default:
      return unreachable(input);
  }
}

function command(turn: Turn, input: CommandInput): void {
  const { session, counter } = splitKey(input.command.key);
  const known = recall(turn.room.retries, input.actor.id, session, counter, turn.now);
  if (known === "stale") return refuseFor(turn, input, "retriesPerSession", "stale-retry");
  if (known === "full-person") return refuseFor(turn, input, "sessionsPerPersonMax", "busy");
  if (known === "full") return refuseFor(turn, input, "sessionsPerRoomMax", "busy");
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
