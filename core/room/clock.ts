import { type Time, time } from "@chorus/protocol/ids.ts";
import type { RoomState } from "./state.ts";

/** What a room knows of time beside its entries. Not durable. `behind`: where the wall stood when it fell behind. */
export type RoomClock = { latest: Time; behind: { wall: Time; time: Time } | null };

/**
 * The room's time: the wall's, which never goes back. Where the wall is behind what the room has said already, because
 * somebody has set it right, the room goes on at half speed until the wall has caught up: pauses and sanctions end.
 */
export function timeIn(room: RoomState, wall: Time): Time {
  const { clock } = room;
  const floor = Math.max(room.now, clock.latest);
  if (wall >= floor) {
    clock.behind = null;
    clock.latest = wall;
    return wall;
  }
  if (clock.behind === null || wall < clock.behind.wall) clock.behind = { wall, time: time(floor) };
  const { behind } = clock;
  clock.latest = time(Math.max(floor, behind.time + Math.floor((wall - behind.wall) / 2)));
  return clock.latest;
}
