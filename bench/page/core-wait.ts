import { readFileSync } from "node:fs";
import type { Span } from "./recording.ts";

/**
 * How long a thread stood ready and had no core, by the scheduler of Linux (the second number of `schedstat`). A page on a
 * busy machine has tasks that are long because nothing ran them; these are told apart by it.
 */
export type CoreWait = {
  /** Of this time, by the clock of `Date.now()`. */
  within(span: Span): number;
  stop(): void;
};

const everyMs = 10;

/** @param pid of a renderer: its main thread has the same number. */
export function watchCoreWait(pid: number): CoreWait {
  const samples: { at: number; waitedMs: number }[] = [];
  const timer = setInterval(sample, everyMs);
  sample();

  function sample(): void {
    samples.push({ at: performance.timeOrigin + performance.now(), waitedMs: threadTimes(pid).waitedMs });
  }

  function waitedUntil(at: number): number {
    const next = samples.findIndex((one) => one.at >= at);
    const after = samples[next === -1 ? samples.length - 1 : next];
    const before = samples[Math.max(0, (next === -1 ? samples.length : next) - 1)];
    if (after === undefined || before === undefined) return 0;
    const share = after.at === before.at ? 1 : Math.min(1, (at - before.at) / (after.at - before.at));
    return before.waitedMs + share * (after.waitedMs - before.waitedMs);
  }

  return {
    within: ({ start, ms }) => Math.max(0, waitedUntil(start + ms) - waitedUntil(start)),
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
