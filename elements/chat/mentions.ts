import type { PersonId } from "@chorus/protocol/ids.ts";

export type Speaker = { readonly id: PersonId; readonly name: string };

/** As in the protocol's `limits`: a longer word is no name. */
export const nameCharsMax = 40;
export const mentionsMax = 10;

export const at = /[@＠]/u;
/** An @ behind one of these is the middle of an address. Scripts without blanks between words have no such sign. */
const beforeAddress = /[\p{L}\p{N}._%+-]$/u;
const withoutBlanks =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]$/u;

/**
 * Whose name stands at this @: the longest that fits, since a name may have blanks in it. Of several with the same name
 * all are given, in the order of `people`.
 */
export function namedAt(
  text: string,
  start: number,
  people: readonly Speaker[],
): { end: number; people: readonly Speaker[] } | null {
  const rest = text.slice(start + 1, start + 1 + 4 * nameCharsMax);
  let end = 0;
  let named: Speaker[] = [];
  for (const person of people) {
    const length = lengthAt(rest, person.name);
    if (length === 0 || length < end) continue;
    named = length === end ? [...named, person] : [person];
    end = length;
  }
  return named.length === 0 ? null : { end: start + 1 + end, people: named };
}

/**
 * The people whom a text mentions, as many as one message may name. Of several with one name it is the first: who was chosen
 * from the list stands before who only spoke.
 */
export function mentionsIn(text: string, people: readonly Speaker[]): PersonId[] {
  const meant = new Set<PersonId>();
  for (let start = 0; start < text.length && meant.size < mentionsMax; start++) {
    if (!at.test(text.charAt(start)) || !mayStart(text, start)) continue;
    const person = namedAt(text, start, people)?.people[0];
    if (person !== undefined) meant.add(person.id);
  }
  return [...meant];
}

/** How much of the text is the name, in its own units; 0 where it is another one or goes on. */
function lengthAt(rest: string, name: string): number {
  for (const form of [name.normalize("NFC"), name.normalize("NFD")]) {
    const same = rest.slice(0, form.length).toLowerCase() === form.toLowerCase();
    if (same && form !== "" && !goesOn(rest.slice(form.length))) return form.length;
  }
  return 0;
}

function goesOn(rest: string): boolean {
  return /^[\p{L}\p{N}\p{M}_]/u.test(rest);
}

export function mayStart(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  return !beforeAddress.test(before) || withoutBlanks.test(before);
}
