/** Puts the numbers of RTP, which begin again at zero, into one that only grows (RFC 3550, appendix A.1). */
export type Unwrapper = {
  /** @returns the number nearest to the last one of which these are the low bits. */
  unwrap(low: number): number;
};

export function createUnwrapper(bits: 16 | 32): Unwrapper {
  const turn = 2 ** bits;
  let last: number | null = null;
  return {
    unwrap(low) {
      if (last === null) {
        // One turn ahead, so that what was sent before the first that arrived is not below zero.
        last = low + turn;
        return last;
      }
      const back = last - low;
      const whole = low + Math.round(back / turn) * turn;
      last = Math.max(last, whole);
      return whole;
    },
  };
}

export function low16(sequence: number): number {
  return sequence & 0xffff;
}

/** The low 32 bits, of numbers too that JavaScript's own operators would cut. */
export function low32(timestamp: number): number {
  return ((timestamp % 2 ** 32) + 2 ** 32) % 2 ** 32;
}
