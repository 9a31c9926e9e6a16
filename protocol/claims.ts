import { Type } from "typebox";
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
  {
    role: RoleSchema,
    grants: Type.Optional(
      Type.Array(GrantSchema, { maxItems: 16, description: "Instead of what the role brings" }),
    ),
  },
  { additionalProperties: false, description: "What the person is in a room" },
);
export type RoomClaim = Type.Static<typeof RoomClaimSchema>;

export const ChorusClaimSchema = Type.Object(
  {
    rooms: Type.Record(Type.String({ pattern: "^([a-z0-9][a-z0-9._-]{0,63}|\\*)$" }), RoomClaimSchema, {
      maxProperties: limits.roomsPerTokenMax,
      additionalProperties: false,
      description: "Rooms by id; * stands for every room that is not named",
      expected: "the id of a room or *",
    }),
    kind: Type.Optional(ClientKindSchema),
  },
  { additionalProperties: false, description: "What Chorus reads beside the standard claims" },
);
export type ChorusClaim = Type.Static<typeof ChorusClaimSchema>;

export const ClaimsSchema = Type.Object(
  {
    sub: PersonIdSchema,
    exp: Type.Number({ description: "Seconds since 1970; from then on the token is not accepted" }),
    nbf: Type.Optional(Type.Number({ description: "Seconds since 1970; the token is not accepted before" })),
    iat: Type.Optional(
      Type.Number({
        description:
          "Seconds since 1970; when the token was made. Without it, it counts as older than every calling back",
      }),
    ),
    name: Type.Optional(NameSchema),
    chorus: ChorusClaimSchema,
  },
  { description: "What Chorus reads of a JSON Web Token. Other claims beside these are ignored." },
);
export type Claims = Type.Static<typeof ClaimsSchema>;
