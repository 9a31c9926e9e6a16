import { time, type Time } from "@chorus/protocol/ids.ts";
import type { Clock } from "../clock.ts";

/** Time that passes when a test says so. What is due happens in order of its time, then of its planning. */
export type VirtualTime = {
  now(): Time;
  /** What has been planned for this very moment happens, and what that plans for it. */
  settles(): void;
  passes(ms: number): void;
  /** A process has worked for so long, without time passing for anybody else. */
  works(ms: number): void;
  /** The clock of one process, whose plans die with it. */
  process(): { clock: Clock; dies(): void };
};

type Plan = { at: number; run: () => void };

export function virtualTime(start: number): VirtualTime {
  let elapsed = 0;
  let plans: Plan[] = [];
  let busyMs = 0;
  const now = (): Time => time(start + elapsed);

  function plan(ms: number, run: () => void): Plan {
    const planned = { at: elapsed + Math.max(0, ms), run };
    plans.splice(placeOf(planned.at), 0, planned);
    return planned;
  }

  /** Behind everything that is due by then. */
  function placeOf(at: number): number {
    let [low, high] = [0, plans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((plans[middle]?.at ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function runUntil(end: number): void {
    for (let next = plans[0]; next !== undefined && next.at <= end; next = plans[0]) {
      plans.shift();
      elapsed = next.at;
      next.run();
    }
    elapsed = end;
  }

  return {
    now,
    settles: () => runUntil(elapsed),
    passes: (ms) => runUntil(elapsed + ms),
    works: (ms) => void (busyMs += ms),
    process() {
      let alive = true;
      const whileAlive = (run: () => void) => (): void => {
        if (alive) run();
      };
      const clock: Clock = {
        now,
        after(ms, run) {
          const planned = plan(ms, whileAlive(run));
          return () => {
            plans = plans.filter((other) => other !== planned);
          };
        },
        soon: (run) => void plan(0, whileAlive(run)),
        busyMs: () => busyMs,
        cpuMs: () => busyMs,
      };
      return {
        clock,
        dies() {
          alive = false;
        },
      };
    },
  };
}
