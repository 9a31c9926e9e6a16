import type { Seq, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * One viewer of one room: where they are in the ring, nothing queued for them. `sent` is what was written to their
 * socket, `seen` what they said they have applied. Kernel buffers hide a stalled reader behind megabytes, so
 * slowness is judged by `seen`.
 */
export type Cursor = {
  sent: Seq;
  seen: Seq;
  /** Up to there they came in with: they may have been shown what others were not. */
  whole: Seq;
  stalledSince: Time | null;
};

export function createCursor(at: Seq): Cursor {
  return { sent: at, seen: at, whole: at, stalledSince: null };
}

/** They have everything up to there, not from what all are sent. */
export function stand(cursor: Cursor, at: Seq): void {
  cursor.sent = at;
  cursor.seen = at;
  cursor.whole = at;
}

/** Whether more may be written: not while the viewer is behind the stall line or its socket holds too much. */
export function mayWrite(cursor: Cursor, line: Seq, bufferedBytes: number, now: Time): boolean {
  const behind = cursor.seen < cursor.sent && cursor.seen < line;
  const may = !behind && bufferedBytes <= limits.stalledBytesMax;
  cursor.stalledSince = may ? null : (cursor.stalledSince ?? now);
  return may;
}

export function isLost(cursor: Cursor, now: Time): boolean {
  return cursor.stalledSince !== null && now - cursor.stalledSince > limits.stalledCloseMs;
}

/** A report may be late or repeated; it never moves back, and never ahead of what was sent. True when it moved. */
export function report(cursor: Cursor, seen: Seq): boolean {
  if (seen <= cursor.seen || seen > cursor.sent) return false;
  cursor.seen = seen;
  cursor.stalledSince = null;
  return true;
}
