import { createHmac, timingSafeEqual } from "node:crypto";
import { type RoomId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/** `low`: also with little delay, by WebRTC and by parts. `steady`: by whole segments alone. */
export type Entitlement = "low" | "steady";

/**
 * Leave to watch a room, as a part of its pictures' address: `entitlement.seconds.signature`. It names no person, so that
 * caches keep what lies behind it once for all who have it. Nobody can take it back: it ends by itself.
 */
export type PlaybackPrefixes = {
  /** The same for everybody who asks within a minute. */
  issue(room: RoomId, entitlement: Entitlement, now: Time): { prefix: string; expires: Time };
  /** Null for what this server did not sign for this room, or what has ended. */
  check(prefix: string, room: RoomId, now: Time): { entitlement: Entitlement; expires: Time } | null;
};

const shape = /^(?<entitlement>low|steady)\.(?<seconds>[1-9]\d{9,10})\.(?<signature>[\w-]{43})$/;

/** @param secret what all processes of a server share. */
export function createPlaybackPrefixes(secret: Uint8Array): PlaybackPrefixes {
  function signatureOf(room: RoomId, entitlement: string, seconds: number): string {
    const text = `playback1.${entitlement}.${room}.${seconds}`;
    return createHmac("sha256", secret).update(text, "utf8").digest("base64url");
  }

  function issue(room: RoomId, entitlement: Entitlement, now: Time): { prefix: string; expires: Time } {
    const period = Math.floor(now / limits.mediaPrefixEveryMs);
    const expires = time(period * limits.mediaPrefixEveryMs + limits.mediaPrefixMs);
    const seconds = expires / 1_000;
    return { prefix: `${entitlement}.${seconds}.${signatureOf(room, entitlement, seconds)}`, expires };
  }

  function check(
    prefix: string,
    room: RoomId,
    now: Time,
  ): { entitlement: Entitlement; expires: Time } | null {
    const { entitlement, seconds, signature } = shape.exec(prefix)?.groups ?? {};
    if (seconds === undefined || signature === undefined) return null;
    const expires = time(Number(seconds) * 1_000);
    if (expires <= now) return null;
    const own = signatureOf(room, entitlement ?? "", Number(seconds));
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(own))) return null;
    return { entitlement: entitlement === "low" ? "low" : "steady", expires };
  }

  return { issue, check };
}
