import { remembersOlder } from "@chorus/core/room/forgetting.ts";
import { type RoomId, type Time, time } from "@chorus/protocol/ids.ts";
import { every } from "../clock.ts";
import { trimRecordsMax } from "../log/retention.ts";
import { saveSnapshot, withHost } from "./hosting.ts";
import type { KeeperState } from "./state.ts";
import { accept } from "./turns.ts";

/** How much of every room is kept. Null keeps all. */
export type Keep = { forMs: number | null; bytesMax: number | null };

const roundEveryMs = 60_000;
/** Rooms that nobody has opened are looked into at the start, and every so many rounds. */
const deepEvery = 360;
const pauseMs = 100;

/**
 * Drops what is too old or too much, a little at a time, room after room, so that appends find the log free in between. A
 * room also forgets what is too old, and its snapshot with it: else it would be shown to all who come.
 */
export function startTrimming(keeper: KeeperState, keep: Keep): () => void {
  if (keep.forMs === null && keep.bytesMax === null) return () => {};
  let busy = false;
  let rounds = 0;
  return every(keeper.clock, roundEveryMs, () => {
    if (busy) return;
    busy = true;
    const deep = rounds % deepEvery === 0;
    rounds += 1;
    keeper.log.rooms((outcome) => {
      const rooms = outcome.ok ? outcome.value : [];
      trimNext(keeper, keep, deep, rooms, () => (busy = false));
    });
  });
}

function trimNext(
  keeper: KeeperState,
  keep: Keep,
  deep: boolean,
  [room, ...others]: readonly RoomId[],
  done: () => void,
): void {
  if (room === undefined) return done();
  const before = keep.forMs === null ? null : time(Math.max(0, keeper.clock.now() - keep.forMs));
  const goOn = (): void => trimNext(keeper, keep, deep, others, done);
  const drop = (): void => trim(keeper, room, { olderThan: before, bytesMax: keep.bytesMax }, goOn);
  if (deep || keeper.hosts.has(room)) forget(keeper, room, before, drop);
  else drop();
}

/** What follows the newest snapshot is never dropped, so there is a new one first. */
function forget(keeper: KeeperState, room: RoomId, before: Time | null, done: () => void): void {
  withHost(keeper, room, ({ state }) => {
    if (before !== null && state !== null && remembersOlder(state, before))
      accept(keeper, room, { i: "forget", before });
    keeper.clock.after(pauseMs, () =>
      withHost(keeper, room, (host) => {
        saveSnapshot(keeper, host, "in parts");
        done();
      }),
    );
  });
}

function trim(
  keeper: KeeperState,
  room: RoomId,
  keep: { olderThan: Time | null; bytesMax: number | null },
  done: () => void,
): void {
  keeper.log.trim(room, keep, (outcome) => {
    if (!outcome.ok) keeper.observe.logFailed?.(room, outcome.failure.message);
    const dropped = outcome.ok ? outcome.value.dropped : 0;
    keeper.observe.trimmed?.(dropped);
    const more = dropped === trimRecordsMax;
    keeper.clock.after(pauseMs, () => (more ? trim(keeper, room, keep, done) : done()));
  });
}
