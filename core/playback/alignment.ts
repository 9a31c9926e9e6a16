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

/** The law: what is ordinary is never seen before its picture, unless it waited `alignWaitMs` or too many wait. */
export function createAlignment(): Alignment {
  /** The moment at which an entry was, or will be, first seen: the order of what is shown. */
  let dues = new Map<string, number>();
  /** What was shown early stays, as long as nobody goes back. */
  let forced = new Set<string>();
  let last: { wall: number; rewound: boolean; seenAt: number } | null = null;
  let early = 0;

  function look<E extends AlignedEntry>(entries: readonly E[], facts: AlignmentFacts): Sight<E> {
    const asOf = asOfNow(facts);
    remember(entries, asOf ?? facts.now);
    if (asOf === null) {
      forced = new Set();
      return { shown: inOrder(entries), asOf, withheld: 0, nextMs: null };
    }
    const waiting = entries
      .filter((entry) => entry.lane === "ordinary" && entry.at > asOf)
      .toSorted(byMoment);
    const held = new Set(waitingOn(waiting).map(({ id }) => id));
    const shown = entries.filter(({ id }) => !held.has(id));
    const first = waiting.find(({ id }) => held.has(id));
    return { shown: inOrder(shown), asOf, withheld: held.size, nextMs: nextLook(first, asOf) };
  }

  /** Null where everything is shown. A picture that is lost for a moment goes on in the mind. */
  function asOfNow({ now, mode, picture }: AlignmentFacts): number | null {
    if (mode === "live") {
      last = null;
      return null;
    }
    if (picture !== null) {
      if (last !== null && picture.wall < last.wall) forced = new Set();
      last = { ...picture, seenAt: now };
    }
    if (last === null) return null;
    const goneMs = now - last.seenAt;
    if (goneMs > limits.alignPictureLostMs) {
      last = null;
      return null;
    }
    const wall = last.rewound ? last.wall : last.wall + goneMs;
    return last.rewound ? wall : Math.max(wall, now - limits.alignWaitMs);
  }

  function remember(entries: readonly AlignedEntry[], moment: number): void {
    const next = new Map<string, number>();
    for (const { id, at, lane } of entries)
      next.set(id, dues.get(id) ?? (lane === "ordinary" ? Math.max(at, moment) : moment));
    dues = next;
    forced = new Set([...forced].filter((id) => next.has(id)));
  }

  /** Of too many the oldest do not wait any longer. */
  function waitingOn<E extends AlignedEntry>(waiting: readonly E[]): readonly E[] {
    const still = waiting.filter(({ id }) => !forced.has(id));
    const over = Math.max(0, still.length - limits.alignWithheldMax);
    for (const { id } of still.slice(0, over)) forced.add(id);
    early += over;
    return still.slice(over);
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
