/**
 * Which packets of a track have not arrived, and when to ask for each again (RFC 4585, 6.2.1). The first request goes out
 * with the next packet after the hole; others follow each time that a round trip and some more has passed, until the
 * deadline, after which nobody could use the packet any more.
 */
export type Missing = {
  /** @returns false for what was there before. */
  arrived(sequence: number, now: number): boolean;
  /** What is to be asked for now, at most so many at once. */
  due(now: number, rttMs: number): readonly number[];
  /** How many were given up since the beginning. */
  readonly lost: number;
  /** How many are being waited for. */
  readonly open: number;
};

export type MissingBounds = {
  readonly holesMax: number;
  readonly requestMax: number;
  readonly giveUpMs: number;
};

/** A packet that only went another way comes within this time: nothing is asked for before. */
const reorderMs = 5;
/** No request twice within this time, however short the round trip: the answer has to be made and sent. */
const againMs = 20;

type Hole = { since: number; askedAt: number | null };

export function createMissing(bounds: MissingBounds): Missing {
  const holes = new Map<number, Hole>();
  let highest: number | null = null;
  let lost = 0;

  function open(from: number, to: number, now: number): void {
    const first = Math.max(from, to - bounds.holesMax);
    lost += first - from;
    for (let sequence = first; sequence < to; sequence += 1)
      holes.set(sequence, { since: now, askedAt: null });
    for (const sequence of holes.keys()) {
      if (holes.size <= bounds.holesMax) break;
      holes.delete(sequence);
      lost += 1;
    }
  }

  return {
    arrived(sequence, now) {
      if (highest === null) {
        highest = sequence;
        return true;
      }
      if (sequence <= highest) return holes.delete(sequence);
      if (sequence > highest + 1) open(highest + 1, sequence, now);
      highest = sequence;
      return true;
    },
    due(now, rttMs) {
      const asked: number[] = [];
      for (const [sequence, hole] of holes) {
        if (now - hole.since >= bounds.giveUpMs) {
          holes.delete(sequence);
          lost += 1;
        } else if (asked.length < bounds.requestMax && isDue(hole, now, rttMs)) {
          hole.askedAt = now;
          asked.push(sequence);
        }
      }
      return asked;
    },
    get lost() {
      return lost;
    },
    get open() {
      return holes.size;
    },
  };
}

function isDue({ since, askedAt }: Hole, now: number, rttMs: number): boolean {
  if (askedAt === null) return now - since >= reorderMs;
  return now - askedAt >= Math.max(againMs, rttMs * 1.25);
}
