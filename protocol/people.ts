import { Type } from "typebox";
import { limits } from "./limits.ts";

/** Roles from the most to the least trusted. A role is a preset of grants; a token may name grants itself. */
export const roles = ["host", "moderator", "participant", "viewer", "guest"] as const;
export type Role = (typeof roles)[number];
export const RoleSchema = Type.Enum(roles, { description: "The role in this room" });

/**
 * What a person may do in a room. `replay` lets a rehearsed log be sent again: exempt from pace and duplicate
 * rules, never from sanctions or the size of a text.
 */
export const grants = ["read", "say", "react", "moderate", "host", "stage", "replay"] as const;
export type Grant = (typeof grants)[number];
export const GrantSchema = Type.Enum(grants, {
  description: "What a person may do; replay is exempt from pace and from the rule against repetition",
});

export const grantsOfRole: Readonly<Record<Role, readonly Grant[]>> = {
  host: ["read", "say", "react", "moderate", "host", "stage"],
  moderator: ["read", "say", "react", "moderate"],
  participant: ["read", "say", "react", "stage"],
  viewer: ["read", "say", "react"],
  guest: ["read", "say", "react"],
};

export const clientKinds = ["viewer", "overlay", "bot"] as const;
export type ClientKind = (typeof clientKinds)[number];
export const ClientKindSchema = Type.Enum(clientKinds, {
  description: "Overlays and bots are not counted as viewers",
});

export const NameSchema = Type.String({
  minLength: 1,
  maxLength: limits.nameCharsMax,
  description: "The name to show",
});
