import type { GapEvent, Shown } from "@chorus/sdk/client.ts";
import { keyOf } from "./message-key.ts";

/** A range that will not come, and the message that it is shown before; null while none has come after it. */
export type Gap = { from: number; to: number; reason: GapEvent["reason"]; before: string | null };

const gapsMax = 20;

export function addGap(gaps: readonly Gap[], { from, to, reason }: GapEvent): readonly Gap[] {
  return [...gaps, { from, to, reason, before: null }].slice(-gapsMax);
}

/**
 * Gives each gap its place once, before the first message behind it. A gap leaves with that message, and one that turns
 * out to be filled is none. Of a range the end may have come with a view; `to` is then where the missing part ends.
 */
export function placeGaps(gaps: readonly Gap[], messages: readonly Shown[]): readonly Gap[] {
  if (gaps.length === 0) return gaps;
  const keys = new Set(messages.map(keyOf));
  return gaps.flatMap((gap) => {
    if (gap.before !== null) return keys.has(gap.before) ? [gap] : [];
    const next = messages.find(({ seq }) => seq !== null && seq >= gap.from);
    if (next === undefined || next.seq === null) return [gap];
    const to = Math.min(gap.to, next.seq - 1);
    return gap.reason === "epoch" || to >= gap.from ? [{ ...gap, to, before: keyOf(next) }] : [];
  });
}
