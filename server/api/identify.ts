import { rankOf } from "@chorus/core/room/rank.ts";
import type { Audience } from "@chorus/core/record.ts";
import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import { type Person, type Rights, rightsIn } from "../identity/person.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import type { RoomInfo } from "../messages.ts";
import { type Problem, problem } from "./problem.ts";

/** Who asks, by the header Authorization. Null: nobody in particular, a guest. */
export type Identified = { ok: true; person: Person | null } | { ok: false; problem: Problem };

const bearer = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;
const retryMs = 5_000;

export async function identify(
  authorization: string | undefined,
  tokens: TokenVerifier,
  now: Time,
): Promise<Identified> {
  if (authorization === undefined) return { ok: true, person: null };
  const token = bearer.exec(authorization)?.groups?.["token"];
  if (token === undefined)
    return { ok: false, problem: unauthorised('Send the header as "Authorization: Bearer TOKEN".') };
  const verdict = await tokens.verify(token, now);
  if (verdict.ok) return verdict;
  if (verdict.reason === "unavailable")
    return { ok: false, problem: problem("unavailable", verdict.sentence, { retryMs }) };
  return { ok: false, problem: unauthorised(verdict.sentence, "invalid_token") };
}

/** RFC 6750 section 3. */
export function unauthorised(detail: string, error?: "invalid_token"): Problem {
  const challenge = error === undefined ? 'Bearer realm="chorus"' : `Bearer realm="chorus", error="${error}"`;
  return problem("unauthorised", detail, { headers: { "www-authenticate": challenge } });
}

/** A token decides where there is one, as it does when a connection joins; else the room says whether guests may read. */
export function readerOf(person: Person | null, room: RoomId, standing: Standing | null): Reader | Problem {
  if (person === null) {
    if (standing?.settings.guests === true) return { audience: "public", person: null };
    return unauthorised("Send a token that has a right to this room: guests may not read it.");
  }
  const rights = rightsWith(person, room, "read");
  if (rights === null) return problem("forbidden", "Ask for a token with the grant to read this room.");
  const rank = rankOf(rights.grants);
  if (standing?.banned === true && rank !== "host")
    return problem("forbidden", "A moderator banned you from this room.");
  return { audience: rank === null ? "public" : "staff", person };
}
/** What a room says of somebody who wants to read it. */
export type Standing = Pick<RoomInfo, "settings" | "banned">;
export type Reader = { audience: Audience; person: Person | null };

export function rightsWith(person: Person, room: RoomId, grant: Grant): Rights | null {
  const rights = rightsIn(person, room);
  return rights?.grants.includes(grant) === true ? rights : null;
}
