import type { ReasonCode } from "@chorus/protocol/entries.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { RoomMode } from "@chorus/protocol/room-settings.ts";
import { namedAt, type Speaker } from "./mentions.ts";

/** What a command takes, in order; what has a question mark may be left out. */
export type Taken = "person" | "duration?" | "why?" | "seconds-or-off" | "mode";
type Command = { readonly staff: boolean; readonly takes: readonly Taken[] };

export const commands = {
  help: { staff: false, takes: [] },
  ignore: { staff: false, takes: ["person"] },
  unignore: { staff: false, takes: ["person"] },
  timeout: { staff: true, takes: ["person", "duration?", "why?"] },
  ban: { staff: true, takes: ["person", "why?"] },
  unban: { staff: true, takes: ["person"] },
  slow: { staff: true, takes: ["seconds-or-off"] },
  mode: { staff: true, takes: ["mode"] },
} as const satisfies Record<string, Command>;
export type CommandName = keyof typeof commands;

/** What is to be done. `person` is who it is about, for the sentence that reports it. */
export type Order =
  | { do: "help" }
  | { do: "ignore" | "unignore"; person: Speaker }
  | { do: "moderate"; act: Moderation; person: Speaker | null };

/** Why nothing is done, for the catalogue to say; nothing is ever sent by mistake. */
export type Mistake =
  /** `like` is a command that may have been meant. */
  | { m: "unknown-command"; word: string; like: CommandName | null }
  | { m: "staff-only"; command: CommandName }
  | { m: "missing"; command: CommandName; what: Taken }
  | { m: "too-much"; command: CommandName; words: string }
  /** Nobody who spoke lately has this name. */
  | { m: "nobody"; name: string }
  /** Several have this name: it has to be done at one of their messages. */
  | { m: "several"; name: string }
  | { m: "duration"; word: string; secondsMax: number }
  | { m: "slow"; word: string; secondsMax: number }
  | { m: "mode"; word: string }
  | { m: "why-too-long"; charsMax: number };

export type Parsed = { is: "text" } | { is: "order"; order: Order } | { is: "mistake"; mistake: Mistake };

/** As in the protocol. */
export const sanctionSecondsMax = 366 * 86_400;
export const slowSecondsMax = 3_600;
export const reasonCharsMax = 200;
export const timeoutSecondsDefault = 600;
const modes: readonly RoomMode[] = ["open", "moderated", "read-only"];
const reasons = {
  spam: true,
  harassment: true,
  hate: true,
  sexual: true,
  violence: true,
  "self-harm": true,
  "personal-data": true,
  spoiler: true,
  "off-topic": true,
  other: true,
} as const satisfies Record<ReasonCode, true>;
const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A slash and a word. A path, a fraction and a comment in code are none. */
const commandLine = /^\s*\/([a-z]+)(?:\s+|$)/iu;

/**
 * What somebody typed: a text to be said, or an order. A command that is wrong is a mistake and never a text, so that what
 * was meant for nobody is not said to everybody.
 *
 * @param people who can be named, the most likely first.
 */
export function parseComposed(text: string, staff: boolean, people: readonly Speaker[]): Parsed {
  const line = commandLine.exec(text);
  if (line === null) return { is: "text" };
  const word = (line[1] ?? "").toLowerCase();
  if (!isCommand(word)) return mistake({ m: "unknown-command", word, like: likeOf(word, staff) });
  if (commands[word].staff && !staff) return mistake({ m: "staff-only", command: word });
  const rest = text.slice(line[0].length).trim();
  if (word === "help") return order({ do: "help" });
  if (word === "slow") return slow(rest);
  if (word === "mode") return mode(rest);
  const named = personIn(word, rest, people);
  return "m" in named ? mistake(named) : about(word, named.person, named.rest);
}

/** The commands that begin as what was typed, while it may still become one. */
export function commandsLike(text: string, staff: boolean): readonly CommandName[] {
  const word = /^\s*\/([a-z]*)$/iu.exec(text)?.[1]?.toLowerCase();
  return word === undefined ? [] : commandsFor(staff).filter((name) => name.startsWith(word));
}

export function commandsFor(staff: boolean): readonly CommandName[] {
  return Object.keys(commands)
    .filter(isCommand)
    .filter((name) => staff || !commands[name].staff);
}

type AboutPerson = Exclude<CommandName, "help" | "slow" | "mode">;

