import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * When a room's next flush is due: at once after silence, else one window after the last, so that bursts share a write.
 * A clock may be set back: a last flush that lies ahead was just now.
 */
export function nextFlush(lastFlush: Time, now: Time): Time {
  return time(Math.max(now, Math.min(lastFlush, now) + limits.windowMs));
}
