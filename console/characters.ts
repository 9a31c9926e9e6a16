/** Counted as the server does: by code point, so that an emoji outside the basic plane is one. */
export function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The start of a text, with an ellipsis where something was cut. */
export function charsOf(text: string, charsMax: number): string {
  const chars = Array.from(text);
  return chars.length <= charsMax
    ? text
    : `${chars
        .slice(0, charsMax - 1)
        .join("")
        .trimEnd()}…`;
}
