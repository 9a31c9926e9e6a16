import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { React } from "@chorus/protocol/requests.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Rights } from "../identity/person.ts";
import type { Gateway } from "./state.ts";
import { sendToKeeper } from "./uplink.ts";

/** Why these taps do not count; null when they do. */
export function tapsRefused(
  gateway: Pick<Gateway, "observe">,
  { grants }: Rights,
  settings: RoomSettings | null,
  taps: React["taps"],
): RefusalReason | null {
  if (!grants.includes("react")) return "forbidden";
  let total = 0;
  for (const [emoji, count] of Object.entries(taps)) {
    if (settings?.emoji.includes(emoji) !== true) return "emoji";
    total += count;
  }
  if (total <= limits.tapsPerFrameMax) return null;
  gateway.observe.limit?.("tapsPerFrameMax");
  return "limit";
}

/** Counted with the others of the room where it is followed here, else told to the keeper alone. */
export function countTaps(gateway: Gateway, room: RoomId, taps: React["taps"]): void {
  const feed = gateway.feeds.get(room);
  if (feed === undefined) return sendToKeeper(gateway, room, { i: "taps", taps });
  for (const [emoji, count] of Object.entries(taps)) feed.taps[emoji] = (feed.taps[emoji] ?? 0) + count;
}
