/** When a broadcast is tried again: soon at first, more rarely later, and not by all viewers at once. */
export type Retries = {
  /** @returns after how many milliseconds. */
  next(): number;
  /** The next attempt is the first one again. */
  forget(): void;
};

const msMin = 1_000;
const msMax = 10_000;
const doublingsMax = 8;

export function createRetries(): Retries {
  let tries = 0;
  return {
    next() {
      const ms = Math.min(msMin * 2 ** Math.min(tries, doublingsMax), msMax);
      tries++;
      return ms * (0.8 + Math.random() / 5);
    },
    forget() {
      tries = 0;
    },
  };
}
