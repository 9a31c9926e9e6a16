/**
 * Durations, counted in tenths of a millisecond up to a minute, so that millions of them take no more room than a few.
 * Longer ones count as a minute.
 */
export type Latencies = {
  record(ms: number): void;
  readonly count: number;
  percentile(of: number): number | null;
};
export type Percentiles = { p50: number | null; p95: number | null; p99: number | null };

const stepsPerMs = 10;
const msMax = 60_000;

export function createLatencies(): Latencies {
  const counts = new Uint32Array(msMax * stepsPerMs + 1);
  let count = 0;
  return {
    get count() {
      return count;
    },
    record(ms) {
      const step = Math.round(Math.min(Math.max(ms, 0), msMax) * stepsPerMs);
      counts[step] = (counts[step] ?? 0) + 1;
      count += 1;
    },
    percentile: (of) =>
      count === 0 ? null : nearestRank(counts, Math.ceil((of / 100) * count)) / stepsPerMs,
  };
}

export function percentilesOf(latencies: Latencies): Percentiles {
  return { p50: latencies.percentile(50), p95: latencies.percentile(95), p99: latencies.percentile(99) };
}

export function shownPercentiles({ p50, p95, p99 }: Percentiles): string {
  return p50 === null ? "none measured" : `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`;
}

/** The smallest value that so many are not above. */
function nearestRank(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (let step = 0; step < counts.length; step++) {
    seen += counts[step] ?? 0;
    if (seen >= rank) return step;
  }
  return counts.length - 1;
}
