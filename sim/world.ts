import { time, type Time } from "@chorus/protocol/ids.ts";
import type { Clock } from "@chorus/server/clock.ts";

/** Virtual time: what is planned happens in order of its time, then of its planning, and nothing happens by itself. */
export type World = {
  now: number;
  plan(delayMs: number, run: () => void): void;
  /** Runs everything up to a moment; throws when the world does not come to rest within `eventsMax`. */
  runUntil(moment: number): void;
  events: number;
};

/** A process in the world. Its timers die with it. */
export type Process = { readonly name: string; alive: boolean; life: number };

/** Work takes time: things happen in between. */
const turnMs = 1;
const eventsMax = 2_000_000;
type Event = { at: number; order: number; run: () => void };

export function createWorld(start: number): World {
  const heap: Event[] = [];
  let order = 0;
  const world: World = {
    now: start,
    events: 0,
    plan(delayMs, run) {
      push(heap, { at: world.now + Math.max(0, delayMs), order: order++, run });
    },
    runUntil(moment) {
      for (let next = heap[0]; next !== undefined && next.at <= moment; next = heap[0]) {
        pop(heap);
        world.now = next.at;
        world.events += 1;
        if (world.events > eventsMax) throw new Error("The world does not come to rest.");
        next.run();
      }
      world.now = moment;
    },
  };
  return world;
}

export function clockOf(world: World, process: Process): Clock {
  const { life } = process;
  const lives = (): boolean => process.alive && process.life === life;
  return {
    now: (): Time => time(Math.floor(world.now)),
    after(ms, run) {
      let off = false;
      world.plan(ms, () => {
        if (!off && lives()) run();
      });
      return () => {
        off = true;
      };
    },
    soon(run) {
      world.plan(turnMs, () => {
        if (lives()) run();
      });
    },
    busyMs: () => 0,
    cpuMs: () => 0,
  };
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(event, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const right = heap[child + 1];
    let below = heap[child];
    if (below === undefined) break;
    if (right !== undefined && isBefore(right, below)) {
      below = right;
      child += 1;
    }
    if (!isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
}
