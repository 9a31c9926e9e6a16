import { setTimeout } from "node:timers/promises";
import { limits } from "@chorus/protocol/limits.ts";
import { evenly, nextKeyOf, send, tickMs } from "./sending.ts";
import type { Ears, Viewer } from "./viewer.ts";

/** How viewers tap: each at an even pace, and what has been gathered is sent by the rules of the SDK, or by those of others. */
const tapped = "❤️";

/** Whatever the server says, everybody at their own moment, the same in each interval. Where it is no whole number of taps, it is now one more, now one less. */
export function tapEvery(
  { counts }: Ears,
  tapping: readonly Viewer[],
  perSecondEach: number,
  everyMs: number,
  ms: number,
): Promise<number> {
  const perFrame = (perSecondEach * everyMs) / 1_000;
  return evenly((tapping.length * 1_000) / everyMs, ms, (number) => {
    const viewer = tapping[number % tapping.length];
    if (viewer === undefined || viewer.stage !== "live") return;
    const round = Math.floor(number / tapping.length);
    const taps = Math.floor((round + 1) * perFrame) - Math.floor(round * perFrame);
    counts.taps += taps;
    sendTaps({ counts }, viewer, taps);
  });
}

/** Begins within a second. What was tapped and not sent is lost with the connection, and nobody taps without one. */
type Tapper = { viewer: Viewer; startAt: number; gone: number; sentAt: number };

/** As the SDK does: gathered for as long as the server says, or until no more fit into a frame. */
export async function tapAsTold(
  { counts }: Pick<Ears, "counts">,
  tapping: readonly Viewer[],
  perSecondEach: number,
  ms: number,
): Promise<number> {
  const everyMs = 1_000 / perSecondEach;
  const total = Math.floor(ms / everyMs);
  const startedAt = performance.now();
  const due = new Map<number, Tapper[]>();
  let [left, tick] = [tapping.length, 0];
  for (const viewer of tapping) {
    const startAt = startedAt + Math.random() * 1_000;
    plan({ viewer, startAt, gone: 0, sentAt: -Infinity });
  }
  for (; left > 0; await setTimeout(tickMs)) {
    for (const now = performance.now(); startedAt + tick * tickMs <= now; tick++) {
      for (const tapper of due.get(tick) ?? []) {
        leave(tapper, performance.now());
        if (tapper.gone < total) plan(tapper);
        else left -= 1;
      }
      due.delete(tick);
    }
  }
  return total * tapping.length;

  function plan(tapper: Tapper): void {
    const at = Math.max(tick + 1, Math.ceil((dueAt(tapper, everyMs) - startedAt) / tickMs));
    const others = due.get(at);
    if (others === undefined) due.set(at, [tapper]);
    else others.push(tapper);
  }

  function leave(tapper: Tapper, now: number): void {
    const { viewer, startAt, sentAt } = tapper;
    const tappedUntil = (at: number): number => Math.min(total, 1 + Math.floor((at - startAt) / everyMs));
    const was = Math.max(tapper.gone, tappedUntil(now));
    if (viewer.stage !== "live" || viewer.liveAt > Math.max(sentAt, startedAt)) {
      const lost = tappedUntil(viewer.lostAt ?? sentAt) - tapper.gone;
      counts.taps += Math.max(0, lost);
      tapper.gone = was;
    } else {
      const taps = Math.min(limits.tapsPerFrameMax, was - tapper.gone);
      counts.taps += taps;
      tapper.gone += taps;
      if (taps > 0) sendTaps({ counts }, viewer, taps);
    }
    tapper.sentAt = now;
  }
}

function dueAt({ viewer, startAt, gone, sentAt }: Tapper, everyMs: number): number {
  const firstAt = startAt + gone * everyMs;
  const fullAt = firstAt + (limits.tapsPerFrameMax - 1) * everyMs;
  const spread = (viewer.gatherMs - limits.gatherMsMin) / 2;
  const gathered = Math.max(firstAt, sentAt + viewer.gatherMs - spread) + Math.random() * spread;
  return Math.min(gathered, Math.max(fullAt, sentAt + limits.gatherMsMin));
}

function sendTaps({ counts }: Pick<Ears, "counts">, viewer: Viewer, taps: number): void {
  counts.tapFrames += 1;
  send(viewer, { t: "react", room: viewer.room, key: nextKeyOf(viewer), taps: { [tapped]: taps } });
}
