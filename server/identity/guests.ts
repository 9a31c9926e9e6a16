import { randomBytes } from "node:crypto";
import { personId, type Time, time } from "@chorus/protocol/ids.ts";
import { cleanName } from "./clean-name.ts";
import type { Person } from "./person.ts";
import { createPersonSigner } from "./signed-person.ts";

export const guestTokenLifeMs = 30 * 86_400_000;

/** A guest and the token to be kept by their browser, which makes them the same guest after a reload. */
export type Admission = { person: Person; token: string };

/** Whether a room lets guests in is the room's affair; here they become somebody. */
export type Guests = {
  /** A new guest. Without a usable wish the name stays null: each room numbers such guests ("Viewer 5"). */
  mint(wish: string | undefined, now: Time): Admission;
  verify(token: string, now: Time): Person | null;
  /** The same guest for another thirty days, by another name if they wish so. */
  renew(person: Person, wish: string | undefined, now: Time): Admission;
};

const idBytes = 12;

export function createGuests(secret: Uint8Array): Guests {
  const signer = createPersonSigner("g1", secret);

  function admit(guest: Pick<Person, "id" | "name">, now: Time): Admission {
    const expires = time(now + guestTokenLifeMs);
    const person: Person = {
      id: guest.id,
      name: guest.name,
      kind: "viewer",
      issued: now,
      expires,
      guest: true,
      rooms: { "*": { role: "guest" } },
    };
    return { person, token: signer.sign(person, expires) };
  }

  return {
    mint: (wish, now) => admit({ id: newId(), name: nameOf(wish) }, now),
    verify: signer.open,
    renew: (person, wish, now) => admit({ id: person.id, name: nameOf(wish) ?? person.name }, now),
  };
}

function newId(): Person["id"] {
  return personId(`guest-${randomBytes(idBytes).toString("base64url")}`);
}

function nameOf(wish: string | undefined): string | null {
  return wish === undefined ? null : cleanName(wish);
}
