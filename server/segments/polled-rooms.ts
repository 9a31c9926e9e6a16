import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { every } from "../clock.ts";
import { canFollow, feedOf } from "../gateway/feed.ts";
import type { Gateway } from "../gateway/state.ts";
import { followRoom, type RoomSegments, type SegmentsObserver } from "./room-segments.ts";

/** The rooms that somebody polls at this gateway. A room that nobody polls costs nothing. */
export type PolledRooms = {
  /** Follows the room from now on, and waits for it no longer than so many milliseconds. */
  open(room: RoomId, withinMs: number): Promise<RoomSegments | "no-such-room" | "late" | "too-many">;
  close(): void;
};

const tendEveryMs = 5_000;

export function createPolledRooms(gateway: Gateway, observe: SegmentsObserver): PolledRooms {
  const rooms = new Map<RoomId, { segments: RoomSegments; askedAt: Time }>();
  const stop = every(gateway.clock, tendEveryMs, letGoIdle);

  async function open(
    room: RoomId,
    withinMs: number,
  ): Promise<RoomSegments | "no-such-room" | "late" | "too-many"> {
    const segments = following(room);
    if (segments === null) return "too-many";
    const arrived = await segments.here(withinMs);
    if (arrived === "here") return segments;
    if (arrived === "no-such-room") forget(room, segments);
    return arrived;
  }

  function following(room: RoomId): RoomSegments | null {
    const askedAt = gateway.clock.now();
    const known = rooms.get(room);
    if (known !== undefined) {
      known.askedAt = askedAt;
      return known.segments;
    }
    if (!canFollow(gateway, room)) return null;
    const segments = followRoom(gateway, feedOf(gateway, room), observe);
    rooms.set(room, { segments, askedAt });
    return segments;
  }

  function forget(room: RoomId, segments: RoomSegments): void {
    segments.stop();
    if (rooms.get(room)?.segments === segments) rooms.delete(room);
  }

  function letGoIdle(): void {
    const now = gateway.clock.now();
    for (const [room, { segments, askedAt }] of rooms)
      if (now - askedAt > limits.segmentIdleMs) forget(room, segments);
  }

  return {
    open,
    close() {
      stop();
      for (const [room, { segments }] of rooms) forget(room, segments);
    },
  };
}
