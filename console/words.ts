import type { ReasonCode } from "@chorus/protocol/entries.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { Removal } from "@chorus/sdk/client.ts";

/** What the page says, in one place, so that it can be said in another language. */
export const roleWords: Readonly<Record<Role, string | null>> = {
  host: "Host",
  moderator: "Moderator",
  participant: "On stage",
  viewer: null,
  guest: null,
};

export const reasonWords: Readonly<Record<ReasonCode, string>> = {
  spam: "spam",
  harassment: "harassment",
  hate: "hate",
  sexual: "sexual content",
  violence: "violence",
  "self-harm": "self-harm",
  "personal-data": "personal data",
  spoiler: "spoiler",
  "off-topic": "off topic",
  other: "other",
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const exact = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export function timeWords(time: number): string {
  return clock.format(time);
}

export function dateWords(time: number): string {
  return calendar.format(time);
}

export function countWords(count: number): string {
  return compact.format(count);
}

export function viewersWords(count: number): string {
  return `${exact.format(count)} watching`;
}

export function removedWords({ by, why }: Removal): string {
  if (by === "author") return "Taken back by its author.";
  return `Removed by a moderator${reasonIn(why)}.`;
}

/** Of a range every entry may have been a message, or none: the number is a bound. */
export function missingWords(count: number): string {
  return count === 1
    ? "A message may be missing here."
    : `Up to ${exact.format(count)} messages are missing here.`;
}

/** @param until when it ends; null for as long as nobody lifts it, undefined where that was not told. */
export function sanctionWords(
  what: "muted" | "banned",
  until: number | null | undefined,
  why: ReasonCode | undefined,
): string {
  const end = typeof until === "number" ? ` until ${timeWords(until)}` : "";
  const where = what === "muted" ? " here" : " from this room";
  return `A moderator ${what} you${where}${end}${reasonIn(why ?? null)}.`;
}

function reasonIn(why: ReasonCode | null): string {
  return why === null || why === "other" ? "" : ` (${reasonWords[why]})`;
}
