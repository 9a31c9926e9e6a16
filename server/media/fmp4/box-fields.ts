/** The stream is not what it should be. Its message is for the person whose encoder sent it. */
export class FormatError extends Error {}

export const damaged = "The stream is damaged: start the encoder again.";

/** Reads the fields of a box one after another. Every read beyond its end throws a `FormatError`. */
export type Fields = {
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  i32(): number;
  /** @throws FormatError above 2^53 - 1. */
  u64(): number;
  /** @throws FormatError beyond ±(2^53 - 1). */
  i64(): number;
  text(bytes: number): string;
  pass(bytes: number): void;
  /** A view, not a copy. */
  bytes(count: number): Uint8Array;
};

export function fieldsOf(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function next(count: number): number {
    const start = at;
    if (count > bytes.byteLength - start) throw new FormatError(damaged);
    at += count;
    return start;
  }

  return {
    get left() {
      return bytes.byteLength - at;
    },
    u8: () => view.getUint8(next(1)),
    u16: () => view.getUint16(next(2)),
    u32: () => view.getUint32(next(4)),
    i32: () => view.getInt32(next(4)),
    u64: () => exact(view.getBigUint64(next(8))),
    i64: () => exact(view.getBigInt64(next(8))),
    text: (count) => textOf(bytes.subarray(next(count), at)),
    pass: (count) => void next(count),
    bytes: (count) => bytes.subarray(next(count), at),
  };
}

function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new FormatError(damaged);
  return number;
}

export type ReadBox = { readonly type: string; readonly body: Uint8Array };

/** The boxes that follow each other in these bytes, as views. */
export function* boxesIn(bytes: Uint8Array): Generator<ReadBox> {
  const fields = fieldsOf(bytes);
  // Less than the head of a box at the end is padding.
  while (fields.left >= 8) {
    const size = fields.u32();
    const type = fields.text(4);
    if (size < 8) throw new FormatError(damaged);
    yield { type, body: fields.bytes(size - 8) };
  }
}

/** The first box of that type, by its path from here. */
export function findBox(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | null {
  const [wanted, ...rest] = path;
  if (wanted === undefined) return bytes;
  for (const { type, body } of boxesIn(bytes)) {
    if (type === wanted) return findBox(body, ...rest);
  }
  return null;
}

export function needBox(bytes: Uint8Array, ...path: readonly string[]): Uint8Array {
  const body = findBox(bytes, ...path);
  if (body === null) throw new FormatError(damaged);
  return body;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
