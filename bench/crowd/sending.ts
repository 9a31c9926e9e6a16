import { setTimeout } from "node:timers/promises";
import { type Key, key } from "@chorus/protocol/ids.ts";
import type { Request } from "@chorus/protocol/requests.ts";
import { masked } from "../bare-sockets.ts";
import type { Viewer } from "./viewer.ts";

export const tickMs = 10;

export function send(viewer: Viewer, frame: Request): void {
  viewer.socket?.write(masked(JSON.stringify(frame)));
}

export function nextKeyOf(viewer: Viewer): Key {
  return key(`bench${String(viewer.number).padStart(7, "0")}:${viewer.nextKey++}`);
}

/** Evenly: each at its time from the start, so that one which is late makes no other late. */
export async function evenly(perSecond: number, ms: number, next: (number: number) => void): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  for (;;) {
    const passed = Math.min(ms, performance.now() - startedAt);
    while (done < (passed / 1_000) * perSecond) next(done++);
    if (passed >= ms) return done;
    await setTimeout(tickMs);
  }
}
