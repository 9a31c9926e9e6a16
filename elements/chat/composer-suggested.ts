import { type CommandName, commands, commandsLike } from "./composer-commands.ts";
import { searchEmoji } from "./emoji-search.ts";
import { foundMax, mentionAt, withMention } from "./mention-search.ts";
import type { Speaker } from "./mentions.ts";
import { commonEmoji } from "./shortcodes.ts";

/** What may be meant by the word under the caret. */
export type Suggestion =
  | { readonly is: "person"; readonly person: Speaker }
  | { readonly is: "emoji"; readonly emoji: string; readonly name: string }
  | { readonly is: "command"; readonly command: CommandName };

/** The word, from its sign to its end, and what may be meant by it; never without any. */
export type Suggested = {
  readonly start: number;
  readonly end: number;
  readonly typed: string;
  readonly items: readonly Suggestion[];
};

export type SuggestionSources = {
  readonly staff: boolean;
  find(typed: string): readonly Speaker[];
};

/** One letter behind a colon is a face more often than a name. */
export const shortcodeCharsMin = 2;

/** Null where the caret stands in nothing that could be completed. */
export function suggestedAt(text: string, caret: number, sources: SuggestionSources): Suggested | null {
  const found =
    commandsAt(text, caret, sources.staff) ?? mentionsAt(text, caret, sources) ?? emojiAt(text, caret);
  return found === null || found.items.length === 0 ? null : found;
}

/** The text with what was chosen in place of the word, and where the caret is then. */
export function withSuggestion(
  text: string,
  { start, end, typed }: Suggested,
  chosen: Suggestion,
): { text: string; caret: number } {
  switch (chosen.is) {
    case "person":
      return withMention(text, { start, end, typed }, chosen.person.name);
    case "emoji":
      return replaced(text, start, end, `${chosen.emoji} `);
    case "command":
      return replaced(text, start, end, `/${chosen.command}${argumentStart(chosen.command)}`);
  }
}

function mentionsAt(text: string, caret: number, { find }: SuggestionSources): Suggested | null {
  const word = mentionAt(text, caret);
  return word === null
    ? null
    : { ...word, items: find(word.typed).map((person) => ({ is: "person", person })) };
}

/** A colon that is not within a word, as in a time or an address, and letters of a name up to the caret. */
const shortcode = /(?<![\p{L}\p{N}:/])(?<sign>:)(?<name>[a-z0-9_+-]+)$/iu;
const shortcodeCharsMax = 32;

function emojiAt(text: string, caret: number): Suggested | null {
  const from = Math.max(0, caret - shortcodeCharsMax - 2);
  const typed = shortcode.exec(text.slice(from, caret))?.groups?.["name"];
  if (typed === undefined || typed.length < shortcodeCharsMin) return null;
  const wanted = typed.toLowerCase();
  const items = searchEmoji(wanted, commonEmoji(), foundMax).map(({ emoji, names }): Suggestion => {
    const name = names.find((one) => one.startsWith(wanted)) ?? names[0] ?? "";
    return { is: "emoji", emoji, name };
  });
  return { start: caret - typed.length - 1, end: caret, typed, items };
}

function commandsAt(text: string, caret: number, staff: boolean): Suggested | null {
  const before = text.slice(0, caret);
  if (/^\S/u.test(text.slice(caret))) return null;
  const items = commandsLike(before, staff).map((command): Suggestion => ({ is: "command", command }));
  const start = before.indexOf("/");
  return start < 0 || items.length === 0
    ? null
    : { start, end: caret, typed: before.slice(start + 1), items };
}

/** A command about a person goes on with the sign that lists them. */
function argumentStart(command: CommandName): string {
  const [first] = commands[command].takes;
  if (first === undefined) return "";
  return first === "person" ? " @" : " ";
}

/** One blank behind it, whether or not there was one. */
function replaced(text: string, start: number, end: number, by: string): { text: string; caret: number } {
  const before = text.slice(0, start) + by;
  const after = text.slice(end);
  return { text: before + (by.endsWith(" ") ? after.replace(/^ /u, "") : after), caret: before.length };
}
