import { createHash } from "node:crypto";
import { PersonIdSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { Compile } from "typebox/compile";
import type { ChatLine } from "./chat-log.ts";

/** One line and the moment it is due, in milliseconds after the start. */
export type Cue = { dueMs: number; author: Author; text: string };
/** `dueMs` are those of the author's own lines, ascending. */
export type Author = { sub: string; name: string; dueMs: number[] };
export type Schedule = { cues: Cue[]; authors: Author[] };

export const inventedAuthors = 500;
const isPersonId = Compile(PersonIdSchema);

/**
 * When each line is said: as long after the first as it was, divided by the speed, so that bursts stay bursts. Each
 * author is one identity; lines that name none are dealt to invented ones in turn.
 */
export function scheduleOf(lines: readonly ChatLine[], speed: number): Schedule {
  const inOrder = lines.toSorted((a, b) => a.atMs - b.atMs);
  const startMs = inOrder[0]?.atMs ?? 0;
  const authors = new Map<string, Author>();
  let nameless = 0;
  const cues = inOrder.map(({ atMs, author: pseudonym, text }): Cue => {
    const name = pseudonym ?? `anonymous-${(nameless++ % inventedAuthors) + 1}`;
    const author = authors.get(name) ?? authorNamed(name);
    authors.set(name, author);
    const dueMs = (atMs - startMs) / speed;
    author.dueMs.push(dueMs);
    return { dueMs, author, text };
  });
  return { cues, authors: [...authors.values()] };
}

/** An id may hold printable ASCII only, and not much of it; another pseudonym is stood for by its hash. */
function authorNamed(pseudonym: string): Author {
  const sub = `replay:${pseudonym}`;
  const hashed = `replay:${createHash("sha256").update(pseudonym, "utf8").digest("hex").slice(0, 32)}`;
  return { sub: isPersonId.Check(sub) ? sub : hashed, name: shortened(pseudonym), dueMs: [] };
}

/** Never half a character. */
function shortened(name: string): string {
  return name.slice(0, limits.nameCharsMax).replace(/[\ud800-\udbff]$/, "");
}
