/** The server's clock, as told with each answer: the best of late is believed. */
export type ServerTime = {
  now(): number;
  errorMs(): number;
  heard(aheadMs: number, errorMs: number): void;
};

/** Two clocks drift apart by some 50 ms in a quarter of an hour at most. */
const keptMs = 900_000;

export function createServerTime(here: () => number = Date.now): ServerTime {
  let best = { aheadMs: 0, errorMs: Number.POSITIVE_INFINITY, at: 0 };
  return {
    now: () => here() + best.aheadMs,
    errorMs: () => best.errorMs,
    heard(aheadMs, errorMs) {
      const at = here();
      /* This machine's clock was set anew when what was known is further off than both errors allow. */
      const contradicts = Math.abs(aheadMs - best.aheadMs) > errorMs + best.errorMs;
      if (errorMs <= best.errorMs || at - best.at > keptMs || contradicts) best = { aheadMs, errorMs, at };
    },
  };
}
