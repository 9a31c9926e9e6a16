import Type from "typebox";
import { PersonIdSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { ClientKindSchema, GrantSchema, NameSchema, RoleSchema } from "./people.ts";

/**
 * What Chorus reads of a JSON Web Token (RFC 7519). `sub` is the person, `exp` is required. Everything else of
 * Chorus is in its own namespace, the claim `chorus`; an unknown claim inside it is refused, so that a misspelt
 * right is an error and never a silent default. Claims outside it are ignored.
 *
 * ```json
 * { "sub": "u-17", "exp": 1767225600, "name": "Ada",
 *   "chorus": { "rooms": { "demo": { "role": "moderator" } } } }
 * ```
 */
export const RoomClaimSchema = Type.Object(
  { role: RoleSchema, grants: Type.Optional(Type.Array(GrantSchema, { maxItems: 16 })) },
  { additionalProperties: false },
);
export type RoomClaim = Type.Static<typeof RoomClaimSchema>;

export const ChorusClaimSchema = Type.Object(
  {
    rooms: Type.Record(Type.String({ pattern: "^([a-z0-9][a-z0-9._-]{0,63}|\\*)$" }), RoomClaimSchema, {
      maxProperties: limits.roomsPerTokenMax,
      additionalProperties: false,
      description: "Rooms by id; * stands for every room that is not named",
    }),
    kind: Type.Optional(ClientKindSchema),
  },
  { additionalProperties: false },
);
export type ChorusClaim = Type.Static<typeof ChorusClaimSchema>;

export const ClaimsSchema = Type.Object({
  sub: PersonIdSchema,
  exp: Type.Number(),
  nbf: Type.Optional(Type.Number()),
  iat: Type.Optional(Type.Number()),
  name: Type.Optional(NameSchema),
  chorus: ChorusClaimSchema,
});
export type Claims = Type.Static<typeof ClaimsSchema>;
