import { Type } from "typebox";
import { limits } from "./limits.ts";

/** `scheduled` and `ended` rooms can be read; only staff may say something there. `archived` rooms never change again. */
export const roomStates = ["scheduled", "live", "ended", "archived"] as const;
export type RoomState = (typeof roomStates)[number];

/** `open`: said is shown. `moderated`: a moderator approves first. `read-only`: staff alone may say. */
export const roomModes = ["open", "moderated", "read-only"] as const;
export type RoomMode = (typeof roomModes)[number];

export const reactionExpected =
  "a reaction: an emoji or a :name:, 1 to 32 characters without blanks, the first not a letter or _";
/** The first character keeps out names that every object has, as `constructor`: reactions are names of counters. */
export const ReactionSchema = Type.String({
  pattern:
    "^[^A-Za-z_\\u0000-\\u0020\\u007f-\\u00a0\\u2028\\u2029][^\\u0000-\\u0020\\u007f-\\u00a0\\u2028\\u2029]{0,31}$",
  expected: reactionExpected,
  description: "The name of a counter, which is what a reaction is",
});

const fields = {
  title: Type.String({ maxLength: limits.titleCharsMax, description: "What the room is called" }),
  state: Type.Enum(roomStates, {
    description: "Scheduled and ended rooms are read-only but for staff; archived ones never change",
  }),
  mode: Type.Enum(roomModes, { description: "Moderated: a moderator approves each message first" }),
  slowMs: Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    description: "Pause between two messages of a person; 0 for none",
  }),
  guests: Type.Boolean({ description: "People without a token may join as guests" }),
  emoji: Type.Array(ReactionSchema, {
    maxItems: limits.emojiPerRoomMax,
    uniqueItems: true,
    description: "The reactions of this room",
  }),
};

export const RoomSettingsSchema = Type.Object(fields, {
  additionalProperties: false,
  description: "How a room is run",
});
export type RoomSettings = Type.Static<typeof RoomSettingsSchema>;

export const RoomSettingsPatchSchema = Type.Partial(Type.Object(fields), {
  additionalProperties: false,
  minProperties: 1,
  description: "Those settings that change",
});
export type RoomSettingsPatch = Type.Static<typeof RoomSettingsPatchSchema>;

export const defaultRoomSettings: RoomSettings = {
  title: "",
  state: "live",
  mode: "open",
  slowMs: 0,
  guests: false,
  emoji: ["❤️", "😂", "👏", "🔥", "😮", "😢"],
};
