import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { React } from "@chorus/protocol/requests.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { type RoomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Rights } from "../identity/person.ts";
import { noteTaps } from "./heat.ts";
import type { Gateway, Member } from "./state.ts";
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

/** Whether it sends more often than clients that gather their taps, over some seconds: lines may hold frames up. */
export function tapsTooOften(gateway: Gateway, member: Member): boolean {
  const everyMs = 1_000 / limits.tapFramesPerSecond;
  const now = gateway.clock.now();
  const due = Math.max(now, member.tapsDue);
  if (due - now >= everyMs * limits.tapFramesBurst) {
    gateway.observe.limit?.("tapFramesPerSecond");
    return true;
  }
  member.tapsDue = time(due + everyMs);
  return false;
}

/** Counted with the others of the room where it is followed here, else told to the keeper alone. */
export function countTaps(gateway: Gateway, room: RoomId, taps: React["taps"]): void {
  const feed = gateway.feeds.get(room);
  if (feed === undefined) return sendToKeeper(gateway, room, { i: "taps", taps });
  noteTaps(gateway, feed);
  const counted = (feed.taps ??= {});
  for (const [emoji, count] of Object.entries(taps)) counted[emoji] = (counted[emoji] ?? 0) + count;
}
