import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { slownessOf } from "./ladder.ts";

/**
 * When a room's next flush is due: at once after silence, else one window after the last, so that bursts share a write.
 * A clock may be set back: a last flush that lies ahead was just now.
 */
export function nextFlush(lastFlush: Time, now: Time, windowMs: number): Time {
  return time(Math.max(now, Math.min(lastFlush, now) + windowMs));
}

/** How fast a process can write, and how much it has to do. */
export type Pace = {
  /** Of one write to one socket, as measured; microseconds. */
  readonly writeUs: number;
  /** Of writing, against what `ladder.ts` reckons with. */
  readonly slowness: number;
  /** How many times longer windows are than their room alone would need: rooms share one loop. */
  readonly stretch: number;
  /** Since when the loop has had time to spare; null while it has not. */
  readonly spareSince: Time | null;
  /** Parts of the loop's time: of writing to rooms without totals, which take what is left, and of all that is not writing. */
  readonly writing: number;
  readonly other: number;
  /** The part of a core that the process is given; 1 while it is not told apart from a whole one. */
  readonly capacity: number;
};

/** What was done since the last time, `ms` ago. `busyMs` is the loop's own time, the others are the processor's. */
export type Worked = {
  readonly ms: number;
  readonly busyMs: number;
  readonly cpuMs: number;
  readonly writes: number;
  /** Of what was written. */
  readonly bytes: number;
  readonly writingMs: number;
  /** How many of the writes were totals. */
  readonly totals: number;
};

export const firstPace: Pace = {
  writeUs: 10,
  slowness: 1,
  stretch: 1,
  spareSince: null,
  writing: 0,
  other: 0,
  capacity: 1,
};

/** One room's writing may take this much of the loop: the rest is for what comes in, for other rooms and for what goes wrong. */
const roomShareMax = 0.35;
const stepMs = 10;

/**
 * How long what is said is gathered: the more sockets there are and the longer a write takes, the longer, so that flushes
 * take no more than their share of the loop. How much is said does not matter: in a quiet room each entry is the first after
 * silence, and leaves at once. Where the loop is full, it is the large rooms that wait, if there are any.
 */
export function windowMs(sockets: number, { writeUs, stretch }: Pace, isStretched: boolean): number {
  const alone = Math.max(limits.windowMs, (sockets * writeUs) / 1_000 / roomShareMax);
  const ms = isStretched ? alone * stretch : alone;
  return Math.min(limits.windowMsMax, Math.ceil(ms / stepMs) * stepMs);
}

/** A room that takes less of all writing than this is not what fills the loop, as long as another one takes more. */
export const largeShare = 0.05;

/** Fewer writes than this say little of what one costs. */
const writesMin = 500;
const newShare = 0.3;
const writeUsMax = 1_000;
const slownessMax = 20;
const fullAbove = 0.8;
/** A process that shares its core waits for it, and so much of that is not taken for work. */
const waitingShare = 0.15;
/** Whoever is idle less than this takes all that it is given. */
const idleMin = 0.05;
/** Where others take the loop's time longer windows would only delay. */
const writingAbove = 0.1;
/** What a step back would leave it busy at most. */
const spareBelow = 0.75;
const spareMs = 5_000;
const wider = 1.5;
const narrower = 1 / 1.25;
const stretchMax = limits.windowMsMax / limits.windowMs;

/** Writing keeps so much of the loop, whatever else it does: what is given up in a room would not help that. */
const writingMin = 0.15;

/**
 * How many times more than it may a room takes that takes its whole share, since the loop does other things too, or rooms
 * together are more than it can write in the widest windows. At least 1.
 */
export function crowding({ stretch, writing, other, capacity }: Pace, roomShare: number): number {
  const left = Math.max(writingMin, fullAbove * capacity - other);
  const together = stretch === stretchMax ? writing / left : 1;
  return Math.max(1, roomShare / left, together);
}

/** Windows widen at once when the loop is full, and narrow by small steps when it has long had time to spare for one. */
export function paceAfter(
  before: Pace,
  { ms, busyMs, cpuMs, writes, bytes, writingMs, totals }: Worked,
  now: Time,
): Pace {
  let { writeUs, slowness } = before;
  if (writes >= writesMin) {
    const tookUs = writingMs * 1_000;
    writeUs += (Math.min(writeUsMax, tookUs / writes) - writeUs) * newShare;
    slowness += (Math.min(slownessMax, slownessOf(writes, bytes, tookUs)) - slowness) * newShare;
  }
  const totalsMs = totals === 0 ? 0 : (writingMs * totals) / writes;
  const share = Math.max(cpuMs / ms, busyMs / ms - waitingShare) - totalsMs / ms;
  const toRooms = (writingMs - totalsMs) / ms;
  const writing = before.writing + (toRooms - before.writing) * newShare;
  const other = before.other + ((cpuMs - writingMs) / ms - before.other) * newShare;
  const given = busyMs / ms > 1 - idleMin ? cpuMs / busyMs : 1;
  const capacity = before.capacity + (given - before.capacity) * newShare;
  const measured = { writeUs, slowness, writing, other, capacity };
  if (share > fullAbove && toRooms > writingAbove)
    return { ...measured, stretch: Math.min(stretchMax, before.stretch * wider), spareSince: null };
  const narrowed = share + toRooms * (1 / narrower - 1);
  if (narrowed > spareBelow || before.stretch === 1)
    return { ...measured, stretch: before.stretch, spareSince: null };
  const spareSince = before.spareSince ?? now;
  if (now - spareSince < spareMs) return { ...measured, stretch: before.stretch, spareSince };
  return { ...measured, stretch: Math.max(1, before.stretch * narrower), spareSince };
}
