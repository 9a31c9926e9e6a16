/** Bytes in pieces: a box is put together without copying what is in it, and copied once, when it is written. */
export type Pieces = readonly Uint8Array[];

/** The four characters of a box's type, or of a brand. */
export type FourCharacters = string;

/** A box (ISO/IEC 14496-12, 4.2). Its size is that of what it is given, so it cannot be wrong. */
export function box(type: FourCharacters, ...content: readonly Pieces[]): Pieces {
  const inside = content.flat();
  return [...uint32(8 + sizeOf(inside)), ...text(type), ...inside];
}

/** A box with a version and flags (ISO/IEC 14496-12, 4.2.2). */
export function fullBox(
  type: FourCharacters,
  version: number,
  flags: number,
  ...content: readonly Pieces[]
): Pieces {
  return box(type, uint32(version * 2 ** 24 + flags), ...content);
}

export function uint8(...values: readonly number[]): Pieces {
  return [Uint8Array.from(values)];
}

export function uint16(...values: readonly number[]): Pieces {
  return written(2, values, (view, at, value) => view.setUint16(at, value));
}

/** Negative values are written as signed ones. */
export function uint32(...values: readonly number[]): Pieces {
  return written(4, values, (view, at, value) => view.setUint32(at, value));
}

export function uint64(...values: readonly number[]): Pieces {
  return written(8, values, (view, at, value) => view.setBigUint64(at, BigInt(value)));
}

export function text(characters: string): Pieces {
  return [Uint8Array.from(characters, (character) => character.charCodeAt(0))];
}

export function zeros(bytes: number): Pieces {
  return [new Uint8Array(bytes)];
}

export function sizeOf(pieces: Pieces): number {
  return pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0);
}

/** In memory of its own size. */
export function bytesOf(...content: readonly Pieces[]): Uint8Array {
  const pieces = content.flat();
  const bytes = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

function written(
  size: number,
  values: readonly number[],
  write: (view: DataView, at: number, value: number) => void,
): Pieces {
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  for (const [n, value] of values.entries()) write(view, n * size, value);
  return [bytes];
}
