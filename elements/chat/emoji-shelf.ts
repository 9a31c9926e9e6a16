import type { EmojiGroup, EmojiGroupName } from "../emoji/emoji-set.ts";
import { searchEmoji } from "./emoji-search.ts";
import type { Emoji } from "./shortcodes.ts";

export type Tab = EmojiGroupName | "recent";
/** What can be picked; the name is empty where it is not known. */
export type Cell = { readonly emoji: string; readonly name: string };
export type LoadedEmoji = {
  readonly groups: readonly EmojiGroup[];
  readonly all: readonly Emoji[];
  /** In all their tones. */
  readonly byEmoji: ReadonlyMap<string, { readonly name: string; readonly tones: readonly string[] }>;
};
export type ShelfChoice = {
  readonly query: string;
  readonly tab: Tab;
  /** 0 for none, then from light to dark. */
  readonly tone: number;
  readonly recents: readonly string[];
};

export const foundCellsMax = 96;
/** In no tone and in the five. */
export const hands = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"] as const;
const recentSign = "🕘";

/** One set for all chats of a page. */
let loading: Promise<LoadedEmoji> | null = null;

/** Loads the whole set when it is first asked for. A loading that failed is tried again by the next one who asks. */
export async function loadEmoji(): Promise<LoadedEmoji> {
  try {
    loading ??= import("../emoji/emoji-set.ts").then(({ loadEmojiSet }) => loadEmojiSet()).then(loadedOf);
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

export function loadedOf(groups: readonly EmojiGroup[]): LoadedEmoji {
  const all = groups.flatMap(({ emoji }) => emoji);
  const byEmoji = new Map<string, { name: string; tones: readonly string[] }>();
  for (const { emoji, names, tones } of all) {
    const name = names[0] ?? "";
    for (const form of [emoji, ...tones]) byEmoji.set(form, { name, tones });
  }
  return { groups, all, byEmoji };
}

/** What is searched goes before what is chosen. What was used lately keeps the tone that it had. */
export function cellsIn(
  { groups, all, byEmoji }: LoadedEmoji,
  { query, tab, tone, recents }: ShelfChoice,
): readonly Cell[] {
  if (query.trim() !== "") return searchEmoji(query, all, foundCellsMax).map(cellOf);
  if (tab === "recent") return recents.map((emoji) => ({ emoji, name: byEmoji.get(emoji)?.name ?? "" }));
  return (groups.find(({ name }) => name === tab)?.emoji ?? []).map(cellOf);

  function cellOf({ emoji, names }: Emoji): Cell {
    const toned = tone === 0 ? undefined : byEmoji.get(emoji)?.tones[tone - 1];
    return { emoji: toned ?? emoji, name: names[0] ?? "" };
  }
}

export function tabsOf({ groups }: LoadedEmoji): readonly Tab[] {
  return ["recent", ...groups.map(({ name }) => name)];
}

export function signOf(tab: Tab, { groups }: LoadedEmoji): string {
  if (tab === "recent") return recentSign;
  return groups.find(({ name }) => name === tab)?.emoji[0]?.emoji ?? "";
}

/** Anything may stand in a storage. */
export function toneOf(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < hands.length
    ? value
    : 0;
}
