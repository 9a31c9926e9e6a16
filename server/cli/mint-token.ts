import type { Claims, RoomClaim } from "@chorus/protocol/claims.ts";
import { personId } from "@chorus/protocol/ids.ts";
import type { ClientKind, Grant, Role } from "@chorus/protocol/people.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { explainClaims, isClaims } from "@chorus/protocol/parse.ts";
import { SignJWT } from "jose";

/** Whom a token is for. One role in all its rooms; without grants the role's own. */
export type Bearer = {
  sub: string;
  rooms: readonly string[];
  role: Role;
  grants: readonly Grant[] | null;
  name: string | null;
  kind: ClientKind | null;
};

/** The claims, or the sentence that says why no server would take them. Times are whole seconds since 1970. */
export function claimsFor(
  bearer: Bearer,
  nowSeconds: number,
  lifeSeconds: number,
): Claims | { problem: string } {
  const { sub, rooms, role, grants, name, kind } = bearer;
  const claim: RoomClaim = grants === null ? { role } : { role, grants: [...grants] };
  const claims: Claims = {
    sub: personId(sub),
    iat: nowSeconds,
    exp: nowSeconds + lifeSeconds,
    ...(name === null ? {} : { name }),
    chorus: {
      rooms: Object.fromEntries(rooms.map((room) => [room, claim])),
      ...(kind === null ? {} : { kind }),
    },
  };
  return isClaims(claims) ? claims : { problem: `The token would be refused: ${explainClaims(claims)}` };
}

export async function signToken(claims: Claims, secret: Uint8Array): Promise<string | { problem: string }> {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(secret);
  if (token.length <= limits.tokenBytesMax) return token;
  return { problem: `The token is longer than ${limits.tokenBytesMax} bytes: name fewer rooms or grants.` };
}
