import type { Purpose } from "./host.ts";
import type { TextLength } from "./composer-text.ts";

/** What keeps a text from being sent now; null where nothing does. */
export type Hindrance = "closed" | "blank" | "over" | "wait";

export type SendFacts = {
  readonly text: string;
  readonly length: TextLength;
  readonly purpose: Purpose["to"];
  readonly closed: boolean;
  /** How long slow mode still lasts. */
  readonly waitMs: number;
};

/** Commands and edits are no new messages: slow mode does not keep them. */
export function hindranceTo({ text, length, purpose, closed, waitMs }: SendFacts): Hindrance | null {
  if (length.blank) return "blank";
  if (closed) return "closed";
  if (length.left < 0) return "over";
  return waitMs > 0 && purpose !== "edit" && !text.trimStart().startsWith("/") ? "wait" : null;
}

const announcedFrom = [100, 50, 20, 10, 0];

/**
 * The step of the countdown, which is read out when it changes and not with each key: 0 far from the end, one more at 100,
 * 50, 20, 10 and 0 left, and the last beyond it.
 */
export function lengthStep(left: number): number {
  return announcedFrom.filter((from) => left <= from).length + (left < 0 ? 1 : 0);
}

/**
 * What is in the field when its purpose changes. What one wrote goes along between saying and answering, an edit begins with
 * the message. Nothing that was written is replaced by what is put in.
 *
 * @param draft what was written for the new purpose before.
 * @param given what is to be put in; undefined where nothing is.
 */
export function textFor(
  next: Purpose,
  before: { readonly purpose: Purpose["to"]; readonly text: string },
  draft: string,
  given: string | undefined,
): string {
  const carried = next.to === "edit" || before.purpose === "edit" ? "" : before.text;
  const kept = carried.trim() !== "" ? carried : draft;
  if (given !== undefined) return next.to === "edit" ? given : joined(kept, given);
  return kept === "" && next.to === "edit" ? next.message.text : kept;
}

/** With a blank between, where there is none yet. */
export function joined(before: string, after: string): string {
  return before === "" || /\s$/u.test(before) || /^\s/u.test(after) ? before + after : `${before} ${after}`;
}
