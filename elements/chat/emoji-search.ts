import { type KeyValueStorage, store, stored } from "@chorus/sdk/browser.ts";
import type { Emoji } from "./shortcodes.ts";

/** How well an emoji answers a query: the lower the better. */
type Rank = 0 | 1 | 2 | 3;

/**
 * Finds emoji by the beginning of a name or of any word of it; of several words in the query all must be found. A whole
 * name comes before the beginning of one, and that before words inside; among equals the order of the pool stays.
 *
 * ```ts
 * searchEmoji(":thu", commonEmoji(), 8);
 * ```
 */
export function searchEmoji(query: string, pool: readonly Emoji[], resultsMax: number): readonly Emoji[] {
  const wanted = query
    .toLowerCase()
    .replaceAll(":", "")
    .trim()
    .replace(/[\s_]+/g, "_");
  if (wanted === "") return [];
  const ranks: Emoji[][] = [[], [], [], []];
  for (const emoji of pool) {
    const rank = rankOf(wanted, emoji);
    if (rank !== null) ranks[rank]?.push(emoji);
  }
  return ranks.flat().slice(0, resultsMax);
}

function rankOf(wanted: string, { names, words }: Emoji): Rank | null {
  if (names.includes(wanted)) return 0;
  if (names.some((name) => name.startsWith(wanted))) return 1;
  const all = [...names.flatMap(wordsOf), ...wordsOf(words)];
  if (!wordsOf(wanted).every((one) => all.some((word) => word.startsWith(one)))) return null;
  return names.some((name) => name.includes(`_${wanted}`)) ? 2 : 3;
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s_]+/)
    .filter((word) => word !== "");
}

/** What a person picked, the most recent first. Kept in a storage where there is one. */
export type Recents = { list(): readonly string[]; add(emoji: string): void };

export const recentsMax = 24;
const itemCharsMax = 40;

export function createRecents(storage: KeyValueStorage | null, key = "chorus:emoji"): Recents {
  let recents = readable(stored(storage, key));
  return {
    list: () => recents,
    add(emoji) {
      recents = readable([emoji, ...recents]);
      if (storage !== null) store(storage, key, recents);
    },
  };
}

/** Anything may stand in a storage: other versions write to it, and so may the page. */
function readable(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const items = value.filter(
    (item) => typeof item === "string" && item !== "" && item.length <= itemCharsMax,
  );
  return [...new Set<string>(items)].slice(0, recentsMax);
}
