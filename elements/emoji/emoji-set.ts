import type { Emoji } from "../chat/shortcodes.ts";

/** As `emoji-data.json` has it: a line is `emoji|names|words|tones`, its lists with blanks between. */
export type EmojiData = {
  readonly licence: string;
  readonly groups: readonly { readonly name: string; readonly emoji: readonly string[] }[];
};

export type EmojiGroup = { readonly name: EmojiGroupName; readonly emoji: readonly TonedEmoji[] };
/** `tones`: the same emoji in the five skin tones from light to dark, or nothing. */
export type TonedEmoji = Emoji & { readonly tones: readonly string[] };

export const emojiGroupNames = [
  "smileys-emotion",
  "people-body",
  "animals-nature",
  "food-drink",
  "travel-places",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;
export type EmojiGroupName = (typeof emojiGroupNames)[number];

/** Fitzpatrick types 1-2 to 6. */
export const toneModifiers = ["🏻", "🏼", "🏽", "🏾", "🏿"] as const;
/** Stands for the tones of an emoji that only has one place for them, behind its first character. */
export const simpleTones = "+";

/** All emoji of the picker. It is large, so it is loaded when a picker is first opened. */
export async function loadEmojiSet(): Promise<readonly EmojiGroup[]> {
  const { default: data } = await import("./emoji-data.json", { with: { type: "json" } });
  return readEmojiSet(data);
}

export function readEmojiSet(data: EmojiData): readonly EmojiGroup[] {
  return emojiGroupNames.map((name) => ({
    name,
    emoji: (data.groups.find((group) => group.name === name)?.emoji ?? []).map(readLine),
  }));
}

export function withTone(emoji: string, modifier: string): string {
  const [first = "", ...rest] = emoji;
  return first + modifier + rest.join("").replace(/^\ufe0f/, "");
}

function readLine(line: string): TonedEmoji {
  const [emoji = "", names = "", words = "", tones = ""] = line.split("|");
  return {
    emoji,
    names: names.split(" "),
    words,
    tones:
      tones === simpleTones
        ? toneModifiers.map((modifier) => withTone(emoji, modifier))
        : tones.split(" ").filter((tone) => tone !== ""),
  };
}
