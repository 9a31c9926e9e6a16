import type { Key } from "@chorus/protocol/ids.ts";
import * as bounds from "./bounds.ts";
import { paceAllows, takePace } from "./pending.ts";
import { ownRefusals } from "./refusing.ts";
import { isJoined, type Machine, type Room, send, tellTrouble } from "./state.ts";
import { keyOf, sessionOf } from "./wire.ts";

/**
 * Taps are gathered for as long as the server says, and leave together. They are cosmetic: never sent twice, and dropped where they cannot be sent or
 * are too many. Their keys have a session of their own, since the counters of the commands must not move ahead.
 */
export function tap(machine: Machine, room: Room, emoji: string): void {
  if (!isJoined(room) || machine.link.state !== "live" || room.tapsCount >= bounds.tapsPerFrameMax) return;
  if (room.fold.settings?.emoji.includes(emoji) === false)
    return tellTrouble(machine, { reason: "emoji", sentence: ownRefusals.emoji });
  const known = Object.hasOwn(room.taps, emoji) ? (room.taps[emoji] ?? 0) : 0;
  if (known === 0 && Object.keys(room.taps).length >= bounds.emojiPerRoomMax) return;
  room.taps[emoji] = known + 1;
  room.tapsCount++;
  if (room.tapsCount === 1) room.tapsDue = dueAt(machine, room, room.fold.tally?.gatherMs);
  if (room.tapsCount === bounds.tapsPerFrameMax) room.tapsDue = dueAt(machine, room);
  if (machine.now >= room.tapsDue) sendTaps(machine, room);
}

/** What is gathered for longer leaves at a moment of its own, so that those who tap together do not send together. */
function dueAt({ now, random }: Machine, { tapsAt }: Room, gatherMs: number = bounds.reactEveryMs): number {
  const spread = (gatherMs - bounds.reactEveryMs) / 2;
  return Math.max(now, tapsAt + gatherMs - spread) + random * spread;
}

export function sendTaps(machine: Machine, room: Room): void {
  const mayAt = paceAllows(machine);
  if (machine.now < mayAt) {
    room.tapsDue = mayAt;
    return;
  }
  const { taps } = room;
  dropTaps(room);
  room.tapsAt = machine.now;
  takePace(machine);
  const key = keyOf(sessionOfTaps(machine), machine.nextTaps++);
  send(machine, { t: "react", room: room.id, key, taps });
}

export function isTap(machine: Machine, key: Key): boolean {
  return sessionOf(key) === sessionOfTaps(machine);
}

function sessionOfTaps(machine: Machine): string {
  return `${machine.options.session}-r`;
}

export function dropTaps(room: Room): void {
  room.taps = {};
  room.tapsCount = 0;
  room.tapsDue = Infinity;
}