function about(command: AboutPerson, person: Speaker, rest: string): Parsed {
  switch (command) {
    case "ignore":
    case "unignore":
      return rest === "" ? order({ do: command, person }) : mistake({ m: "too-much", command, words: rest });
    case "unban":
      if (rest !== "") return mistake({ m: "too-much", command, words: rest });
      return moderate({ do: "lift", person: person.id, what: "ban" }, person);
    case "ban": {
      const why = whyIn(rest);
      return "m" in why ? mistake(why) : moderate({ do: "ban", person: person.id, ...why }, person);
    }
    case "timeout":
      return timeout(person, rest);
  }
}

/** A word that begins with a digit is meant as a duration: one that is none must not become the reason. */
function timeout(person: Speaker, rest: string): Parsed {
  const [first, others] = split(rest);
  const timed = /^\d/u.test(first);
  const seconds = timed ? secondsIn(first) : timeoutSecondsDefault;
  if (seconds === null || seconds < 1 || seconds > sanctionSecondsMax)
    return mistake({ m: "duration", word: first, secondsMax: sanctionSecondsMax });
  const why = whyIn(timed ? others : rest);
  return "m" in why ? mistake(why) : moderate({ do: "timeout", person: person.id, seconds, ...why }, person);
}

function slow(rest: string): Parsed {
  if (rest === "") return mistake({ m: "missing", command: "slow", what: "seconds-or-off" });
  const seconds = rest.toLowerCase() === "off" ? 0 : secondsIn(rest);
  if (seconds === null || seconds > slowSecondsMax)
    return mistake({ m: "slow", word: rest, secondsMax: slowSecondsMax });
  return moderate({ do: "settings", settings: { slowMs: seconds * 1_000 } }, null);
}

function mode(rest: string): Parsed {
  if (rest === "") return mistake({ m: "missing", command: "mode", what: "mode" });
  const mode = modes.find((one) => one === rest.toLowerCase());
  if (mode === undefined) return mistake({ m: "mode", word: rest });
  return moderate({ do: "settings", settings: { mode } }, null);
}

/** The @ may be left out. A name with blanks is found whole where somebody has it. */
function personIn(
  command: AboutPerson,
  rest: string,
  people: readonly Speaker[],
): { person: Speaker; rest: string } | Mistake {
  if (/^[@＠]?$/u.test(rest)) return { m: "missing", command, what: "person" };
  const marked = /^[@＠]/u.test(rest) ? rest : `@${rest}`;
  const named = namedAt(marked, 0, people);
  const [person, ...namesakes] = named?.people ?? [];
  const after = named === null ? "" : marked.slice(named.end);
  if (person === undefined || !/^(?:[\s,:]|$)/u.test(after))
    return { m: "nobody", name: split(marked)[0].slice(1) };
  if (namesakes.some(({ id }) => id !== person.id)) return { m: "several", name: person.name };
  return { person, rest: after.replace(/^[\s,:]+/u, "") };
}

/** A class of reason, and the moderator's own words behind it. Without a class all of it is words. */
function whyIn(rest: string): { why: ReasonCode; text?: string } | Extract<Mistake, { m: "why-too-long" }> {
  const [first, others] = split(rest);
  const code = first.toLowerCase();
  const known = isReason(code);
  const words = known ? others : rest;
  if ([...words.normalize("NFC")].length > reasonCharsMax)
    return { m: "why-too-long", charsMax: reasonCharsMax };
  const why = known ? code : "other";
  return words === "" ? { why } : { why, text: words };
}

/** "90", "90s", "10m", "2h" or "1d". */
function secondsIn(word: string): number | null {
  const found = /^(\d{1,9})([smhd]?)$/iu.exec(word);
  if (found === null) return null;
  return Number(found[1]) * (secondsPer[(found[2] ?? "").toLowerCase()] ?? 1);
}

function split(words: string): [first: string, rest: string] {
  const found = /^(\S*)\s*([\s\S]*)$/u.exec(words);
  return [found?.[1] ?? "", found?.[2] ?? ""];
}

function likeOf(word: string, staff: boolean): CommandName | null {
  return commandsFor(staff).find((name) => name.startsWith(word) || word.startsWith(name)) ?? null;
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

function isReason(word: string): word is ReasonCode {
  return Object.hasOwn(reasons, word);
}

function order(order: Order): Parsed {
  return { is: "order", order };
}

function moderate(act: Moderation, person: Speaker | null): Parsed {
  return order({ do: "moderate", act, person });
}

function mistake(mistake: Mistake): Parsed {
  return { is: "mistake", mistake };
}
