import type { Actor } from "@chorus/core/room/inputs.ts";
import type { Refused } from "@chorus/protocol/frames.ts";
import { type EntryId, key, type RoomId } from "@chorus/protocol/ids.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import { call, type Caller, sendCommand } from "../gateway/calls.ts";
import type { RoomInfo } from "../messages.ts";
import { apiLimits } from "./api-limits.ts";
import { type Problem, problem, type ProblemName } from "./problem.ts";
import { infoIn, type RoomChange, tooManyCalls, unanswered, unreadable } from "./room-answers.ts";

/** Rooms made and changed from outside a connection. What is answered as done is durable. */
export type RoomChanges = {
  put(
    room: RoomId,
    change: RoomChange,
    actor: Actor,
  ): Promise<{ created: boolean; info: RoomInfo } | Problem>;
};

/** Keys have one session and a rising counter, so that one person's changes use one place in a room's retry memory. */
export function createRoomChanges(caller: Caller, mintId: () => EntryId): RoomChanges {
  const session = mintId();
  let counter = 0;

  async function put(room: RoomId, change: RoomChange, actor: Actor): ReturnType<RoomChanges["put"]> {
    const made = await call(caller, { m: "create", room }, apiLimits.callWithinMs);
    if (!made.ok) return made.why === "too-many" ? tooManyCalls : unanswered;
    if (made.value === "unavailable") return unreadable;
    const refusal = Object.keys(change).length === 0 ? null : await apply(room, change, actor);
    if (refusal !== null) return refusal;
    const info = infoIn(await call(caller, { m: "info", room, person: null }, apiLimits.callWithinMs));
    return "problem" in info ? info : { created: made.value === "created", info };
  }

  async function apply(room: RoomId, change: RoomChange, actor: Actor): Promise<Problem | null> {
    const command = {
      t: "moderate",
      room,
      key: nextKey(),
      act: { do: "settings", settings: change },
    } as const;
    const answered = await sendCommand(caller, actor, command, mintId(), apiLimits.callWithinMs);
    if (!answered.ok) return answered.why === "too-many" ? tooManyCalls : unanswered;
    return answered.value.t === "refused" ? refusalOf(answered.value) : null;
  }

  function nextKey(): ReturnType<typeof key> {
    counter += 1;
    return key(`${session}:${counter}`);
  }

  return { put };
}

const names: Partial<Record<RefusalReason, ProblemName>> = {
  "try-later": "unavailable",
  busy: "unavailable",
  "no-such-room": "no-such-room",
  forbidden: "forbidden",
  banned: "forbidden",
};

function refusalOf({ reason, sentence, retryMs = 1_000 }: Refused): Problem {
  const name = names[reason] ?? "refused";
  return problem(name, sentence, name === "unavailable" ? { reason, retryMs } : { reason });
}
