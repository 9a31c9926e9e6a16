import type { Answer, Input } from "@chorus/core/room/inputs.ts";
import { replay } from "@chorus/core/room/room.ts";
import { fromSnapshot, type RoomSnapshot, takeSnapshot } from "@chorus/core/room/snapshot.ts";
import { createRoomState, type RoomState } from "@chorus/core/room/state.ts";
import type { Head } from "@chorus/core/record.ts";
import { type RoomId, time, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { refusals } from "@chorus/protocol/refusals.ts";
import type { Loaded } from "../log/log.ts";
import { replayableOf, textOf } from "./record.ts";

/**
 * One room in the keeper's hands. `loading`: its state is being read. `ready`: the next turn may step it. `appending`: a
 * record is on its way to the log, inputs wait. `looking`: a message that the room has forgotten is looked for in the
 * log, inputs wait. `absent`: there is no such room. While `writableAt` lies ahead, the
 * log has just failed: the room can be read, commands are refused with "try later".
 */
export type RoomHost = {
  readonly room: RoomId;
  phase: "loading" | "ready" | "appending" | "looking" | "absent";
  state: RoomState | null;
  fence: number;
  mailbox: Input[];
  /** What to do once loading has ended, one way or the other. */
  waiting: (() => void)[];
  /** Gateways that follow the room, and when each was heard of last. */
  readonly gateways: Map<string, Time>;
  usedAt: Time;
  writableAt: Time;
  failures: number;
  recordsSinceSnapshot: number;
  /** A snapshot in parts is under way. */
  saving: boolean;
  tallyChanged: boolean;
  announcedAt: Time;
};

export function createHost(room: RoomId, now: Time): RoomHost {
  return {
    room,
    phase: "loading",
    state: null,
    fence: 0,
    mailbox: [],
    waiting: [],
    gateways: new Map(),
    usedAt: now,
    writableAt: time(0),
    failures: 0,
    recordsSinceSnapshot: 0,
    saving: false,
    tallyChanged: false,
    announcedAt: now,
  };
}

/** The room as the log tells it: the snapshot, and every record since. */
export function stateFrom(room: RoomId, loaded: Loaded): RoomState {
  const { snapshot, head, records } = loaded;
  const state =
    snapshot === null
      ? createRoomState(room, head.epoch)
      : { ...fromSnapshot(JSON.parse(textOf(snapshot.state)) as RoomSnapshot), epoch: head.epoch };
  for (const record of records) replay(state, replayableOf(record));
  return state;
}

/**
 * A snapshot of the room as it is when this is called, in parts of about `limits.snapshotPartBytes`, each made when it is asked
 * for: what a large room remembers of its people would keep everybody waiting.
 */
export function snapshotParts(state: RoomState): Generator<Uint8Array, undefined> {
  const { people, sessions, ...rest } = takeSnapshot(state);
  return partsOf(JSON.stringify(rest).slice(0, -1), { people, sessions });
}

function* partsOf(head: string, lists: Record<string, readonly unknown[]>): Generator<Uint8Array, undefined> {
  let text = head;
  for (const [name, list] of Object.entries(lists)) {
    text += `,"${name}":[`;
    for (const [i, one] of list.entries()) {
      text += `${i === 0 ? "" : ","}${JSON.stringify(one)}`;
      if (text.length < limits.snapshotPartBytes) continue;
      yield Buffer.from(text);
      text = "";
    }
    text += "]";
  }
  yield Buffer.from(`${text}}`);
}

export function headOfState(state: RoomState): Head {
  return { epoch: state.epoch, offset: state.offset, publicSeq: state.publicSeq, staffSeq: state.staffSeq };
}

/** Nothing of this input was stored. Only commands are answered; the rest comes again by itself. */
export function laterAnswer(
  input: Input,
  reason: "try-later" | "busy" | "no-such-room",
  retryMs: number,
): Answer | null {
  if (input.i !== "command") return null;
  const { room, key } = input.command;
  const { later, sentence } = refusals[reason];
  const reply = { t: "refused", room, key, reason, sentence } as const;
  return { origin: input.origin, reply: later ? { ...reply, retryMs } : reply };
}

/** What was decided could not be stored: confirmations become "try later", refusals stand. */
export function withdrawn(answer: Answer, retryMs: number): Answer {
  if (answer.reply.t === "refused") return answer;
  const { room, key } = answer.reply;
  const { sentence } = refusals["try-later"];
  return {
    origin: answer.origin,
    reply: { t: "refused", room, key, reason: "try-later", sentence, retryMs },
  };
}
