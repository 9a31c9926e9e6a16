export type Link = {
  readonly kind: "link";
  readonly text: string;
  readonly href: string;
  readonly shown: string;
};

/** How much of an address is shown; the whole of it is in `href`. */
export const shownCharsMax = 48;

/**
 * Blanks, controls, quotes, angle brackets, the backslash (which `URL` reads as a slash), invisible characters but the
 * joiners that writing needs, emoji, and the stops and brackets of writing without blanks end an address.
 */
const address =
  /[^\s\p{Cc}\p{Cs}\p{Extended_Pictographic}\p{Regional_Indicator}"<>\\^`{|}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u3001\u3002\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u300c-\u3011\u2018-\u201f]+/uy;
/** What stands behind an address as part of the sentence around it: Latin, Arabic, Hebrew and Indic stops. */
const stops = new Set(".,;:!?'*~…·،؛؟۔׃।॥»›");
const brackets = new Map([
  [")", "("],
  ["]", "["],
]);
const partOfWord = /[a-z0-9_]/i;
const partOfHost = /[a-z0-9_@./-]/i;
/** Latin letters as Western Europe writes them; everything beyond has lookalikes, or is read from the other side. */
const plainHost = /^[a-z0-9.\u00df-\u00f6\u00f8-\u00ff-]+$/;
const invisible = /(?![\u200c\u200d\p{M}])\p{Default_Ignorable_Code_Point}/u;

/**
 * The address that begins at a place with `http://`, `https://` or `www.`. What looks like one and is not one, as an
 * address with a password, is text as far as it goes: what is inside of it is no link either. Null when it only is the
 * end of a word.
 */
export function linkAt(text: string, from: number): Link | { kind: "text"; text: string } | null {
  const bare = /w/i.test(text[from] ?? "");
  if (from > 0 && (bare ? partOfHost : partOfWord).test(text[from - 1] ?? "")) return null;
  address.lastIndex = from;
  const run = address.exec(text)?.[0] ?? "";
  const plain = { kind: "text", text: run } as const;
  const written = trimmed(run);
  const full = bare ? `https://${written}` : written;
  const typedHost = /^[^/?#]*/.exec(full.slice(full.indexOf("//") + 2))?.[0] ?? "";
  if (!URL.canParse(full) || typedHost === "" || typedHost.includes("@")) return plain;
  const url = new URL(full);
  if (!isPublic(url.hostname, bare)) return plain;
  return { kind: "link", text: written, href: url.href, shown: shownOf(url, typedHost, full) };
}

/** Without the punctuation at the end, and without brackets that were opened before the address. */
function trimmed(run: string): string {
  const open = new Map(
    [...brackets].map(([closer, opener]) => [closer, count(run, closer) - count(run, opener)]),
  );
  let end = run.length;
  for (; end > 0; end--) {
    const last = run[end - 1] ?? "";
    const unbalanced = open.get(last) ?? 0;
    if (unbalanced > 0) open.set(last, unbalanced - 1);
    else if (!stops.has(last)) break;
  }
  return run.slice(0, end);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/** A name with a dot inside; behind a bare `www.` there is a domain of at least two parts. */
function isPublic(host: string, bare: boolean): boolean {
  const labels = host.split(".");
  if (labels.at(-1) === "") labels.pop();
  return labels.length >= (bare ? 3 : 2) && !labels.includes("");
}

/** `https://` goes without saying. Of a host that is too long its end is shown, as that says whose it is. */
function shownOf(url: URL, typedHost: string, full: string): string {
  const typed = typedHost.toLowerCase().replace(/:\d*$/, "");
  const name = plainHost.test(typed) && !isAscii(typed) ? typed : url.hostname;
  const host = `${url.protocol === "http:" ? "http://" : ""}${name}${url.port === "" ? "" : `:${url.port}`}`;
  const typedRest = full.slice(full.indexOf("//") + 2 + typedHost.length);
  const rest = invisible.test(typedRest) ? url.pathname + url.search + url.hash : typedRest;
  const hostChars = shownCharsMax / 2;
  if (rest.length <= 1) return fromEnd(host, shownCharsMax);
  const place =
    host.length + rest.length <= shownCharsMax
      ? host
      : fromEnd(host, Math.max(hostChars, shownCharsMax - rest.length));
  return place + inTheMiddle(rest, shownCharsMax - place.length);
}

function fromEnd(host: string, charsMax: number): string {
  return host.length <= charsMax ? host : `…${host.slice(1 - charsMax)}`;
}

function inTheMiddle(text: string, charsMax: number): string {
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const chars = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (chars.length <= charsMax) return text;
  const head = Math.ceil((charsMax - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (charsMax - 1 - head)).join("")}`;
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
