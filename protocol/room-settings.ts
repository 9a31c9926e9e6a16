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

/** How viewers see that a message was removed: a line in its place, or nothing. */
export const removedLooks = ["tombstone", "gone"] as const;
export type RemovedLook = (typeof removedLooks)[number];

/** As long as a sanction can last that is not for ever. */
export const sanctionSecondsMax = 366 * 86_400;

/**
 * A picture that is written `:name:`. Names are compared as they are written. The parts of the address are bounded, 300
 * characters in all, so that each can be checked in one pass; a name of another alphabet is written in its ASCII form.
 */
export const EmoteSchema = Type.Object(
  {
    name: Type.String({
      pattern: "^[A-Za-z0-9_]{2,32}$",
      expected: "the name of an emote: 2 to 32 letters of A to Z, digits or _, without colons",
      description: "What stands between the colons",
    }),
    url: Type.String({
      pattern: "^https://[A-Za-z0-9][A-Za-z0-9.-]{0,99}(:[0-9]{1,5}|)/[A-Za-z0-9._~%!$&*+,;=:@/?-]{0,185}$",
      expected:
        "the address of a picture, as https://cdn.example/wave.webp: 300 characters at most, a host of at most 100, no blanks, quotes, brackets or #",
      description: "Where the picture is",
    }),
  },
  { additionalProperties: false, description: "A picture that people write by its name" },
);
export type Emote = Type.Static<typeof EmoteSchema>;

const FramerSchema = Type.String({
  pattern: "^(https?://[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5}|)|[*])$",
  expected:
    "an origin without a path, as https://blog.example or http://localhost:9000, in lower case, or * for all pages",
  description: "Whose pages",
});

const firstFields = {
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

const laterFields = {
  removed: Type.Enum(removedLooks, {
    description: "What viewers see of a removed message: a tombstone in its place, or nothing",
  }),
  timeouts: Type.Array(Type.Integer({ minimum: 1, maximum: sanctionSecondsMax }), {
    minItems: 1,
    maxItems: limits.timeoutsPerRoomMax,
    uniqueItems: true,
    description: "The timeouts that moderators are offered, in seconds; kept in ascending order",
  }),
  emotes: Type.Array(EmoteSchema, {
    maxItems: limits.emotesPerRoomMax,
    description: "Pictures that are written :name:; of two with one name the last counts",
  }),
  framedBy: Type.Array(FramerSchema, {
    maxItems: limits.framersPerRoomMax,
    uniqueItems: true,
    description:
      "Whose pages may frame /embed/:room, beside the server's own; none named: those that the server lets in",
  }),
  slowUnderLoad: Type.Boolean({
    description: "The server may slow people down while the room is too hot for it",
  }),
  viewersExpected: Type.Integer({
    minimum: 0,
    maximum: 100_000_000,
    description:
      "So many are on their way: the room is prepared as if they were there; 0 when nothing is planned",
  }),
  alignChat: Type.Boolean({
    description:
      "Beside a picture each message is shown when the viewer's picture comes to its moment, and not at once",
  }),
};
const fields = { ...firstFields, ...laterFields };

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

/** As an entry has them. One that an earlier Chorus wrote lacks what came later: `wholeSettings` completes it. */
export const PastRoomSettingsSchema = Type.Object(
  { ...firstFields, ...Type.Partial(Type.Object(laterFields)).properties },
  { additionalProperties: false, description: "How a room is run" },
);
export type PastRoomSettings = Type.Static<typeof PastRoomSettingsSchema>;

export { defaultRoomSettings } from "./default-room-settings.ts";
