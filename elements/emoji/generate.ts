import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EmojiData, emojiGroupNames, simpleTones, toneModifiers, withTone } from "./emoji-set.ts";

/**
 * Writes `emoji-data.json` from a copy of the npm package `emojibase-data`, which is given as a folder, since nothing else
 * needs it: `npm pack emojibase-data@17.0.0`, unpack it, `node elements/emoji/generate.ts ./package`.
 */
type Source = {
  readonly hexcode: string;
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
  readonly skins?: readonly { readonly emoji: string; readonly tone: number | readonly number[] }[];
};
type Shortcodes = Readonly<Record<string, string | readonly string[]>>;

/** What is newer is an empty box on too many phones still. */
const emojiVersionMax = 16;
const licence =
  "Made from emojibase-data 17.0.0, MIT License, Copyright (c) 2017-2019 Miles Johnson, https://emojibase.dev";

const shortcode = /^[a-z0-9_+-]{1,48}$/;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new TypeError("Give the folder of the unpacked package emojibase-data.");
writeFileSync(join(import.meta.dirname, "emoji-data.json"), `${JSON.stringify(dataFrom(folder), null, 2)}\n`);

function dataFrom(folder: string): EmojiData {
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const sources: readonly Source[] = read("en/data.json");
  const messages: { groups: readonly { key: string; order: number }[] } = read("en/messages.json");
  const github: Shortcodes = read("en/shortcodes/github.json");
  const emojibase: Shortcodes = read("en/shortcodes/emojibase.json");
  const taken = new Set(Object.values(github).flat());
  return {
    licence,
    groups: emojiGroupNames.map((name) => {
      const group = messages.groups.find(({ key }) => key === name)?.order;
      const members = sources.filter((one) => one.group === group && one.version <= emojiVersionMax);
      return {
        name,
        emoji: members
          .toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0))
          .map((one) => lineOf(one, namesOf(one.hexcode))),
      };
    }),
  };

  /** GitHub's names are what people type; Emojibase has one for everything, and may not give a name of GitHub's away. */
  function namesOf(hexcode: string): readonly string[] {
    const others = [emojibase[hexcode] ?? []].flat().filter((name) => !taken.has(name));
    return [...new Set([github[hexcode] ?? [], others].flat())].filter((name) => shortcode.test(name));
  }
}

function lineOf(source: Source, names: readonly string[]): string {
  const said = new Set(names.flatMap((name) => name.split("_")));
  const words = new Set(
    [...source.label.split(/[\s:,]+/), ...(source.tags ?? [])].map((word) => word.toLowerCase()),
  );
  const more = [...words].filter((word) => word !== "" && !said.has(word) && !word.includes("|"));
  return [bare(source.emoji), names.join(" "), more.join(" "), tonesOf(source)].join("|");
}

/** Where two people are shown, both have the tone. */
function tonesOf({ emoji, skins = [] }: Source): string {
  const tones = toneModifiers.map((_, index) =>
    bare(skins.find(({ tone }) => isOnly(tone, index + 1))?.emoji ?? ""),
  );
  if (tones.includes("")) return "";
  const simple = toneModifiers.every((modifier, index) => withTone(emoji, modifier) === tones[index]);
  return simple ? simpleTones : tones.join(" ");
}

/** As Unicode recommends it (emoji-test.txt, fully-qualified): U+FE0F only where without it text would be shown. */
function bare(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\ufe0f/gu, "$1");
}

function isOnly(tone: number | readonly number[], wanted: number): boolean {
  return [tone].flat().every((one) => one === wanted);
}
