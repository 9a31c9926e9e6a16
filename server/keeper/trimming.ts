import { type RoomId, time } from "@chorus/protocol/ids.ts";
import { every } from "../clock.ts";
import { trimRecordsMax } from "../log/retention.ts";
import type { KeeperState } from "./state.ts";

/** How much of every room's log is kept. Null keeps all. */
export type Keep = { forMs: number | null; bytesMax: number | null };

const roundEveryMs = 60_000;
const pauseMs = 100;

/** Drops what is too old or too much, a little at a time, room after room, so that appends find the log free in between. */
export function startTrimming(keeper: KeeperState, keep: Keep): () => void {
  if (keep.forMs === null && keep.bytesMax === null) return () => {};
  let busy = false;
  return every(keeper.clock, roundEveryMs, () => {
    if (busy) return;
    busy = true;
    keeper.log.rooms((outcome) => {
      trimNext(keeper, keep, outcome.ok ? outcome.value : [], () => (busy = false));
    });
  });
}

function trimNext(keeper: KeeperState, keep: Keep, rooms: readonly RoomId[], done: () => void): void {
  const [room, ...others] = rooms;
  if (room === undefined) return done();
  const olderThan = keep.forMs === null ? null : time(Math.max(0, keeper.clock.now() - keep.forMs));
  keeper.log.trim(room, { olderThan, bytesMax: keep.bytesMax }, (outcome) => {
    if (!outcome.ok) keeper.observe.logFailed?.(room, outcome.failure.message);
    const dropped = outcome.ok ? outcome.value.dropped : 0;
    keeper.observe.trimmed?.(dropped);
    const rest = dropped === trimRecordsMax ? rooms : others;
    keeper.clock.after(pauseMs, () => trimNext(keeper, keep, rest, done));
  });
}
