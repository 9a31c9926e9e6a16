import Type from "typebox";
import { limits } from "./limits.ts";

/** `scheduled` and `ended` rooms can be read; only staff may say something there. `archived` rooms never change again. */
export const roomStates = ["scheduled", "live", "ended", "archived"] as const;
export type RoomState = (typeof roomStates)[number];

/** `open`: said is shown. `moderated`: a moderator approves first. `read-only`: staff alone may say. */
export const roomModes = ["open", "moderated", "read-only"] as const;
export type RoomMode = (typeof roomModes)[number];

const fields = {
  title: Type.String({ maxLength: limits.titleCharsMax }),
  state: Type.Enum(roomStates),
  mode: Type.Enum(roomModes),
  slowMs: Type.Integer({ minimum: 0, maximum: 3_600_000, description: "Pause between two messages of a person" }),
  guests: Type.Boolean({ description: "People without a token may join as guests" }),
  emoji: Type.Array(Type.String({ minLength: 1, maxLength: 32 }), {
    maxItems: limits.emojiPerRoomMax,
    uniqueItems: true,
    description: "The reactions of this room",
  }),
};

export const RoomSettingsSchema = Type.Object(fields, { additionalProperties: false });
export type RoomSettings = Type.Static<typeof RoomSettingsSchema>;

export const RoomSettingsPatchSchema = Type.Partial(Type.Object(fields), {
  additionalProperties: false,
  minProperties: 1,
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
