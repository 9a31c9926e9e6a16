import type { PersonId } from "@chorus/protocol/ids.ts";
import { linkAt } from "./links.ts";

/**
 * What a text is made of. Every segment has the `text` that it was cut from, so that all of them in a row are the message
 * again; none begins or ends within what people see as one character.
 */
export type Segment<Emote> =
  | { readonly kind: "text"; readonly text: string }
  /** To be shown in an element of its own with `dir="ltr"`; `href` is of http or https, always. */
  | { readonly kind: "link"; readonly text: string; readonly href: string; readonly shown: string }
  | { readonly kind: "mention"; readonly text: string; readonly person: PersonId }
  | { readonly kind: "emote"; readonly text: string; readonly name: string; readonly emote: Emote };

export type SegmentOptions<Emote> = {
  /** The names of those whom the message mentions. Nobody else is looked for. */
  readonly mentions?: ReadonlyMap<string, PersonId>;
  /** What stands for `:name:`; null when nothing does, then it stays text. */
  readonly emoteOf?: (name: string) => Emote | null;
};

const starts = /https?:\/\/|www\.|[@:]/gi;
const emotePattern = /:([a-z0-9_+-]{1,32}):/iy;
const wordBefore = /[a-z0-9_]$/i;
/** What would belong to the character before, or make another word of it. */
const goesOn = /^[\p{L}\p{N}\p{M}\p{Emoji_Modifier}_\u200c\u200d]/u;
const joinsBefore = /^[\p{M}\p{Emoji_Modifier}\u200c\u200d]/u;

/**
 * Cuts a message for rendering, in time that is in proportion to its length.
 *
 * ```ts
 * segmentsOf("Bravo @Ada :tada: www.example.com", { mentions: new Map([["Ada", id]]), emoteOf: emojiOf });
 * ```
 */
export function segmentsOf<Emote>(
  text: string,
  { mentions = new Map(), emoteOf = () => null }: SegmentOptions<Emote> = {},
): readonly Segment<Emote>[] {
  const names = [...mentions].toSorted(([one], [other]) => other.length - one.length);
  const segments: Segment<Emote>[] = [];
  let done = 0;
  for (let from = nextStart(text, 0), next = 0; from !== -1; from = nextStart(text, next)) {
    const found = segmentAt(text, from);
    next = from + (found?.text.length ?? 1);
    if (found === null || found.kind === "text") continue;
    if (from > done) segments.push({ kind: "text", text: text.slice(done, from) });
    segments.push(found);
    done = next;
  }
  if (done < text.length) segments.push({ kind: "text", text: text.slice(done) });
  return segments;

  function segmentAt(text: string, from: number): Segment<Emote> | null {
    switch (text[from]) {
      case "@":
        return mentionAt(text, from, names);
      case ":":
        return emoteAt(text, from, emoteOf);
      default:
        return linkAt(text, from);
    }
  }
}

function nextStart(text: string, from: number): number {
  starts.lastIndex = from;
  return starts.exec(text)?.index ?? -1;
}

/** The longest name wins: "@Ada Lovelace" is not Ada. An address as `me@ada.example` mentions nobody. */
function mentionAt(
  text: string,
  from: number,
  names: readonly (readonly [string, PersonId])[],
): Segment<never> | null {
  if (wordBefore.test(text.slice(Math.max(from - 1, 0), from))) return null;
  for (const [name, person] of names) {
    const end = from + 1 + name.length;
    const said = text.slice(from + 1, end);
    if (name !== "" && said.toLowerCase() === name.toLowerCase() && !goesOn.test(text.slice(end, end + 2))) {
      return { kind: "mention", text: text.slice(from, end), person };
    }
  }
  return null;
}

function emoteAt<Emote>(
  text: string,
  from: number,
  emoteOf: (name: string) => Emote | null,
): Segment<Emote> | null {
  emotePattern.lastIndex = from;
  const [whole, name] = emotePattern.exec(text) ?? [];
  if (whole === undefined || name === undefined) return null;
  const end = from + whole.length;
  const emote = joinsBefore.test(text.slice(end, end + 2)) ? null : emoteOf(name);
  return emote === null ? null : { kind: "emote", text: whole, name, emote };
}
