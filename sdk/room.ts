import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { Joined, Left, Tally } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Join } from "@chorus/protocol/requests.ts";
import * as bounds from "./bounds.ts";
import type { FailureReason, RefusedRoomReason } from "./events.ts";
import { applyEntry } from "./fold.ts";
import { failAll, forgetSent, pump, refuseAll, restorePending } from "./pending.ts";
import { awaitView, dropEarly, forgetPosition } from "./ranges.ts";
import { dropTaps } from "./reactions.ts";
import {
  backoff,
  createRoom,
  findRoom,
  isJoined,
  type Machine,
  type Room,
  send,
  tell,
  tellState,
} from "./state.ts";
import { seq } from "./wire.ts";

/** From joining a room to leaving it, over any number of connections. */
export function enterRoom(machine: Machine, id: RoomId, kept: unknown): void {
  const { state } = machine.link;
  if (state === "closed") return;
  const known = findRoom(machine, id);
  const room = known ?? createRoom(id, machine.options);
  if (known === undefined) {
    machine.rooms.push(room);
    restorePending(machine, room, kept);
  } else if (known.phase !== "refused") return;
  room.phase = "joining";
  room.reason = null;
  tellState(machine, room);
  if (state === "refused") refuseRoom(machine, room, "connection-refused");
  else if (state === "live") sendJoin(machine, room);
  pump(machine, room);
}

export function leaveRoom(machine: Machine, room: Room): void {
  if (machine.link.state === "live" && room.phase !== "refused") send(machine, { t: "leave", room: room.id });
  machine.rooms = machine.rooms.filter((other) => other !== room);
  closeRoom(machine, room, "left");
}

export function closeRoom(machine: Machine, room: Room, reason: FailureReason): void {
  failAll(machine, room, reason);
  room.phase = "left";
  tellState(machine, room);
}

export function refuseRoom(machine: Machine, room: Room, reason: RefusedRoomReason): void {
  room.phase = "refused";
  room.reason = reason;
  settleDown(room);
  tellState(machine, room);
  if (reason === "connection-refused") failAll(machine, room, reason);
  else refuseAll(machine, room, reason === "archived" ? "ended" : reason);
}

/** The connection is gone; what the room shows and what waits to be sent stay. */
export function suspendRoom(machine: Machine, room: Room): void {
  if (room.phase === "refused") return;
  room.phase = "joining";
  room.sending = "open";
  settleDown(room);
  forgetSent(room);
  pump(machine, room);
  tellState(machine, room);
}

export function sendJoin(machine: Machine, room: Room): void {
  if (room.phase === "refused") return;
  const join: Join = { t: "join", room: room.id };
  if (room.epoch !== null && room.pos >= 0) {
    join.epoch = room.epoch;
    join.seq = seq(room.pos);
  }
  if (machine.rests) join.hidden = true;
  room.joinAt = machine.now + bounds.joinWithinMs;
  send(machine, join);
}

export function receiveJoined(machine: Machine, room: Room, joined: Joined): void {
  if (room.phase === "refused") return;
  const otherSeqs = room.audience !== null && room.audience !== joined.audience && room.pos >= 0;
  const otherHistory = room.epoch !== null && room.epoch !== joined.epoch;
  room.audience = joined.audience;
  room.role = joined.role;
  room.grants = joined.grants;
  room.epoch = joined.epoch;
  room.target = joined.seq;
  room.joinTries = 0;
  room.joinAt = Infinity;
  room.tallyVersion = -1;
  room.awaitsView = false;
  room.gapTold = false;
  room.tier = null;
  room.phase = "catching-up";
  dropEarly(room);
  if (otherHistory) forgetPosition(room);
  else if (otherSeqs) room.pos = -1;
  room.seenPos = Math.max(0, room.pos);
  // The positions of the two audiences do not compare: what follows was counted from a position that means nothing.
  if (otherSeqs && joined.how === "resumed") {
    room.phase = "joining";
    return sendJoin(machine, room);
  }
  if (joined.how !== "resumed" || room.pos < 0) awaitView(machine, room);
  else if (room.pos >= room.target) room.phase = "live";
  tellState(machine, room);
  pump(machine, room);
}

export function receiveLeft(machine: Machine, room: Room, left: Left): void {
  // An answer to an earlier leave: the application has joined again since.
  if (left.reason === "left") return;
  if (left.reason !== "unavailable") return refuseRoom(machine, room, left.reason);
  suspendRoom(machine, room);
  const waitMs = backoff(machine, room.joinTries++);
  room.joinAt = machine.now + (left.retryMs ?? waitMs);
}

export function receiveStatus(machine: Machine, room: Room, sending: Room["sending"]): void {
  const resumes = room.sending === "paused" && sending === "open";
  room.sending = sending;
  if (resumes) forgetSent(room);
  tellState(machine, room);
  pump(machine, room);
}

export function receiveTally(machine: Machine, room: Room, tally: Tally): void {
  if (tally.v < room.tallyVersion) return;
  room.tallyVersion = tally.v;
  room.fold.tally = tally;
  tell(machine, room, "tally", tally);
}

/** Entries without a place in the sequence: ahead of it, or for this person alone. */
export function receiveLoose(machine: Machine, room: Room, bodies: readonly EntryBody[]): void {
  if (!isJoined(room)) return;
  for (const body of bodies) applyEntry(machine, room, body, null);
}

function settleDown(room: Room): void {
  room.joinAt = Infinity;
  room.seenDue = Infinity;
  room.awaitsView = false;
  dropEarly(room);
  dropTaps(room);
}
