import type { PersonId, Time } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { Actor } from "./inputs.ts";
import { looksOf } from "./names.ts";
import { isRank, rankOf } from "./rank.ts";
import { type Effect, inForce } from "./sanctions.ts";
import type { RoomState } from "./state.ts";
import { note, type Turn } from "./turn.ts";

/**
 * The room knows its staff by having seen them: whom nobody may look like, and whom not everybody may act against.
 * Who comes back without their grants is no longer staff.
 */
export function meet(turn: Turn, actor: Actor): void {
  learnRank(turn, actor.id, rankOf(actor.grants) ?? "viewer", looksOf(actor));
}

export function learnRank(turn: Turn, person: PersonId, role: Role, skeleton: string): void {
  if (turn.room.settings.state === "archived") return;
  const known = turn.room.staff.get(person);
  if (!isRank(role) && known === undefined) return;
  if (known?.role === role && known.skeleton === skeleton) return;
  note(turn, { n: "staff", p: person, role, skeleton });
}

/** Staff act against those below them; a host may act against everybody but another host. */
export function outranks(room: RoomState, actor: Actor, person: PersonId): boolean {
  const standing = room.staff.get(person)?.role;
  if (standing === undefined) return true;
  return standing !== "host" && rankOf(actor.grants) === "host";
}

/** The end of what binds an actor (see `inForce`). Nothing binds a host: it was imposed before the room knew them. */
export function boundUntil(
  room: RoomState,
  actor: Actor,
  effect: Effect,
  now: Time,
): Time | null | undefined {
  return rankOf(actor.grants) === "host" ? undefined : inForce(room.sanctions, actor.id, effect, now);
}
