import { createHmac, timingSafeEqual } from "node:crypto";
import { type RoomId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * Leave to read a room's segments, as a part of their address: `seconds.signature`. It names no person, so that all members
 * of a room share it and a cache checks it once for all of them. Nobody can take it back: it ends by itself.
 */
export type SignedPrefixes = {
  /** The same for everybody who asks within a minute; good for four to five minutes. */
  issue(room: RoomId, now: Time): { prefix: string; expires: Time };
  /** When it ends; null for what this server did not sign for this room, or what has ended. */
  check(prefix: string, room: RoomId, now: Time): Time | null;
};

const shape = /^(?<seconds>[1-9]\d{9,10})\.(?<signature>[\w-]{43})$/;

/** @param secret what all gateways of a server share. */
export function createSignedPrefixes(secret: Uint8Array): SignedPrefixes {
  function signatureOf(room: RoomId, seconds: number): string {
    return createHmac("sha256", secret).update(`segments1.${room}.${seconds}`, "utf8").digest("base64url");
  }

  function issue(room: RoomId, now: Time): { prefix: string; expires: Time } {
    const period = Math.floor(now / limits.segmentPrefixEveryMs);
    const expires = time(period * limits.segmentPrefixEveryMs + limits.segmentPrefixMs);
    const seconds = expires / 1_000;
    return { prefix: `${seconds}.${signatureOf(room, seconds)}`, expires };
  }

  function check(prefix: string, room: RoomId, now: Time): Time | null {
    const { seconds, signature } = shape.exec(prefix)?.groups ?? {};
    if (seconds === undefined || signature === undefined) return null;
    const expires = time(Number(seconds) * 1_000);
    if (expires <= now) return null;
    /* As text: the last digit of base64 has two bits that say nothing, and a cache would keep each way of writing apart. */
    const own = signatureOf(room, Number(seconds));
    return timingSafeEqual(Buffer.from(signature), Buffer.from(own)) ? expires : null;
  }

  return { issue, check };
}
