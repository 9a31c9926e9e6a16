/**
 * A server's WebSocket frames (RFC 6455 section 5.2), in whatever pieces they come. Only what is wanted of a frame is gathered:
 * thousands of viewers fit on one core because most of what they receive is stepped over.
 */
export type Scan = { kept: Buffer; skip: number };
/** `bytes` from `start` to `end` is the payload, or the beginning of one that is `length` long. */
export type TakeFrame = (opcode: number, bytes: Buffer, start: number, end: number, length: number) => void;

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9 };
const nothing = Buffer.alloc(0);

export function createScan(): Scan {
  return { kept: nothing, skip: 0 };
}

/** @param wholeMax of a text that is longer, `headBytes` are enough. */
export function scan(state: Scan, chunk: Buffer, wholeMax: number, headBytes: number, take: TakeFrame): void {
  const bytes = state.kept.length === 0 ? chunk : Buffer.concat([state.kept, chunk]);
  let at = state.skip;
  while (at < bytes.length) {
    const header = headerBytes(bytes, at);
    if (header === 0 || bytes.length - at < header) break;
    const length = lengthOf(bytes, at);
    const start = at + header;
    const opcode = (bytes[at] ?? 0) & 15;
    const end = start + (length <= wholeMax || opcode !== opcodes.text ? length : headBytes);
    if (bytes.length < end) break;
    at = start + length;
    take(opcode, bytes, start, end, length);
  }
  state.skip = Math.max(0, at - bytes.length);
  state.kept = at < bytes.length ? Buffer.from(bytes.subarray(at)) : nothing;
}

/** A server's frames are not masked. 0 when even the length is not there yet. */
function headerBytes(bytes: Buffer, at: number): number {
  if (bytes.length - at < 2) return 0;
  const short = bytes[at + 1] ?? 0;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}

function lengthOf(bytes: Buffer, at: number): number {
  const short = bytes[at + 1] ?? 0;
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}

/** The kind of a frame by the first two letters of its `t`, which is all that tells the common ones apart. */
export function kindOf(bytes: Buffer, start: number): string {
  return String.fromCharCode(bytes[start + 6] ?? 0, bytes[start + 7] ?? 0);
}

/** What an `entries` frame says before its entries. */
export type Range = { from: number; to: number; shed: number };

const beforeRoom = '{"t":"entries","room":"'.length;
const beforeFrom = '","from":'.length;
const beforeTo = ',"to":'.length;
const beforeShed = ',"shed":'.length;
const digits = { zero: 0x30, nine: 0x39 };
const letterS = 0x73;
const letterH = 0x68;

/** Reads the range without a parser, and without making anything but the range. */
export function rangeIn(bytes: Buffer, start: number, room: string): Range {
  let at = start + beforeRoom + room.length + beforeFrom;
  const from = next();
  at += beforeTo;
  const to = next();
  const isShed = bytes[at + 2] === letterS && bytes[at + 3] === letterH;
  if (isShed) at += beforeShed;
  return { from, to, shed: isShed ? next() : 0 };

  function next(): number {
    let value = 0;
    for (;;) {
      const digit = bytes[at] ?? 0;
      if (digit < digits.zero || digit > digits.nine) return value;
      value = value * 10 + digit - digits.zero;
      at += 1;
    }
  }
}
