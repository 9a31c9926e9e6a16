import { limits } from "@chorus/protocol/limits.ts";
import { skeletonOf } from "../skeleton.ts";
import type { Actor } from "./inputs.ts";
import type { RoomState } from "./state.ts";
import { note, type Turn } from "./turn.ts";

const numbered = skeletonOf("Viewer");
/** One word, and behind it a number and no letter. */
const wordAndNumber = /^\S+\P{L}*\p{N}\P{L}*$/u;

/** The name under a message. A guest without a name is numbered at the first word, and nobody else looks numbered. */
export function nameOf(turn: Turn, actor: Actor): string {
  if (actor.role !== "guest" || (actor.name !== null && !looksNumbered(actor.name)))
    return signatureOf(actor);
  const known = turn.room.guests.get(actor.id);
  const no = known ?? turn.room.guestsCounted + 1;
  if (known === undefined) note(turn, { n: "guest", p: actor.id, no });
  return `Viewer ${no}`;
}

/** What stands for a person wherever no number is due: without a name as much of the id as a name may be long. */
export function signatureOf(actor: Pick<Actor, "id" | "name">): string {
  return actor.name ?? firstChars(actor.id, limits.nameCharsMax);
}

/** The skeleton of what a person is shown as; empty for a guest who is going to be numbered. */
export function looksOf(actor: Pick<Actor, "id" | "name" | "role" | "skeleton">): string {
  if (actor.skeleton !== "") return actor.skeleton;
  return actor.role === "guest" && actor.name === null ? "" : skeletonOf(signatureOf(actor));
}

export function looksLikeStaff(room: RoomState, actor: Actor): boolean {
  const looks = looksOf(actor);
  const namesake = looks === "" ? undefined : room.staffNames.get(looks);
  return namesake !== undefined && namesake !== actor.id;
}

/** Whole code points only. */
export function firstChars(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : Array.from(text).slice(0, charsMax).join("");
}

function looksNumbered(name: string): boolean {
  return wordAndNumber.test(name) && skeletonOf(name).startsWith(numbered);
}
