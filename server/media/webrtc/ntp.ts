import type { Ntp } from "./rtcp.ts";

/** NTP counts seconds from 1900 (RFC 5905, 6). */
const epochSeconds = 2_208_988_800;

export function ntpOf(unixMs: number): Ntp {
  const seconds = Math.floor(unixMs / 1_000);
  const fraction = Math.min(2 ** 32 - 1, Math.floor(((unixMs - seconds * 1_000) / 1_000) * 2 ** 32));
  return { seconds: (seconds + epochSeconds) % 2 ** 32, fraction };
}

export function unixMsOf({ seconds, fraction }: Ntp): number {
  return (seconds - epochSeconds) * 1_000 + (fraction * 1_000) / 2 ** 32;
}

/** The middle 32 bits, by which reports name each other (RFC 3550, 4). */
export function compactNtp({ seconds, fraction }: Ntp): number {
  return ((seconds & 0xffff) * 2 ** 16 + Math.floor(fraction / 2 ** 16)) % 2 ** 32;
}

/** Of two compact times, in ms. */
export function compactMs(span: number): number {
  return (((span % 2 ** 32) + 2 ** 32) % 2 ** 32) / 65.536;
}
