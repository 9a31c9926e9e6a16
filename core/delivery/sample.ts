import { fnv1a } from "../hash.ts";
import type { IndexItem } from "../record.ts";

/**
 * Which messages are shown where more are said than people can read: the same ones wherever it is decided, drawn by id
 * and by nothing that a person could choose.
 */

/** What may be left out: what people say and change. Safety, pins, settings and words of staff always stay. */
export function maySkip({ k, ordinary }: IndexItem): boolean {
  return k === "edited" || ordinary;
}

/** The lower, the sooner it is shown; an edit with its message. */
export function rankOf({ about, id }: IndexItem): number {
  return fnv1a(about ?? id);
}
