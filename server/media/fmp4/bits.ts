import { damaged, FormatError } from "./box-fields.ts";

/** Reads bits from the highest of each byte on. Every read beyond the end throws a `FormatError`. */
export type Bits = {
  /** Up to 32 bits. */
  read(count: number): number;
  flag(): boolean;
  /** Unsigned Exp-Golomb code (ITU-T H.264, 9.1). */
  ue(): number;
  /** Signed Exp-Golomb code (ITU-T H.264, 9.1.1). */
  se(): number;
};

export function bitsOf(bytes: Uint8Array): Bits {
  let at = 0;

  function bit(): number {
    const byte = bytes[at >> 3];
    if (byte === undefined) throw new FormatError(damaged);
    const value = (byte >> (7 - (at & 7))) & 1;
    at += 1;
    return value;
  }

  function read(count: number): number {
    let value = 0;
    for (let n = 0; n < count; n++) value = value * 2 + bit();
    return value;
  }

  function ue(): number {
    let zeros = 0;
    while (bit() === 0) zeros += 1;
    if (zeros > 31) throw new FormatError(damaged);
    return 2 ** zeros - 1 + read(zeros);
  }

  function se(): number {
    const code = ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  return { read, flag: () => bit() === 1, ue, se };
}
