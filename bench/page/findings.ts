import type { Scrolled } from "./scroll-back.ts";
import type { Span } from "./recording.ts";
import type { Watched } from "./watching.ts";

/** What a run comes to, in figures. */
export const longMs = 50;
/** Of an event that the browser did not report: it was shown sooner than this. */
const unreportedMs = 16;

export type LongTasks = { all: number; starved: number; others: number; rest: number; longestMs: number };

/**
 * `starved`: no longer than 50 ms but for the time in which the thread had no core. `others`: no longer but for scripts that
 * are not the chat's. `rest` is the chat's: its scripts, what of style, layout and paint they cause, and the collection of
 * their garbage, which no entry names.
 */
export function longTasksOf({ recording, waitedMs }: Watched): LongTasks {
  const found: LongTasks = { all: 0, starved: 0, others: 0, rest: 0, longestMs: 0 };
  for (const task of recording.tasks) {
    found.all += 1;
    const own = task.ms - waitedMs(task);
    const foreign = recording.frames
      .flatMap(({ scripts }) => scripts)
      .filter(({ source }) => !isChat(source))
      .reduce((sum, script) => sum + overlapMs(script, task), 0);
    if (own <= longMs) found.starved += 1;
    else if (own - foreign <= longMs) found.others += 1;
    else {
      found.rest += 1;
      found.longestMs = Math.max(found.longestMs, own - foreign);
    }
  }
  return found;
}

/** Where the server gives out the element. */
function isChat(source: string): boolean {
  return source.includes("/elements/");
}

function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.start + a.ms, b.start + b.ms) - Math.max(a.start, b.start));
}

/** Those that were faster than browsers report count as the shortest that they do. */
export function interactionsOf({ recording, hands, reported }: Watched): number[] {
  const unreported = Math.max(0, hands.keys + hands.pointers - reported);
  return [
    ...recording.interactions.map(({ ms }) => ms),
    ...Array.from({ length: unreported }, () => unreportedMs),
  ];
}

export function droppedPercent(frames: Watched["frames"]): number {
  return (100 * frames.dropped) / Math.max(1, frames.shown);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Frames longer than 50 ms, with and without the time in which the thread had no core. */
export function longFramesOf({ frames, starvedMs }: Scrolled): { all: number; own: number } {
  const own = frames.map((ms, i) => ms - (starvedMs[i] ?? 0));
  return { all: frames.filter((ms) => ms > longMs).length, own: own.filter((ms) => ms > longMs).length };
}
