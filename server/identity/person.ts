import type { Claims, RoomClaim } from "@chorus/protocol/claims.ts";
import { type PersonId, type RoomId, type Time, time } from "@chorus/protocol/ids.ts";
import { type ClientKind, type Grant, grantsOfRole, type Role } from "@chorus/protocol/people.ts";
import { cleanName } from "./clean-name.ts";

/**
 * Who is at the other end of a connection, as their token says: plain data, the same whether it came out of a JSON
 * Web Token, a resume token or a guest's. `rooms` holds their rights by room; `*` stands for every room without a
 * line of its own. `guest` is somebody without an account; a token's holder may have the role of a guest and be none.
 */
export type Person = {
  id: PersonId;
  name: string | null;
  kind: ClientKind;
  /** When the original token was issued, 0 when it does not say: what is revoked is everything before a time. */
  issued: Time;
  /** When the original token ends, however the connection was resumed since. */
  expires: Time;
  guest: boolean;
  rooms: Readonly<Record<string, RoomClaim>>;
};

export type Rights = { role: Role; grants: readonly Grant[] };

/** Null: this person has no business in the room. */
export function rightsIn(person: Person, room: RoomId): Rights | null {
  const claim = Object.hasOwn(person.rooms, room) ? person.rooms[room] : person.rooms["*"];
  return claim === undefined ? null : { role: claim.role, grants: claim.grants ?? grantsOfRole[claim.role] };
}

/** A token cannot be issued later than now: one that says so would outlive its revocation. */
export function personOf(claims: Claims, now: Time): Person {
  return {
    id: claims.sub,
    name: claims.name === undefined ? null : cleanName(claims.name),
    kind: claims.chorus.kind ?? "viewer",
    issued: time(Math.min(now, milliseconds(claims.iat ?? 0))),
    expires: time(milliseconds(claims.exp)),
    guest: false,
    rooms: claims.chorus.rooms,
  };
}

/** JSON Web Tokens count seconds, with fractions if they like. */
function milliseconds(seconds: number): number {
  return Math.max(0, Math.min(Math.floor(seconds * 1_000), Number.MAX_SAFE_INTEGER));
}
