import Type from "typebox";
import { EntryIdSchema, PersonIdSchema, TimeSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { NameSchema, RoleSchema } from "./people.ts";
import { RoomSettingsSchema } from "./room-settings.ts";

/**
 * Entries are what a room's log holds and what its audiences see, in order. Every entry has a kind `k`, an `id` that
 * is unique over all rooms, and the `time` the room gave it, which never goes back. Its seq stands in the frame
 * around it, because the same bytes have one seq for the public and another for staff.
 */
const strict = { additionalProperties: false } as const;
const common = { id: EntryIdSchema, time: TimeSchema };

export const reasonCodes = [
  "spam",
  "harassment",
  "hate",
  "sexual",
  "violence",
  "self-harm",
  "personal-data",
  "spoiler",
  "off-topic",
  "other",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];
export const ReasonCodeSchema = Type.Enum(reasonCodes);
export const ReasonTextSchema = Type.String({ maxLength: limits.reasonCharsMax });

export const MessageSchema = Type.Object(
  {
    k: Type.Literal("message"),
    ...common,
    by: PersonIdSchema,
    name: NameSchema,
    role: RoleSchema,
    text: Type.String(),
    at: Type.Optional(TimeSchema),
    reply: Type.Optional(
      Type.Object({ id: EntryIdSchema, name: NameSchema, quote: Type.String() }, strict),
    ),
    mentions: Type.Optional(Type.Array(PersonIdSchema, { maxItems: limits.mentionsMax })),
    edited: Type.Optional(TimeSchema),
    /** Only in what staff see: the author is shadow-banned, nobody else has this message. */
    shadow: Type.Optional(Type.Literal(true)),
  },
  strict,
);
export type Message = Type.Static<typeof MessageSchema>;

export const EditedSchema = Type.Object(
  { k: Type.Literal("edited"), ...common, of: EntryIdSchema, text: Type.String() },
  strict,
);
export type Edited = Type.Static<typeof EditedSchema>;

/** Takes messages away from every screen. It overtakes everything and stands in its place in the sequence too. */
export const RemovedSchema = Type.Object(
  {
    k: Type.Literal("removed"),
    ...common,
    of: Type.Array(EntryIdSchema, { minItems: 1 }),
    by: Type.Enum(["author", "staff"]),
    why: Type.Optional(ReasonCodeSchema),
  },
  strict,
);
export type Removed = Type.Static<typeof RemovedSchema>;

/** What is left of a removed message when it is read later. */
export const TombstoneSchema = Type.Object(
  {
    k: Type.Literal("tombstone"),
    ...common,
    by: Type.Enum(["author", "staff"]),
    why: Type.Optional(ReasonCodeSchema),
  },
  strict,
);
export type Tombstone = Type.Static<typeof TombstoneSchema>;

export const RestoredSchema = Type.Object(
  { k: Type.Literal("restored"), ...common, message: MessageSchema },
  strict,
);
export type Restored = Type.Static<typeof RestoredSchema>;

export const PinnedSchema = Type.Object({ k: Type.Literal("pinned"), ...common, message: MessageSchema }, strict);
export type Pinned = Type.Static<typeof PinnedSchema>;

export const UnpinnedSchema = Type.Object({ k: Type.Literal("unpinned"), ...common, of: EntryIdSchema }, strict);
export type Unpinned = Type.Static<typeof UnpinnedSchema>;

export const SettingsChangedSchema = Type.Object(
  { k: Type.Literal("settings"), ...common, settings: RoomSettingsSchema },
  strict,
);
export type SettingsChanged = Type.Static<typeof SettingsChangedSchema>;

/** Staff only: a message that waits for a decision, and the decision against it. Approval is the message itself. */
export const HeldSchema = Type.Object({ k: Type.Literal("held"), ...common, message: MessageSchema }, strict);
export type Held = Type.Static<typeof HeldSchema>;

export const RejectedSchema = Type.Object(
  { k: Type.Literal("rejected"), ...common, of: EntryIdSchema, why: ReasonCodeSchema },
  strict,
);
export type Rejected = Type.Static<typeof RejectedSchema>;

export const sanctionKinds = ["mute", "timeout", "ban", "shadow"] as const;
export type SanctionKind = (typeof sanctionKinds)[number];
export const SanctionKindSchema = Type.Enum(sanctionKinds);

/** Staff only. `until` is null for a sanction that lasts until it is lifted. */
export const SanctionSchema = Type.Object(
  {
    k: Type.Literal("sanction"),
    ...common,
    what: SanctionKindSchema,
    person: PersonIdSchema,
    until: Type.Union([TimeSchema, Type.Null()]),
    why: ReasonCodeSchema,
    text: Type.Optional(ReasonTextSchema),
    by: PersonIdSchema,
    name: NameSchema,
  },
  strict,
);
export type Sanction = Type.Static<typeof SanctionSchema>;

export const LiftedSchema = Type.Object(
  {
    k: Type.Literal("lifted"),
    ...common,
    what: SanctionKindSchema,
    person: PersonIdSchema,
    by: PersonIdSchema,
    name: NameSchema,
  },
  strict,
);
export type Lifted = Type.Static<typeof LiftedSchema>;

/** Staff only: who did what to which entries; the public consequence is an entry of its own. */
export const ActSchema = Type.Object(
  {
    k: Type.Literal("act"),
    ...common,
    act: Type.Enum(["retract", "restore", "approve", "reject", "pin", "unpin", "settings"]),
    of: Type.Array(EntryIdSchema),
    why: Type.Optional(ReasonCodeSchema),
    text: Type.Optional(ReasonTextSchema),
    by: PersonIdSchema,
    name: NameSchema,
  },
  strict,
);
export type Act = Type.Static<typeof ActSchema>;

/** For one person only: what happened to them or to their message. Never says which moderator decided. */
export const NoticeSchema = Type.Object(
  {
    k: Type.Literal("notice"),
    ...common,
    what: Type.Enum(["muted", "banned", "lifted", "approved", "rejected"]),
    of: Type.Optional(EntryIdSchema),
    until: Type.Optional(Type.Union([TimeSchema, Type.Null()])),
    why: Type.Optional(ReasonCodeSchema),
  },
  strict,
);
export type Notice = Type.Static<typeof NoticeSchema>;

export const EntrySchema = Type.Union([
  MessageSchema,
  EditedSchema,
  RemovedSchema,
  TombstoneSchema,
  RestoredSchema,
  PinnedSchema,
  UnpinnedSchema,
  SettingsChangedSchema,
  HeldSchema,
  RejectedSchema,
  SanctionSchema,
  LiftedSchema,
  ActSchema,
  NoticeSchema,
]);
export type EntryBody = Type.Static<typeof EntrySchema>;

/** Lanes in the order of what survives an overload: safety and revenue are never shed. */
export const lanes = ["safety", "revenue", "chat", "cosmetic"] as const;
export type Lane = (typeof lanes)[number];

export function laneOf(body: EntryBody): Lane {
  switch (body.k) {
    case "removed":
    case "restored":
    case "sanction":
    case "lifted":
    case "notice":
      return "safety";
    default:
      return "chat";
  }
}
