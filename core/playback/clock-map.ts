import { limits } from "@chorus/protocol/limits.ts";

/** Of one moment both times: that of the media element, and when it was captured. */
export type Anchor = {
  /** Seconds, as `currentTime` of the element says. */
  readonly mediaTime: number;
  /** Unix milliseconds by the server's clock. */
  readonly wall: number;
  /** By how much `wall` may be wrong, either way. */
  readonly errorMs: number;
};

/** A moment of the picture: Unix milliseconds by the server's clock, and by how much that may be wrong. */
export type Moment = { readonly wall: number; readonly errorMs: number };

/** From `from` on, until the next piece, capture went on as fast as the media: `wall - 1000 * mediaTime` lies within two bounds. */
type Piece = {
  readonly from: number;
  /** Where the bounds are exact; further away they are wider, as clocks drift. */
  readonly at: number;
  readonly low: number;
  readonly high: number;
  /** False while no anchor says when it was. */
  readonly known: boolean;
};

/** Which moment of the world each moment of the media shows: over encoders that come back, and to and fro. */
export type ClockMap = { readonly pieces: readonly Piece[] };

export const noClock: ClockMap = { pieces: [] };

/** Milliseconds per second by which an encoder's clock and the server's may drift apart: 200 ppm, what cheap quartz does. */
const driftMsPerSecond = 0.2;

/** An anchor that the ones before cannot explain begins another piece: the broadcast was interrupted there. */
export function anchored(map: ClockMap, anchor: Anchor): ClockMap {
  const { mediaTime } = anchor;
  const offset = anchor.wall - 1_000 * mediaTime;
  const fresh: Piece = {
    from: mediaTime,
    at: mediaTime,
    low: offset - anchor.errorMs,
    high: offset + anchor.errorMs,
    known: true,
  };
  const index = pieceIndex(map, mediaTime);
  const piece = map.pieces[Math.max(0, index)];
  if (piece === undefined) return { pieces: [fresh] };
  const from = Math.min(piece.from, mediaTime);
  if (!piece.known) return index < 0 ? bounded([fresh, ...map.pieces]) : put(map, index, { ...fresh, from });
  const { low, high } = boundsAt(piece, mediaTime);
  const both = { ...fresh, from, low: Math.max(low, fresh.low), high: Math.min(high, fresh.high) };
  if (both.low <= both.high) return put(map, Math.max(0, index), both);
  if (piece.from === mediaTime) return put(map, index, fresh);
  return bounded([...map.pieces.slice(0, index + 1), fresh, ...map.pieces.slice(index + 1)]);
}

/** From here on nothing that was known holds, until an anchor says what does. */
export function discontinuous(map: ClockMap, mediaTime: number): ClockMap {
  const before = map.pieces.filter(({ from }) => from < mediaTime);
  return bounded([...before, { from: mediaTime, at: mediaTime, low: 0, high: 0, known: false }]);
}

/** Null where nobody can know. */
export function momentAt(map: ClockMap, mediaTime: number): Moment | null {
  const piece = map.pieces[Math.max(0, pieceIndex(map, mediaTime))];
  if (piece === undefined || !piece.known) return null;
  const { low, high } = boundsAt(piece, mediaTime);
  return { wall: 1_000 * mediaTime + (low + high) / 2, errorMs: (high - low) / 2 };
}

/** Where to seek to; for a moment at which nothing was captured, where it went on. Null where nothing is known. */
export function mediaAt(map: ClockMap, wall: number): number | null {
  const known = map.pieces.flatMap((piece, i) => (piece.known ? [{ piece, i }] : []));
  for (const { piece, i } of known.toReversed()) {
    const mediaTime = (wall - offsetOf(piece)) / 1_000;
    const end = map.pieces[i + 1]?.from ?? Infinity;
    if (mediaTime >= piece.from && mediaTime < end) return mediaTime;
  }
  const later = known.find(({ piece }) => 1_000 * piece.from + offsetOf(piece) > wall);
  if (later === undefined) return null;
  const { piece, i } = later;
  return i === 0 ? (wall - offsetOf(piece)) / 1_000 : piece.from;
}

/** The last piece that begins at or before; -1 where all begin later. */
function pieceIndex({ pieces }: ClockMap, mediaTime: number): number {
  return pieces.findLastIndex(({ from }) => from <= mediaTime);
}

function boundsAt({ at, low, high }: Piece, mediaTime: number): { low: number; high: number } {
  const driftMs = Math.abs(mediaTime - at) * driftMsPerSecond;
  return { low: low - driftMs, high: high + driftMs };
}

function offsetOf({ low, high }: Piece): number {
  return (low + high) / 2;
}

function put({ pieces }: ClockMap, index: number, piece: Piece): ClockMap {
  return { pieces: pieces.with(index, piece) };
}

/** What is longest ago is given up: of it nobody is asked any more, and the first piece left is taken for it. */
function bounded(pieces: readonly Piece[]): ClockMap {
  return { pieces: pieces.slice(-limits.mediaClockPiecesMax) };
}
