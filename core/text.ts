const plain = /^[!-~](?:[ -~]*[!-~])?$/;
const lineBreak = /\r\n?|[\u0085\u2028\u2029]/g;
/**
 * What only commands a terminal or a layout: C0 and C1 controls, bidirectional overrides, embeddings and isolates
 * (UAX 9: they reorder the text around them), deprecated format characters, annotation marks, half surrogate pairs.
 * The marks U+200E and U+200F stay: they order nothing but themselves.
 */
const control = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;
/** More than eight marks on one letter are no writing of any language; they paint over the lines around. */
const towerOfMarks = /(\p{M}(?:\p{Cf}*\p{M}){7})[\p{M}\p{Cf}]+/gu;
const blank = "\\s\\u00ad\\u115f\\u1160\\u200b\\u2060\\u2800\\u3164\\uffa0";
const blankLines = new RegExp(`\\n(?:[${blank}]*\\n){3,}`, "gu");
const blankStart = new RegExp(`^[${blank}]+`, "u");
const notBlank = new RegExp(`[^${blank}]`, "u");
const visible = /[^\s\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * A text as it may be stored and shown: NFC, "\n" as the only line break, nothing in it that reaches beyond itself.
 * Cleaning twice changes nothing. Empty when nothing of it could be seen.
 */
export function cleanText(raw: string): string {
  if (plain.test(raw)) return raw;
  const text = raw
    .replace(lineBreak, "\n")
    .replaceAll("\t", " ")
    .replace(control, "")
    .normalize("NFC")
    .replace(towerOfMarks, "$1")
    .replace(blankLines, "\n\n\n");
  return visible.test(text) ? trimBlank(text) : "";
}

/** A text that stands on one line: a title, a reason. */
export function oneLine(raw: string): string {
  return cleanText(raw).replaceAll(/\s*\n\s*/gu, " ");
}

/** Counts code points: what a person would roughly call characters, and what no encoding changes. */
export function charsIn(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) count--;
  }
  return count;
}

/** From the end by hand: a regular expression anchored there is quadratic in the blanks before it. */
function trimBlank(text: string): string {
  let end = text.length;
  while (end > 0 && !notBlank.test(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(blankStart, "");
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
