/** What viewers of a process have counted; of several processes, the sums. */
export type Counts = ReturnType<typeof noCounts>;

export function noCounts() {
  return {
    /** Ranges that came, and the seqs that they cover. */
    ranges: 0,
    covered: 0,
    shed: 0,
    bytes: 0,
    /** Ranges ahead of the position, and the seqs between: a loss. */
    holes: 0,
    missed: 0,
    /** Ranges that hold nothing new, which the protocol allows. */
    repeated: 0,
    /** Ranges whose entries are not as many as they say. */
    miscounted: 0,
    gaps: 0,
    missedInGaps: 0,
    views: 0,
    reports: 0,
    tallies: 0,
    lost: 0,
    turnedAway: 0,
    failed: 0,
    left: 0,
    said: 0,
    acked: 0,
    refused: 0,
    /** Of those, what somebody said. */
    saidRefused: 0,
    removals: 0,
    taps: 0,
    tapFrames: 0,
  };
}

export function sumOf(parts: readonly { counts: Counts }[]): Counts {
  const sum = noCounts();
  for (const { counts } of parts)
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
  return sum;
}

export function countsBetween(before: Counts, after: Counts): Counts {
  const between = { ...after };
  for (const name of Object.keys(between) as (keyof Counts)[]) between[name] -= before[name];
  return between;
}

/** How often each duration was met, in whole milliseconds: sums of several processes are exact. */
export type Durations = [ms: number, count: number][];
export type DurationCounter = { note(ms: number): void; take(): Durations };

const msMax = 120_000;

export function countDurations(): DurationCounter {
  let counts = new Map<number, number>();
  return {
    note(ms) {
      const step = Math.min(msMax, Math.max(0, Math.round(ms)));
      counts.set(step, (counts.get(step) ?? 0) + 1);
    },
    /** Those since it was asked last. */
    take() {
      const taken = [...counts];
      counts = new Map();
      return taken;
    },
  };
}

/** The smallest duration that so many percent are not above; NaN when there is none. */
export function percentile(durations: Durations, of: number): number {
  const sorted = durations.toSorted(([a], [b]) => a - b);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [ms, count] of sorted) {
    seen += count;
    if (seen >= (of / 100) * all) return ms;
  }
  return NaN;
}
