import type { Frame, Refused } from "@chorus/protocol/frames.ts";
import type { Key, RoomId } from "@chorus/protocol/ids.ts";
import type { Command } from "@chorus/protocol/requests.ts";
import * as bounds from "./bounds.ts";
import {
  begin,
  closeConnection,
  connectionDue,
  hurry,
  receiveClosed,
  receiveNoToken,
  receiveOpened,
  receiveRefresh,
  receiveToken,
  receiveWelcome,
} from "./connection.ts";
import { discardOwn } from "./own.ts";
import { failure, pump, receiveAnswer, receiveCommand, receiveRefusal, slowDown } from "./pending.ts";
import { receiveEntries, receiveGap, receiveView, stopHolding } from "./ranges.ts";
import { isTap, sendTaps, tap } from "./reactions.ts";
import {
  enterRoom,
  leaveRoom,
  receiveJoined,
  receiveLeft,
  receiveLoose,
  receiveStatus,
  receiveTally,
  refuseRoom,
  sendJoin,
} from "./room.ts";
import { reportSeen } from "./seen.ts";
import { type Effect, findRoom, isJoined, type Machine, type Room, tell, tellTrouble } from "./state.ts";

/**
 * The client without its world: what has happened goes in, orders come out. It has no clock, no chance and no I/O, and
 * whoever drives it calls `step` with `{ i: "woken" }` no later than `machine.wakeAt`.
 */
export type Input =
  | { i: "started" }
  | { i: "opened"; socket: number }
  /** `size` of its text, in UTF-16 units. */
  | { i: "received"; socket: number; frame: Frame; size: number }
  /** `retryMs` is the server's wish where the transport could read one. */
  | { i: "closed"; socket: number; code: number; retryMs: number | null }
  | { i: "token"; token: string | null }
  /** `cause` is what the application threw instead of giving one. */
  | { i: "no-token"; cause: unknown }
  /** `kept` is the value of the last `keep` under `pendingKey(room)`, or null. */
  | { i: "entered"; room: RoomId; kept: unknown }
  | { i: "departed"; room: RoomId }
  /** The key is from `takeKey`. */
  | { i: "commanded"; command: Command }
  | { i: "tapped"; room: RoomId; emoji: string }
  /** An own message that came to nothing shall not be shown any more. */
  | { i: "discarded"; room: RoomId; key: Key }
  | { i: "online" }
  | { i: "shown" }
  | { i: "hidden" }
  | { i: "woken" }
  | { i: "ended" };

const nothing: Effect[] = [];

/**
 * @param now milliseconds since 1970, never less than before.
 * @param random uniform in [0, 1), new for each step.
 * @returns the orders of this step, in order. The array belongs to the caller and is not to be changed.
 */
export function step(machine: Machine, input: Input, now: number, random: number): Effect[] {
  machine.now = Math.max(now, machine.now);
  machine.random = random;
  handle(machine, input);
  if (machine.now >= nextDue(machine)) runDue(machine);
  machine.wakeAt = nextDue(machine);
  if (machine.effects.length === 0) return nothing;
  const { effects } = machine;
  machine.effects = [];
  return effects;
}

function handle(machine: Machine, input: Input): void {
  const { link } = machine;
  switch (input.i) {
    case "received":
      if (input.socket !== link.socket) return;
      machine.size = input.size;
      return receive(machine, input.frame);
    case "opened":
      if (input.socket === link.socket) receiveOpened(machine);
      return;
    case "closed":
      if (input.socket === link.socket) receiveClosed(machine, input.code, input.retryMs);
      return;
    case "started":
      if (link.state === "idle") begin(machine);
      return;
    case "token":
      return receiveToken(machine, input.token);
    case "no-token":
      return receiveNoToken(machine, input.cause);
    case "entered":
      return enterRoom(machine, input.room, input.kept);
    case "commanded":
      return command(machine, input.command);
    case "departed":
    case "tapped":
    case "discarded":
      return inRoom(machine, input);
    case "online":
      return hurry(machine);
    case "shown":
      machine.hidden = false;
      machine.restAt = Infinity;
      if (machine.rests) rest(machine, false);
      return hurry(machine);
    case "hidden":
      machine.hidden = true;
      machine.restAt = machine.now + bounds.restAfterMs;
      for (const room of machine.rooms) reportSeen(machine, room);
      return;
    case "ended":
      if (link.state !== "closed") closeConnection(machine);
      return;
    case "woken":
  }
}

