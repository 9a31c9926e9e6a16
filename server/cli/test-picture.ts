/**
 * A picture that says when it was made, to people and to programs: a clock in the middle, and at the lower edge the same moment
 * as a strip of black and white cells. No font and no filter of an encoder is needed for it.
 */
export type TestPicture = {
  readonly width: number;
  readonly height: number;
  /** A frame as planes of Y, U and V (I420, BT.601, limited range), with this moment in it. */
  draw(atMs: number, look?: { flash: boolean }): Uint8Array;
};

/** Milliseconds since 1970, the low forty bits, and eight for a check: each cell is a bit, the highest first. */
export const stampCells = 48;
const stampBits = 40;
const stampHeightPart = 10;

const black = 16;
const white = 235;
const ground = 64;
const neutral = 128;

/** @param width and height even, 160 by 90 at least. */
export function createTestPicture(width: number, height: number): TestPicture {
  const luma = width * height;
  const frame = new Uint8Array((luma * 3) / 2);
  const field = background(width, height);
  const chroma = luma / 4;

  function draw(atMs: number, { flash } = { flash: false }): Uint8Array {
    frame.set(field);
    frame.fill(neutral, luma);
    if (flash) frame.fill(white, 0, luma);
    else colour(atMs);
    drawBox(atMs);
    drawClock(atMs);
    drawStamp(atMs);
    return frame.slice();
  }

  /** A hue that goes round in a minute, so that a still picture is seen to be one. */
  function colour(atMs: number): void {
    const angle = (atMs / 60_000) * 2 * Math.PI;
    frame.fill(neutral + Math.round(50 * Math.cos(angle)), luma, luma + chroma);
    frame.fill(neutral + Math.round(50 * Math.sin(angle)), luma + chroma, luma + 2 * chroma);
  }

  /** Goes from side to side in four seconds: what stutters is seen to. */
  function drawBox(atMs: number): void {
    const size = Math.floor(height / 12);
    const phase = (atMs % 4_000) / 4_000;
    const along = phase < 0.5 ? phase * 2 : 2 - phase * 2;
    fill(Math.floor(along * (width - size)), Math.floor(height / 8), size, size, white);
  }

  function drawClock(atMs: number): void {
    const text = new Date(atMs).toISOString().slice(11, 21);
    const unit = Math.floor(width / (text.length * 5 + 2));
    const top = Math.floor(height / 2) - 4 * unit;
    [...text].forEach((sign, place) => drawSign(sign, (1 + place * 5) * unit, top, unit));
  }

  function drawSign(sign: string, left: number, top: number, unit: number): void {
    for (const [x, y, w, h] of strokesOf(sign))
      fill(left + x * unit, top + y * unit, w * unit, h * unit, white);
  }

  function drawStamp(atMs: number): void {
    const cell = Math.floor(width / stampCells);
    const top = height - Math.floor(height / stampHeightPart);
    stampOf(atMs).forEach((bit, place) => fill(place * cell, top, cell, height - top, bit ? white : black));
  }

  function fill(left: number, top: number, w: number, h: number, value: number): void {
    for (let y = top; y < top + h; y += 1) frame.fill(value, y * width + left, y * width + left + w);
  }

  return { width, height, draw };
}

/** @returns the cells of a moment, from left to right. */
export function stampOf(atMs: number): readonly boolean[] {
  const value = atMs % 2 ** stampBits;
  const bits = [...value.toString(2).padStart(stampBits, "0")];
  const check = checkOf(value)
    .toString(2)
    .padStart(stampCells - stampBits, "0");
  return [...bits, ...check].map((bit) => bit === "1");
}

/** The sum of its bytes: a picture in between two frames is not taken for either. */
function checkOf(value: number): number {
  let sum = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) sum += rest % 256;
  return (sum + 1) % 256;
}

function background(width: number, height: number): Uint8Array {
  const field = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1)
    field.fill(ground + Math.floor((y / height) * 48), y * width, (y + 1) * width);
  return field;
}

type Stroke = readonly [x: number, y: number, w: number, h: number];
/** Of a sign four units wide and eight high: seven segments from the top clockwise, the middle one last. */
const segments: readonly Stroke[] = [
  [0, 0, 4, 1],
  [3, 0, 1, 4],
  [3, 4, 1, 4],
  [0, 7, 4, 1],
  [0, 4, 1, 4],
  [0, 0, 1, 4],
  [0, 4, 4, 1],
];
const lit: Readonly<Record<string, string>> = {
  "0": "012345",
  "1": "12",
  "2": "01643",
  "3": "01623",
  "4": "5612",
  "5": "05623",
  "6": "056234",
  "7": "012",
  "8": "0123456",
  "9": "012356",
};

function strokesOf(sign: string): readonly Stroke[] {
  if (sign === ":")
    return [
      [1, 2, 1, 1],
      [1, 5, 1, 1],
    ];
  if (sign === ".") return [[1, 7, 1, 1]];
  const those = lit[sign] ?? "";
  return segments.filter((_, place) => those.includes(String(place)));
}
