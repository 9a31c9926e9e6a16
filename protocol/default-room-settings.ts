import type { PastRoomSettings, RoomSettings } from "./room-settings.ts";

/** What a room is that nobody has set. This file needs no package, so that browsers can have it too. */
export const defaultRoomSettings: RoomSettings = {
  title: "",
  state: "live",
  mode: "open",
  slowMs: 0,
  guests: false,
  emoji: ["❤️", "😂", "👏", "🔥", "😮", "😢"],
  removed: "tombstone",
  timeouts: [60, 600, 3_600, 86_400],
  emotes: [],
  framedBy: [],
  slowUnderLoad: true,
  viewersExpected: 0,
  alignChat: true,
};

/** Logs keep settings as they were written. What an earlier Chorus did not know is then as in a room that nobody has set. */
export function wholeSettings(past: PastRoomSettings): RoomSettings {
  return { ...defaultRoomSettings, ...past };
}
