import {
  EntrySchema,
  MessageSchema,
  ReasonCodeSchema,
  SanctionKindSchema,
} from "@chorus/protocol/entries.ts";
import type { SchemaNode } from "@chorus/protocol/explain.ts";
import {
  EntryIdSchema,
  EpochSchema,
  KeySchema,
  PersonIdSchema,
  RoomIdSchema,
  SeqSchema,
  TimeSchema,
} from "@chorus/protocol/ids.ts";
import { ClientKindSchema, GrantSchema, NameSchema, RoleSchema } from "@chorus/protocol/people.ts";
import {
  PastRoomSettingsSchema,
  ReactionSchema,
  RoomSettingsPatchSchema,
  RoomSettingsSchema,
} from "@chorus/protocol/room-settings.ts";
import type { TSchema } from "typebox";

/** A schema that is used in many places and explained in one. */
export type Named = { readonly name: string; readonly anchor: string; readonly node: SchemaNode };

/** Values of one line, explained in a table of their own. */
export const commonValues: readonly Named[] = [
  common("room id", RoomIdSchema),
  common("person id", PersonIdSchema),
  common("entry id", EntryIdSchema),
  common("epoch", EpochSchema),
  common("position", SeqSchema),
  common("time", TimeSchema),
  common("key", KeySchema),
  common("name", NameSchema),
  common("role", RoleSchema),
  common("grant", GrantSchema),
  common("client kind", ClientKindSchema),
  common("reason code", ReasonCodeSchema),
  common("sanction", SanctionKindSchema),
  common("reaction", ReactionSchema),
];
export const roomSettings: Named = named("room settings", "room-settings", RoomSettingsSchema);

const all: readonly Named[] = [
  ...commonValues,
  roomSettings,
  named("room settings of their time", "room-settings", PastRoomSettingsSchema),
  named("some room settings", "room-settings", RoomSettingsPatchSchema),
  named("message", "entry-message", MessageSchema),
  named("entry", "kinds-of-entries", EntrySchema),
];
const byContent = new Map(all.map((one) => [contentOf(one.node), one]));

/** The same schema may stand in a place under another description. */
export function namedLike(node: SchemaNode): Named | undefined {
  return byContent.get(contentOf(node));
}

export function nodeOf(schema: TSchema): SchemaNode {
  return schema as SchemaNode;
}

function common(name: string, schema: TSchema): Named {
  return named(name, "common-values", schema);
}

function named(name: string, anchor: string, schema: TSchema): Named {
  return { name, anchor, node: nodeOf(schema) };
}

function contentOf(node: SchemaNode): string {
  return JSON.stringify(node, (word, value: unknown) => (word === "description" ? undefined : value));
}
