/** Where a picture stands against where it should: seconds behind what is captured, the aim, and what is in the buffer ahead. */
export type Standing = { readonly latency: number; readonly target: number; readonly ahead: number };

/** Nearer than the first nothing is done; from the second on it is caught up with until it is nearer than the third. */
const band = { fast: 0.5, from: 0.12, until: 0.03 } as const;
/** Further than this would take a minute. */
const chaseMax = 3;
/** Faster than this is heard. */
const rates = { steady: 1, little: 1.03, fast: 1.06 } as const;
/** What is left ahead while it is caught up: less would stop the picture for what it gains. */
const ahead = { from: 0.35, until: 0.2 } as const;

/** How fast to play, so that who fell behind comes back to the live edge without a jump. @param rate how fast it plays now. */
export function rateFor(standing: Standing, rate: number): number {
  const behind = standing.latency - standing.target;
  const isCatchingUp = rate > rates.steady;
  const least = isCatchingUp ? band.until : band.from;
  const buffer = isCatchingUp ? ahead.until : ahead.from;
  if (!(behind > least) || behind > chaseMax || standing.ahead < buffer) return rates.steady;
  return behind > band.fast ? rates.fast : rates.little;
}

/** Too far behind to come back by playing faster: by a network that was away, a sleeping machine, a hole in the buffer. */
export function isLeftBehind({ latency, target }: Standing): boolean {
  return latency - target > chaseMax;
}
