import { charsIn, cleanText } from "@chorus/core/text.ts";
import { limits } from "@chorus/protocol/limits.ts";

const plain = /^[!-~]+(?: [!-~]+)*$/;
/** Scripts in which the two joiners decide how a word is written: Persian and Urdu, and those of India. */
const joining =
  "\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}";
const letterOfJoining = `[[\\p{L}\\p{M}]&&[${joining}]]`;
/**
 * What cannot be seen, but for three characters where they are of use: U+200D inside an emoji or such a word, U+200C
 * inside such a word, and U+FE0F, which makes a sign an emoji.
 */
const invisible = new RegExp(
  [
    "[[\\p{Default_Ignorable_Code_Point}\\p{Cf}]--[\\u200c\\u200d\\ufe0f]]",
    `(?<!${letterOfJoining})\\u200c`,
    `\\u200c(?!${letterOfJoining})`,
    `(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}]|\\p{Extended_Pictographic}\\ufe0f|${letterOfJoining})\\u200d`,
    `\\u200d(?!\\p{Extended_Pictographic}|${letterOfJoining})`,
    "(?<!\\p{Extended_Pictographic})\\ufe0f(?!\\u20e3)",
  ].join("|"),
  "gv",
);
const space = /[\s\u2800]+/g;
const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** A name as it may be shown beside others': one line, nothing invisible, bounded. Null when nothing is left. */
export function cleanName(raw: string): string | null {
  if (raw.length <= limits.nameCharsMax && plain.test(raw)) return raw;
  const seen = cleanText(raw).replace(space, " ").replace(invisible, "");
  const name = cleanText(seen).replace(/ {2,}/g, " ");
  const cut = charsIn(name) <= limits.nameCharsMax ? name : firstChars(name, limits.nameCharsMax).trimEnd();
  return cleanText(cut) === "" ? null : cut;
}

/** Whole graphemes only: half a family emoji is another emoji. */
function firstChars(text: string, charsMax: number): string {
  let end = 0;
  let left = charsMax;
  for (const { segment } of graphemes.segment(text)) {
    left -= charsIn(segment);
    if (left < 0) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
