import { readFileSync } from "node:fs";
import type { Span } from "./recording.ts";

/**
 * How long a thread stood ready and had no core, by the scheduler of Linux (the second number of `schedstat`). A page on a
 * busy machine has tasks that are long because nothing ran them; these are told apart by it.
 */
export type CoreWait = {
  /** What surely lies in this span, by the clock of `Date.now()`. */
  within(span: Span): number;
  stop(): void;
};

const everyMs = 5;

/** @param pid of a renderer: its main thread has the same number. */
export function watchCoreWait(pid: number): CoreWait {
  const samples: { at: number; waitedMs: number }[] = [];
  const timer = setInterval(sample, everyMs);
  sample();

  function sample(): void {
    samples.push({ at: performance.timeOrigin + performance.now(), waitedMs: threadTimes(pid).waitedMs });
  }

  /** The kernel counts a wait when it is over: what is counted at the first sample in a span may have been before it. */
  function within({ start, ms }: Span): number {
    const first = samples.find(({ at }) => at >= start);
    const last = samples.findLast(({ at }) => at <= start + ms);
    return first === undefined || last === undefined ? 0 : Math.max(0, last.waitedMs - first.waitedMs);
  }

  return {
    within,
    stop: () => clearInterval(timer),
  };
}

/** Of a process's main thread: how long it ran, and how long it would have run had there been a core. */
export function threadTimes(pid: number): { ranMs: number; waitedMs: number } {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
    return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
  } catch {
    return { ranMs: 0, waitedMs: 0 };
  }
}
