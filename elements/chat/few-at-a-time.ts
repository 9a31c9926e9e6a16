import type { Shown } from "@chorus/sdk/client.ts";
import { keyOf } from "./message-key.ts";

/** No more rows than these are new in one painting: to make many and lay them out takes long. */
export const newRowsMax = 5;

export type Few = {
  /** In their order. */
  messages: readonly Shown[];
  /** False where the next painting has more to add. */
  isAll: boolean;
};

/**
 * Which messages the next painting has: those at the end, but of what is not drawn yet only a few, newer before older, and
 * instead of the rest what is drawn already. Where nothing could stand in their place, all of them.
 *
 * @param rows how many are wanted, of which each is one that `shows`.
 * @param drawn keys of the rows that are there.
 */
export function fewAtATime(
  messages: readonly Shown[],
  shows: (message: Shown) => boolean,
  rows: number,
  drawn: ReadonlySet<string>,
): Few {
  const isDrawn = (message: Shown) => drawn.has(keyOf(message));
  const wanted = lastOf(messages, rows, shows);
  const lastDrawn = wanted.findLastIndex(isDrawn);
  const newer = wanted.slice(lastDrawn + 1);
  const older = wanted.slice(0, lastDrawn + 1).filter((message) => !isDrawn(message));
  const missing = [...newer, ...older.toReversed()];
  if (missing.length <= newRowsMax || drawn.size === 0) return { messages: wanted, isAll: true };
  const few = new Set(missing.slice(0, newRowsMax));
  const found = lastOf(messages, rows, (message) => few.has(message) || (isDrawn(message) && shows(message)));
  if (found.length < Math.min(rows, few.size + drawn.size)) return { messages: wanted, isAll: true };
  return { messages: found, isAll: false };
}

function lastOf(
  messages: readonly Shown[],
  most: number,
  shows: (message: Shown) => boolean,
): readonly Shown[] {
  const last: Shown[] = [];
  for (let at = messages.length - 1; at >= 0 && last.length < most; at--) {
    const message = messages[at];
    if (message !== undefined && shows(message)) last.push(message);
  }
  return last.toReversed();
}