function inRoom(machine: Machine, input: Extract<Input, { i: "departed" | "tapped" | "discarded" }>): void {
  const room = findRoom(machine, input.room);
  if (room === undefined) return;
  if (input.i === "departed") leaveRoom(machine, room);
  else if (input.i === "tapped") tap(machine, room, input.emoji);
  else discardOwn(machine, room, input.key);
}

function command(machine: Machine, command: Command): void {
  const room = findRoom(machine, command.room);
  if (room !== undefined) return receiveCommand(machine, room, command);
  const { key, t } = command;
  const value = { key, what: t, message: null, outcome: failure("left") };
  machine.effects.push({ do: "tell-room", room: command.room, name: "pending", value });
}

function receive(machine: Machine, frame: Frame): void {
  const { link } = machine;
  if (link.state === "live") link.dueAt = machine.now + bounds.silenceMs;
  switch (frame.t) {
    case "welcome":
      return receiveWelcome(machine, frame);
    case "resume":
      link.resume = frame.resume;
      return;
    case "drain":
      link.drainAt = machine.now + frame.afterMs;
      return;
    case "refresh":
      return receiveRefresh(machine);
    case "refused":
      return receiveRefused(machine, frame);
    case "beat":
      return;
    default: {
      const room = findRoom(machine, frame.room);
      if (room !== undefined) receiveInRoom(machine, room, frame);
    }
  }
}

type RoomFrame = Exclude<Frame, Refused | { t: "welcome" | "resume" | "drain" | "refresh" | "beat" }>;

function receiveInRoom(machine: Machine, room: Room, frame: RoomFrame): void {
  switch (frame.t) {
    case "entries":
      return receiveEntries(machine, room, frame);
    case "tally":
      return receiveTally(machine, room, frame);
    case "tier":
      room.tier = frame;
      return tell(machine, room, "tier", frame);
    case "ack":
    case "held":
      return receiveAnswer(machine, room, frame);
    case "safety":
    case "person":
      return receiveLoose(machine, room, frame.e);
    case "joined":
      return receiveJoined(machine, room, frame);
    case "view":
      return receiveView(machine, room, frame);
    case "gap":
      return receiveGap(machine, room, frame);
    case "status":
      return receiveStatus(machine, room, frame.sending);
    case "left":
      return receiveLeft(machine, room, frame);
  }
}

/** Without a key it answers no command: a join, or what the server did not read that far. Taps do not wait for answers. */
function receiveRefused(machine: Machine, refused: Refused): void {
  const { key, reason } = refused;
  const room = findRoom(machine, refused.room);
  if (key !== undefined && room !== undefined && !isTap(machine, key))
    return receiveRefusal(machine, room, key, refused);
  if (reason === "rate" || reason === "busy") slowDown(machine, refused.retryMs);
  if (reason === "malformed" && room?.phase === "joining" && room.joinAt !== Infinity)
    refuseRoom(machine, room, reason);
  tellTrouble(machine, refused);
}

function runDue(machine: Machine): void {
  const { now } = machine;
  connectionDue(machine);
  if (now >= machine.restAt) rest(machine, true);
  for (const room of machine.rooms) {
    if (now >= room.holeAt) stopHolding(machine, room);
    if (now >= room.joinAt) joinAgain(machine, room);
    if (now >= room.queueDue) pump(machine, room);
    if (now >= room.seenDue) reportSeen(machine, room);
    if (now >= room.tapsDue) sendTaps(machine, room);
  }
}

/** Where nobody looks, totals are enough: rooms are joined anew, and again when somebody does. */
function rest(machine: Machine, rests: boolean): void {
  machine.restAt = Infinity;
  machine.rests = rests;
  for (const room of machine.rooms) if (isJoined(room)) room.joinAt = machine.now;
}

function joinAgain(machine: Machine, room: Room): void {
  room.joinAt = Infinity;
  if (machine.link.state === "live") sendJoin(machine, room);
}

function nextDue(machine: Machine): number {
  const { link } = machine;
  let due = Math.min(link.dueAt, link.drainAt, link.fetchBy, machine.restAt);
  for (const room of machine.rooms)
    due = Math.min(due, room.holeAt, room.joinAt, room.queueDue, room.seenDue, room.tapsDue);
  return due;
}
