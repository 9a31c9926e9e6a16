import { performance } from "node:perf_hooks";
import { time, type Time } from "@chorus/protocol/ids.ts";

/** Time and waiting, passed in so that a simulation can own them. */
export type Clock = {
  now(): Time;
  /** Runs once after so many milliseconds; returns the way to call it off. */
  after(ms: number, run: () => void): () => void;
  /** Runs once when what has arrived together has been taken in. */
  soon(run: () => void): void;
  /** For how many milliseconds this process has worked and not waited, since it began; with fractions. */
  busyMs(): number;
  /** How many milliseconds of processor time the loop's thread has had; with fractions. Less than `busyMs` where others had the core. */
  cpuMs(): number;
};

export const systemClock: Clock = {
  now: steadyNow(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
  busyMs: () => performance.eventLoopUtilization().active,
  cpuMs() {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  },
};

/** The wall clock without its steps back: when it is set back, time goes on from where it was. */
function steadyNow(): () => Time {
  let ahead = 0;
  let last = 0;
  return () => {
    const wall = Date.now();
    if (wall + ahead < last) ahead = last - wall;
    last = wall + ahead;
    return time(last);
  };
}

/** Runs every so many milliseconds until called off. */
export function every(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.after(ms, again);
  function again(): void {
    cancel = clock.after(ms, again);
    run();
  }
  return () => cancel();
}
