import { Type } from "typebox";
import { EntryIdSchema, PersonIdSchema, TimeSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { NameSchema, RoleSchema } from "./people.ts";
import { PastRoomSettingsSchema } from "./room-settings.ts";

/**
 * Entries are what a room's log holds and what its audiences see, in order. Every entry has a kind `k`, an `id` that
 * is unique over all rooms, and the `time` the room gave it, which never goes back. Its seq stands in the frame
 * around it, because the same bytes have one seq for the public and another for staff.
 */
const strict = { additionalProperties: false } as const;
const shape = (description: string) => ({ ...strict, description });
const common = { id: EntryIdSchema, time: TimeSchema };
const aboutMessage = Type.With(EntryIdSchema, { description: "The message" });
const moderator = {
  by: Type.With(PersonIdSchema, { description: "The moderator" }),
  name: Type.With(NameSchema, { description: "The moderator's name" }),
};
const remover = Type.Enum(["author", "staff"], { description: "Who took it away" });

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
export const ReasonCodeSchema = Type.Enum(reasonCodes, { description: "The rule that was broken" });
export const ReasonTextSchema = Type.String({
  maxLength: limits.reasonCharsMax,
  description: "A moderator's own words, for other staff",
});

export const MessageSchema = Type.Object(
  {
    k: Type.Literal("message"),
    ...common,
    by: Type.With(PersonIdSchema, { description: "The author" }),
    name: Type.With(NameSchema, { description: "The author's name at the time" }),
    role: Type.With(RoleSchema, { description: "The author's role at the time" }),
    text: Type.String({ description: "Plain text: nothing in it is markup" }),
    at: Type.Optional(
      Type.With(TimeSchema, { description: "The moment of the author's picture, if it was behind" }),
    ),
    reply: Type.Optional(
      Type.Object(
        {
          id: EntryIdSchema,
          by: Type.Optional(Type.With(PersonIdSchema, { description: "Its author" })),
          name: NameSchema,
          quote: Type.String({ description: "The beginning of it, as it was then" }),
        },
        shape("The message that this one answers"),
      ),
    ),
    mentions: Type.Optional(
      Type.Array(PersonIdSchema, { maxItems: limits.mentionsMax, description: "People who are meant" }),
    ),
    edited: Type.Optional(Type.With(TimeSchema, { description: "When it was last changed" })),
    shadow: Type.Optional(
      Type.Literal(true, {
        description: "For staff only: the author is shadow-banned, nobody else has this message",
      }),
    ),
  },
  shape("Somebody said something."),
);
export type Message = Type.Static<typeof MessageSchema>;

export const EditedSchema = Type.Object(
  {
    k: Type.Literal("edited"),
    ...common,
    of: aboutMessage,
    by: Type.With(PersonIdSchema, { description: "Its author" }),
    text: Type.String({ description: "What it says now" }),
  },
  shape("A message was changed."),
);
export type Edited = Type.Static<typeof EditedSchema>;

export const RemovedSchema = Type.Object(
  {
    k: Type.Literal("removed"),
    ...common,
    of: Type.Array(EntryIdSchema, { minItems: 1, description: "The messages" }),
    by: remover,
    why: Type.Optional(ReasonCodeSchema),
  },
  shape(
    "Takes messages away from every screen, also those that arrive later. It overtakes everything as safety, and stands " +
      "in its place in the sequence too.",
  ),
);
export type Removed = Type.Static<typeof RemovedSchema>;

export const TombstoneSchema = Type.Object(
  {
    k: Type.Literal("tombstone"),
    ...common,
    by: remover,
    why: Type.Optional(ReasonCodeSchema),
  },
  shape("What is left of a removed message when it is read later."),
);
export type Tombstone = Type.Static<typeof TombstoneSchema>;

export const RestoredSchema = Type.Object(
  { k: Type.Literal("restored"), ...common, message: MessageSchema },
  shape("A removed message is back."),
);
export type Restored = Type.Static<typeof RestoredSchema>;

export const PinnedSchema = Type.Object(
  { k: Type.Literal("pinned"), ...common, message: MessageSchema },
  shape("A message is pinned for everybody."),
);
export type Pinned = Type.Static<typeof PinnedSchema>;

export const UnpinnedSchema = Type.Object(
  { k: Type.Literal("unpinned"), ...common, of: aboutMessage },
  shape("A pin is off."),
);
export type Unpinned = Type.Static<typeof UnpinnedSchema>;

export const SettingsChangedSchema = Type.Object(
  { k: Type.Literal("settings"), ...common, settings: PastRoomSettingsSchema },
  shape("The room is run differently from here on."),
);
export type SettingsChanged = Type.Static<typeof SettingsChangedSchema>;

export const HeldSchema = Type.Object(
  { k: Type.Literal("held"), ...common, message: MessageSchema },
  shape("For staff: a message waits for a decision. Approval is the message itself."),
);
export type Held = Type.Static<typeof HeldSchema>;

export const RejectedSchema = Type.Object(
  { k: Type.Literal("rejected"), ...common, of: aboutMessage, why: ReasonCodeSchema },
  shape("For staff: a held message will not be shown."),
);
export type Rejected = Type.Static<typeof RejectedSchema>;

export const sanctionKinds = ["mute", "timeout", "ban", "shadow"] as const;
export type SanctionKind = (typeof sanctionKinds)[number];
export const SanctionKindSchema = Type.Enum(sanctionKinds, { description: "The sanction" });
const untilLifted = Type.Union([TimeSchema, Type.Null()], {
  description: "When it ends; null, when it is lifted",
});

export const SanctionSchema = Type.Object(
  {
    k: Type.Literal("sanction"),
    ...common,
    what: SanctionKindSchema,
    person: Type.With(PersonIdSchema, { description: "Against whom" }),
    until: untilLifted,
    why: ReasonCodeSchema,
    text: Type.Optional(ReasonTextSchema),
    ...moderator,
  },
  shape("For staff: somebody is sanctioned."),
);
export type Sanction = Type.Static<typeof SanctionSchema>;

export const LiftedSchema = Type.Object(
  {
    k: Type.Literal("lifted"),
    ...common,
    what: SanctionKindSchema,
    person: Type.With(PersonIdSchema, { description: "Whose sanction" }),
    ...moderator,
  },
  shape("For staff: a sanction ended before its time."),
);
export type Lifted = Type.Static<typeof LiftedSchema>;

export const ActSchema = Type.Object(
  {
    k: Type.Literal("act"),
    ...common,
    act: Type.Enum(["retract", "restore", "approve", "reject", "pin", "unpin", "settings"], {
      description: "What was done",
    }),
    of: Type.Array(EntryIdSchema, { description: "To which messages" }),
    why: Type.Optional(ReasonCodeSchema),
    text: Type.Optional(ReasonTextSchema),
    ...moderator,
  },
  shape("For staff: who did what. Its consequence for everybody is an entry of its own."),
);
export type Act = Type.Static<typeof ActSchema>;

export const NoticeSchema = Type.Object(
  {
    k: Type.Literal("notice"),
    ...common,
    what: Type.Enum(["muted", "banned", "lifted", "approved", "rejected"], { description: "What happened" }),
    of: Type.Optional(aboutMessage),
    until: Type.Optional(untilLifted),
    why: Type.Optional(ReasonCodeSchema),
  },
  shape("For one person: what happened to them or to their message. It never says which moderator decided."),
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
