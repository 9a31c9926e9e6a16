import type { PersonId } from "@chorus/protocol/ids.ts";
import { at, mayStart, nameCharsMax, type Speaker } from "./mentions.ts";

/** Who spoke, the latest last; as many as can be remembered. */
export type Speakers = {
  spoke(speaker: Speaker): void;
  forget(id: PersonId): void;
  /** The latest first. */
  latest(): readonly Speaker[];
  /** Those whose name fits what was typed: by how well it fits, and then the latest first. All where nothing was typed. */
  find(typed: string, most?: number): readonly Speaker[];
};

/** A word with an @ before it, from the @ to its end, and what of it stands before the caret. */
export type MentionWord = { readonly start: number; readonly end: number; readonly typed: string };

export const speakersMax = 500;
export const foundMax = 8;

/** @param self is not found: nobody calls themselves. */
export function createSpeakers(self: () => PersonId | null = () => null, most = speakersMax): Speakers {
  const byId = new Map<PersonId, { speaker: Speaker; folded: string }>();

  function spoke({ id, name }: Speaker): void {
    const known = byId.get(id);
    byId.delete(id);
    const folded = known?.speaker.name === name ? known.folded : foldedName(name);
    byId.set(id, { speaker: { id, name }, folded });
    const [oldest] = byId.keys();
    if (byId.size > most && oldest !== undefined) byId.delete(oldest);
  }

  function latest(): readonly Speaker[] {
    return [...byId.values()].map(({ speaker }) => speaker).toReversed();
  }

  function find(typed: string, most = foundMax): readonly Speaker[] {
    const wanted = foldedName(typed);
    const fits: Speaker[][] = [[], [], [], []];
    for (const { speaker, folded } of [...byId.values()].toReversed()) {
      if (speaker.id !== self()) fits[fitOf(folded, wanted)]?.push(speaker);
    }
    return fits.slice(0, -1).flat().slice(0, most);
  }

  return { spoke, forget: (id) => void byId.delete(id), latest, find };
}

/** 0: the very name. 1: it begins so. 2: a word in it begins so. 3: not at all. */
function fitOf(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  return wordStart.some((mark) => name.includes(mark + wanted)) ? 2 : 3;
}

const wordStart = [" ", "-", "_", ".", "'", "’"];
/** Latin, Hebrew and Arabic marks, which people leave out. In other scripts they are letters. */
const marks = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/gu;
/** Letters with a stroke are letters of their own to Unicode, but not to who has no key for them. */
const strokes: Readonly<Record<string, string>> = {
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ß: "ss",
  æ: "ae",
  œ: "oe",
};
const stroked = /[øłđðħıßæœ]/gu;

/** Names that are the same to somebody who types quickly: without case, accents, width, or the form of Unicode. */
export function foldedName(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(marks, "")
    .replace(stroked, (letter) => strokes[letter] ?? letter)
    .trim();
}

const wordEnd = /[\s@＠,;:!?()[\]{}<>"“”„«»、。，！？]/u;
/**
 * The word with an @ that the caret stands in or behind; null where there is none. What an input method is still composing
 * is in the text, and may be asked about at any time: nothing is changed here.
 */
export function mentionAt(text: string, caret: number): MentionWord | null {
  const unitsMax = 2 * nameCharsMax;
  let start = caret - 1;
  while (start >= 0 && caret - start <= unitsMax && !wordEnd.test(text.charAt(start))) start--;
  if (start < 0 || !at.test(text.charAt(start)) || !mayStart(text, start)) return null;
  let end = caret;
  while (end < text.length && end - start <= unitsMax && !wordEnd.test(text.charAt(end))) end++;
  return { start, end, typed: text.slice(start + 1, caret) };
}

/** The text with the whole name in place of the word, a blank behind it, and the caret behind that. */
export function withMention(text: string, word: MentionWord, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, word.start)}@${name.normalize("NFC")} `;
  const after = text.slice(word.end);
  return { text: before + (after.startsWith(" ") ? after.slice(1) : after), caret: before.length };
}
