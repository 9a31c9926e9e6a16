import { createHmac, timingSafeEqual } from "node:crypto";
import type { PersonId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { ClientKind, Grant, Role } from "@chorus/protocol/people.ts";
import type { Person } from "./person.ts";

/**
 * A person signed by this server for itself: `purpose.payload.signature`. The purpose is signed too, so that a token
 * of one purpose is none of another; it names the shape of the payload and changes with it. The payload is never
 * larger than the JSON Web Token that it stands for.
 */
export type PersonSigner = {
  sign(person: Person, until: Time): string;
  /** Null for what this server did not sign for this purpose, or whose time is over. */
  open(token: string, now: Time): Person | null;
};

type Payload = readonly [
  until: Time,
  id: PersonId,
  name: string | null,
  kind: ClientKind,
  issued: Time,
  expires: Time,
  guest: 0 | 1,
  rooms: Readonly<Record<string, PackedClaim>>,
];
type PackedClaim = readonly [Role, Grant[]?];

const signatureBytes = 32;

export function createPersonSigner(purpose: string, secret: Uint8Array): PersonSigner {
  const signatureOf = (signed: string) => createHmac("sha256", secret).update(signed, "utf8").digest();

  function sign(person: Person, until: Time): string {
    const payload = Buffer.from(JSON.stringify(pack(person, until)), "utf8").toString("base64url");
    const signed = `${purpose}.${payload}`;
    return `${signed}.${signatureOf(signed).toString("base64url")}`;
  }

  function open(token: string, now: Time): Person | null {
    if (token.length > limits.tokenBytesMax || !token.startsWith(`${purpose}.`)) return null;
    const dot = token.lastIndexOf(".");
    const signature = Buffer.from(token.slice(dot + 1), "base64url");
    if (signature.length !== signatureBytes) return null;
    if (!timingSafeEqual(signature, signatureOf(token.slice(0, dot)))) return null;
    const payload = JSON.parse(
      Buffer.from(token.slice(purpose.length + 1, dot), "base64url").toString("utf8"),
    ) as Payload;
    return payload[0] <= now ? null : unpack(payload);
  }

  return { sign, open };
}

function pack(person: Person, until: Time): Payload {
  const { id, name, kind, issued, expires, guest } = person;
  const rooms = Object.entries(person.rooms).map(([room, { role, grants }]): [string, PackedClaim] => [
    room,
    grants === undefined ? [role] : [role, grants],
  ]);
  return [until, id, name, kind, issued, expires, guest ? 1 : 0, Object.fromEntries(rooms)];
}

function unpack([, id, name, kind, issued, expires, guest, packed]: Payload): Person {
  const rooms = Object.entries(packed).map(
    ([room, [role, grants]]) => [room, grants === undefined ? { role } : { role, grants }] as const,
  );
  return { id, name, kind, issued, expires, guest: guest === 1, rooms: Object.fromEntries(rooms) };
}
