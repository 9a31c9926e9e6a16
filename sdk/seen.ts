import * as bounds from "./bounds.ts";
import { isJoined, type Machine, type Room, send } from "./state.ts";
import { seq } from "./wire.ts";

/**
 * How far a room is applied, reported to the server, which judges slowness and the reach of removals by it. Everybody
 * in a room moves at the same moment, so the reports are spread by chance. Urgent is a removal or a view, and any
 * progress of a hidden tab, whose timers cannot be relied on. A lot at once is reported soon, since a server writes only so
 * much to whom it has not heard of.
 */
export function noteProgress(machine: Machine, room: Room, urgent: boolean): void {
  const { now, random } = machine;
  if (room.pos <= room.seenPos) return;
  const within = (ms: number) => now + Math.ceil(random * ms);
  const by = (at: number) => (room.seenDue = Math.min(room.seenDue, at));
  const earliest = Math.max(now, room.seenAt + bounds.seenSoonMs);
  if (room.seenDue === Infinity) by(bounds.seenSoonMs + within(bounds.seenLateMs - bounds.seenSoonMs));
  if (urgent) by(Math.max(earliest, within(bounds.seenSoonMs)));
  if (machine.hidden) by(earliest);
  room.unseenSize += machine.size;
  if (room.unseenSize < bounds.seenSize) return;
  room.unseenSize = -Infinity;
  by(within(bounds.seenBurstMs));
}

export function reportSeen(machine: Machine, room: Room): void {
  room.seenDue = Infinity;
  if (!isJoined(room) || room.pos <= room.seenPos) return;
  room.seenPos = room.pos;
  room.unseenSize = 0;
  room.seenAt = machine.now;
  send(machine, { t: "seen", room: room.id, seq: seq(room.pos) });
}
