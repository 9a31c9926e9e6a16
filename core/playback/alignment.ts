import { limits } from "@chorus/protocol/limits.ts";

/**
 * What of a chat may be seen beside a picture that is behind: what was said up to the moment that the picture shows. All
 * moments are Unix milliseconds by the server's clock. The list that is looked at is the truth: who edits or removes
 * something there, before it was shown, has done so before anybody saw it.
 */
export type AlignedEntry = {
  /** The same as long as the entry is the same, through edits and from its being sent to its being confirmed. */
  readonly id: string;
  /** The moment of the picture that its author saw, or when it was said. */
  readonly at: number;
  /** The place in the room; Infinity while it has none. */
  readonly seq: number;
  readonly lane: AlignedLane;
};

/** Only the ordinary waits: what keeps people safe, what staff says and one's own words are seen at once. */
export type AlignedLane = "safety" | "staff" | "own" | "ordinary";

export type AlignmentMode = "live" | "aligned";

export type Picture = {
  readonly wall: number;
  /** The person went back, or paused: what is later than the picture waits however long that takes. */
  readonly rewound: boolean;
};

export type AlignmentFacts = {
  readonly now: number;
  readonly mode: AlignmentMode;
  /** Null while there is none, or nobody knows of when it is. */
  readonly picture: Picture | null;
};

export type Sight<E> = {
  /** In the order in which it came to be seen. */
  readonly shown: readonly E[];
  /** What is shown is the chat as of this moment; null where it is all there is. */
  readonly asOf: number | null;
  readonly withheld: number;
  /** When to look again, milliseconds from now; null where only something new can change what is seen. */
  readonly nextMs: number | null;
};

export type Alignment = {
  look<E extends AlignedEntry>(entries: readonly E[], facts: AlignmentFacts): Sight<E>;
  /** How many were shown before their moment, because more than `alignWithheldMax` waited. */
  readonly early: number;
};

/** A picture that stands still is looked at so often, and one that may jump no more rarely. */
const lookMsMin = 15;
const lookMsMax = 250;

/**
 * The law: what is ordinary is not seen before its picture, unless it waited `alignWaitMs` or too many wait. What was seen
 * stays, also when the picture falls back a little; only a person who goes back sees less again.
 */
export function createAlignment(): Alignment {
  /** The moment at which an entry was, or will be, first seen: the order of what is shown. */
  let dues = new Map<string, number>();
  let seen = new Set<string>();
  let last: (Picture & { readonly seenAt: number }) | null = null;
  let early = 0;

  function look<E extends AlignedEntry>(entries: readonly E[], facts: AlignmentFacts): Sight<E> {
    const asOf = asOfNow(facts);
    const waiting = entries.filter((entry) => isLater(entry, asOf) && !seen.has(entry.id)).toSorted(byMoment);
    const over = Math.max(0, waiting.length - limits.alignWithheldMax);
    const held = new Set(waiting.slice(over).map(({ id }) => id));
    early += over;
    remember(entries, asOf ?? facts.now, held);
    const shown = inOrder(entries.filter(({ id }) => !held.has(id)));
    return { shown, asOf, withheld: held.size, nextMs: asOf === null ? null : nextLook(waiting[over], asOf) };
  }

  /** Null where everything is shown. A picture that is lost for a moment goes on in the mind. */
  function asOfNow({ now, mode, picture }: AlignmentFacts): number | null {
    if (picture !== null) {
      if (wentBack(last, picture)) seen = new Set();
      last = { ...picture, seenAt: now };
    }
    if (last === null || mode === "live") return null;
    const goneMs = now - last.seenAt;
    if (goneMs > limits.alignPictureLostMs) {
      last = null;
      return null;
    }
    return last.rewound ? last.wall : Math.max(last.wall + goneMs, now - limits.alignWaitMs);
  }

  function remember(entries: readonly AlignedEntry[], moment: number, held: ReadonlySet<string>): void {
    const next = new Map<string, number>();
    for (const { id, at, lane } of entries)
      next.set(id, dues.get(id) ?? (lane === "ordinary" ? Math.max(at, moment) : moment));
    dues = next;
    seen = new Set(entries.flatMap(({ id }) => (held.has(id) ? [] : [id])));
  }

  function inOrder<E extends AlignedEntry>(entries: readonly E[]): readonly E[] {
    const due = ({ id }: E): number => dues.get(id) ?? 0;
    const isSorted = entries.every((entry, i) => {
      const before = entries[i - 1];
      return before === undefined || due(before) <= due(entry);
    });
    return isSorted ? entries : entries.toSorted((a, b) => due(a) - due(b) || bySeq(a, b));
  }

  return {
    look,
    get early() {
      return early;
    },
  };
}

function isLater({ lane, at }: AlignedEntry, asOf: number | null): boolean {
  return asOf !== null && lane === "ordinary" && at > asOf;
}

/** Another way to the same picture may be some seconds later; a person goes back further, or says so. */
function wentBack(before: Picture | null, { wall, rewound }: Picture): boolean {
  if (before === null) return rewound;
  if (rewound && !before.rewound) return true;
  return wall < before.wall - (rewound ? 0 : limits.alignBackMs);
}

function nextLook(first: AlignedEntry | undefined, asOf: number): number {
  return first === undefined ? lookMsMax : Math.min(lookMsMax, Math.max(lookMsMin, first.at - asOf));
}

function byMoment(a: AlignedEntry, b: AlignedEntry): number {
  return a.at - b.at || bySeq(a, b);
}

/** Two that have no place yet stay as they are. */
function bySeq(a: AlignedEntry, b: AlignedEntry): number {
  return a.seq === b.seq ? 0 : a.seq - b.seq;
}
