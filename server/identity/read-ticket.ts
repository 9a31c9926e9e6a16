import { type RoomId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Person, rightsIn } from "./person.ts";
import { createPersonSigner } from "./signed-person.ts";

/**
 * What may stand in a URL, where a token may not: URLs are written to logs and copied. It lets one room be read, begins a
 * connection within `limits.ticketMs`, and no token that follows from it lives longer than a stream.
 */
export type ReadTickets = {
  /** Null for who may not read the room. */
  issue(person: Person, room: RoomId, now: Time): { ticket: string; expires: Time } | null;
  verify(ticket: string, now: Time): Person | null;
};

export function createReadTickets(secret: Uint8Array): ReadTickets {
  const signer = createPersonSigner("t1", secret);
  return {
    verify: signer.open,
    issue(person, room, now) {
      const rights = rightsIn(person, room);
      if (rights?.grants.includes("read") !== true) return null;
      const expires = time(Math.min(person.expires, now + limits.ticketMs));
      const reader: Person = {
        ...person,
        expires: time(Math.min(person.expires, now + limits.ticketMs + limits.streamMs)),
        rooms: { [room]: { role: rights.role, grants: ["read"] } },
      };
      return { ticket: signer.sign(reader, expires), expires };
    },
  };
}
