import type { PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";

/** As in the protocol's `limits`, which a page does not load for one number. */
export const textCharsMax = 500;
/** From here on the composer says how many characters are left. */
export const countdownFromChars = 100;

export type TextLength = {
  readonly chars: number;
  /** Less than nothing when there are too many. */
  readonly left: number;
  readonly blank: boolean;
  /** Near the end, or beyond it. */
  readonly worthSaying: boolean;
};

/** A text's length as the room counts it: code points of its composed form, without blanks around it. */
export function lengthOf(text: string): TextLength {
  const clean = text.replaceAll("\r\n", "\n").normalize("NFC").trim();
  const chars = charsIn(clean);
  const left = textCharsMax - chars;
  return { chars, left, blank: chars === 0, worthSaying: left <= countdownFromChars };
}

function charsIn(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * When this person last said something, by the room's clock; null where it is not in the list. What was refused or failed
 * does not count, what is waiting does.
 *
 * @param aheadMs how far the room's clock is ahead of this one: what waits has the time of this one.
 */
export function lastSaidAt(
  messages: readonly Pick<Shown, "key" | "by" | "status" | "time">[],
  you: PersonId | null,
  aheadMs: number,
): number | null {
  const last = messages.findLast(
    ({ key, by, status }) =>
      (key !== null || (you !== null && by === you)) && status !== "refused" && status !== "failed",
  );
  if (last === undefined) return null;
  return last.status === "pending" ? last.time + aheadMs : last.time;
}

/**
 * How long slow mode keeps this person waiting, never longer than its pause: two clocks never agree.
 *
 * @param saidAt when they last said something, and `now`, both by the room's clock.
 */
export function slowLeftMs(slowMs: number, saidAt: number | null, now: number): number {
  return saidAt === null ? 0 : Math.min(slowMs, Math.max(0, saidAt + slowMs - now));
}

/** Seconds as a countdown shows them: one until the last moment. */
export function secondsLeft(ms: number): number {
  return Math.ceil(ms / 1_000);
}
