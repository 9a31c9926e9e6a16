/** Taps so far, by emoji. */
export type Taps = Readonly<Record<string, number>>;
export type Rise = { readonly emoji: string; readonly count: number };

/** Follows the tallies of a room and says how many particles are to fly for what rose since the last one. */
export type TallyBursts = {
  /** Its particle flies already: the next tally that has it does not show it a second time. */
  tapped(emoji: string, now: number): void;
  told(taps: Taps, now: number): readonly Rise[];
};

/** However many tap, this many fly: a picture and not a flicker. */
export const risesPerSecondMax = 24;
export const risesAtOnceMax = 12;
/** A tap that was lost on its way must not hide somebody else's for ever. */
export const ownTapMs = 2_000;
const ownKindsMax = 16;

export function createTallyBursts(): TallyBursts {
  const own = new Map<string, { count: number; until: number }>();
  let before: Taps | null = null;
  let allowed = risesAtOnceMax;
  let askedAt = -Infinity;

  function tapped(emoji: string, now: number): void {
    const known = own.get(emoji);
    if (known === undefined && own.size >= ownKindsMax) own.clear();
    const count = known !== undefined && known.until > now ? known.count : 0;
    own.set(emoji, { count: count + 1, until: now + ownTapMs });
  }

  /** What was tapped before the first tally is history and does not fly. */
  function told(taps: Taps, now: number): readonly Rise[] {
    const seconds = Math.max(0, now - askedAt) / 1_000;
    allowed = Math.min(risesAtOnceMax, allowed + seconds * risesPerSecondMax);
    askedAt = Math.max(askedAt, now);
    const rises = before === null ? [] : withoutOwn(tallyBursts(before, taps, Infinity), now);
    before = taps;
    const shown = shared(rises, Math.floor(allowed));
    for (const { count } of shown) allowed -= count;
    return shown;
  }

  function withoutOwn(rises: readonly Rise[], now: number): readonly Rise[] {
    return rises.flatMap(({ emoji, count }) => {
      const mine = own.get(emoji);
      if (mine === undefined || mine.until <= now) return [{ emoji, count }];
      const hidden = Math.min(mine.count, count);
      mine.count -= hidden;
      return count === hidden ? [] : [{ emoji, count: count - hidden }];
    });
  }

  return { tapped, told };
}

/**
 * How many of each emoji rose, together at most `most`. A total that fell is another history and counts as nothing. The
 * shares keep their proportion, and as many kinds as possible have at least one.
 */
export function tallyBursts(before: Taps, after: Taps, most: number): readonly Rise[] {
  const rises: Rise[] = [];
  for (const [emoji, count] of Object.entries(after)) {
    const rise = count - (Object.hasOwn(before, emoji) ? (before[emoji] ?? 0) : 0);
    if (rise > 0) rises.push({ emoji, count: rise });
  }
  return shared(rises, most);
}

function shared(rises: readonly Rise[], most: number): readonly Rise[] {
  const sum = rises.reduce((total, { count }) => total + count, 0);
  if (sum <= most) return rises;
  const kinds = rises.toSorted((a, b) => b.count - a.count).slice(0, most);
  const spare = most - kinds.length;
  const all = kinds.reduce((total, { count }) => total + count, 0);
  return kinds.map(({ emoji, count }) => ({ emoji, count: 1 + Math.floor((spare * count) / all) }));
}
