import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { time, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/** A stream key as it is kept: its SHA-256. What has 160 random bits needs no salt and no slow hash. */
export type KeptKey = {
  readonly hash: Uint8Array;
  readonly made: Time;
  /** The last moment before which it is believed; null: until it is replaced. */
  readonly until: Time | null;
};

/** Which key somebody showed: the same text as long as it is the same key. */
export type KeyName = string;

/** Shown once, when it is made, and never kept. */
export function newStreamKey(): string {
  return randomBytes(limits.mediaKeyBytes).toString("base64url");
}

/** What SRT encrypts with: 32 characters, of the 10 to 79 that it may have (SRT, 6.1.4). It has to be kept as it is. */
export function newPassphrase(): string {
  return randomBytes(24).toString("base64url");
}

export function hashOf(key: string): Uint8Array {
  return createHash("sha256").update(key, "utf8").digest();
}

export function nameOf(kept: KeptKey): KeyName {
  return Buffer.from(kept.hash).toString("hex");
}

/**
 * The keys of a room with a new one.
 * @param overlapMs how long those of before are still believed, at most a day; 0: not any more.
 */
export function rotated(
  keys: readonly KeptKey[],
  fresh: string,
  overlapMs: number,
  now: Time,
): readonly KeptKey[] {
  const until = time(now + Math.max(0, Math.min(overlapMs, limits.mediaKeyOverlapMsMax)));
  const before = keys
    .map(({ hash, made, until: had }) => ({
      hash,
      made,
      until: had === null || had > until ? until : had,
    }))
    .filter((kept) => kept.until > now);
  /* Of what overlaps only the newest: rotating again and again does not gather keys. */
  const newest = before.toSorted((a, b) => b.made - a.made).slice(0, 1);
  return [{ hash: hashOf(fresh), made: now, until: null }, ...newest];
}

/** The key that was shown, if the room believes it: in the same time whichever it is and wherever it differs. */
export function believed(keys: readonly KeptKey[], shown: string, now: Time): KeptKey | null {
  const hash = hashOf(shown.slice(0, limits.mediaKeyCharsMax));
  let found: KeptKey | null = null;
  for (const kept of keys) {
    const same = timingSafeEqual(kept.hash, hash);
    if (same && (kept.until === null || kept.until > now)) found = kept;
  }
  return found;
}
