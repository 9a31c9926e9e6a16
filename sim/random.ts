/** A seeded source of chance: sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** Letters and digits. */
  name(length: number): string;
};

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

export function seededRandom(seed: number): Random {
  let s = seed | 0;
  function split(): number {
    s = (s + 0x9e3779b9) | 0;
    let t = s ^ (s >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  }
  let [a, b, c, d] = [split(), split(), split(), 1];
  function next(): number {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }
  const random: Random = {
    next,
    chance: (probability) => next() < probability,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick(from) {
      const chosen = from[Math.floor(next() * from.length)];
      if (chosen === undefined) throw new Error("There is nothing to pick from.");
      return chosen;
    },
    name: (length) => Array.from({ length }, () => random.pick([...alphabet])).join(""),
  };
  for (let i = 0; i < 12; i++) next();
  return random;
}
