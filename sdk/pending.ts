import type { Ack, HeldReply, Refused } from "@chorus/protocol/frames.ts";
import type { Key, RoomId } from "@chorus/protocol/ids.ts";
import type { Command } from "@chorus/protocol/requests.ts";
import * as bounds from "./bounds.ts";
import { type FailureReason, failures, type Outcome, type Shown } from "./events.ts";
import { confirmLate, settleOwn, showPending } from "./own.ts";
import { laterReasons, type OwnRefusal, ownRefusals } from "./refusing.ts";
import { findPending, isJoined, keep, type Machine, type Pending, type Room, send, tell } from "./state.ts";
import { counterOf, formatRequest, keyOf, sessionOf } from "./wire.ts";

/**
 * Commands that have no answer. Each keeps its key until it has one, over retries, reconnects and reloads, so that the
 * room carries it out once; they leave in the order in which they were given.
 */
export function takeKey(machine: Machine): Key {
  return keyOf(machine.options.session, machine.nextCounter++);
}

export function receiveCommand(machine: Machine, room: Room, request: Command): void {
  const { now } = machine;
  const shown = request.t === "say" ? showPending(machine, room, request, now) : null;
  const outcome = objection(room, request);
  if (outcome !== null) return tellOutcome(machine, room, request, outcome);
  room.queue.push(pendingOf(request, now));
  keepQueue(machine, room);
  tellPending(machine, room, request, shown, null);
  pump(machine, room);
}

/** Continues what another life of this tab could not finish, under its old keys. */
export function restorePending(machine: Machine, room: Room, kept: unknown): void {
  if (!Array.isArray(kept)) return;
  for (const one of kept.slice(0, bounds.pendingMax)) {
    if (!isKept(one, room.id) || findPending(room, one.request.key) >= 0) continue;
    const { request, since } = one;
    room.queue.push(pendingOf(request, Math.min(since, machine.now)));
    const shown = request.t === "say" ? showPending(machine, room, request, since) : null;
    tellPending(machine, room, request, shown, null);
  }
}

export function receiveAnswer(machine: Machine, room: Room, answer: Ack | HeldReply): void {
  const { key, id, time } = answer;
  const held = answer.t === "held";
  const at = findPending(room, key);
  room.retryMs = 0;
  if (at < 0) confirmLate(room, key, id, time, held);
  else settle(machine, room, at, { status: held ? "held" : "confirmed", id, time });
  pump(machine, room);
}

/** Refused for now, everything waits together, so that nothing overtakes what was said before it. */
export function receiveRefusal(machine: Machine, room: Room, key: Key, refused: Refused): void {
  const at = findPending(room, key);
  const pending = room.queue[at];
  if (pending === undefined) return;
  const { reason, sentence, retryMs } = refused;
  if (laterReasons.includes(reason)) {
    pending.sentAt = -1;
    postpone(machine, room, retryMs);
  } else {
    settle(machine, room, at, { status: "refused", reason, sentence });
  }
  pump(machine, room);
}

export function failAll(machine: Machine, room: Room, reason: FailureReason): void {
  while (room.queue.length > 0) settle(machine, room, 0, failure(reason));
  room.queueDue = Infinity;
}

/** The room itself is closed to this person; what waited is refused for the same reason. */
export function refuseAll(machine: Machine, room: Room, reason: OwnRefusal): void {
  while (room.queue.length > 0) settle(machine, room, 0, refusal(reason));
  room.queueDue = Infinity;
}

/** This connection has sent nothing yet. */
export function forgetSent(room: Room): void {
  for (const pending of room.queue) pending.sentAt = -1;
  room.retryAt = 0;
}

/**
 * Gives up what is too old, sends what may leave, and sets `queueDue`. Not more than the server's retry memory can
 * tell apart is ever on its way, counted from the oldest command of the session that has no answer.
 */
export function pump(machine: Machine, room: Room): void {
  const { now } = machine;
  expire(machine, room);
  const { queue } = room;
  const oldest = queue[0];
  room.queueDue = oldest === undefined ? Infinity : oldest.since + bounds.pendingForMs;
  if (oldest === undefined || machine.link.state !== "live" || !isJoined(room) || room.sending === "paused")
    return;
  let inFlight = 0;
  let floor = oldest;
  for (const pending of queue) {
    if (pending.session !== floor.session) floor = pending;
    const againAt = pending.sentAt + bounds.answerWithinMs;
    if (pending.sentAt >= 0 && now < againAt) {
      inFlight++;
      room.queueDue = Math.min(room.queueDue, againAt);
      continue;
    }
    if (inFlight >= bounds.inFlightMax || pending.counter - floor.counter >= bounds.retriesPerSession) return;
    const mayAt = Math.max(room.retryAt, paceAllows(machine));
    if (now < mayAt) {
      room.queueDue = Math.min(room.queueDue, mayAt);
      return;
    }
    inFlight++;
    pending.sentAt = now;
    room.queueDue = Math.min(room.queueDue, now + bounds.answerWithinMs);
    takePace(machine);
    send(machine, pending.request);
  }
}

/** When the next frame of this pace may leave: a burst at once, then one every `paceMs`. */
export function paceAllows(machine: Machine): number {
  return machine.paceAt - (bounds.paceBurst - 1) * bounds.paceMs;
}

export function takePace(machine: Machine): void {
  machine.paceAt = Math.max(machine.paceAt, machine.now) + bounds.paceMs;
}

/** The server counts too many frames: nothing leaves for a while. */
export function slowDown(machine: Machine, retryMs: number | undefined): void {
  const until = machine.now + (retryMs ?? bounds.retryMs) + (bounds.paceBurst - 1) * bounds.paceMs;
  machine.paceAt = Math.max(machine.paceAt, until);
}

function postpone(machine: Machine, room: Room, retryMs: number | undefined): void {
  const { now } = machine;
  if (now >= room.retryAt) {
    room.retryMs = Math.min(Math.max(room.retryMs * 2, bounds.retryMs), bounds.retryMaxMs);
  }
  room.retryAt = Math.max(room.retryAt, now + (retryMs ?? room.retryMs));
}

function objection(room: Room, request: Command): Outcome | null {
  if (room.queue.length >= bounds.pendingMax) return failure("too-many-pending");
  if (room.phase === "refused") {
    const { reason } = room;
    if (reason === null || reason === "connection-refused") return failure("connection-refused");
    return refusal(reason === "archived" ? "ended" : reason);
  }
  const long = "text" in request && request.text.length > bounds.textUnitsMax;
  return long || bytesOf(request) > bounds.frameBytesMax ? refusal("too-long") : null;
}

/** Of the frame: a larger one would end the connection for good. */
function bytesOf(request: Command): number {
  return new TextEncoder().encode(formatRequest(request)).length;
}

function expire(machine: Machine, room: Room): void {
  for (;;) {
    const oldest = room.queue[0];
    if (oldest === undefined || machine.now < oldest.since + bounds.pendingForMs) return;
    settle(machine, room, 0, failure("expired"));
  }
}

function settle(machine: Machine, room: Room, at: number, outcome: Outcome): void {
  const [pending] = room.queue.splice(at, 1);
  if (pending === undefined) return;
  keepQueue(machine, room);
  tellOutcome(machine, room, pending.request, outcome);
}

function tellOutcome(machine: Machine, room: Room, request: Command, outcome: Outcome): void {
  const shown = request.t === "say" ? settleOwn(machine, room, request, outcome) : null;
  tellPending(machine, room, request, shown, outcome);
}

function tellPending(
  machine: Machine,
  room: Room,
  request: Command,
  message: Shown | null,
  outcome: Outcome | null,
): void {
  tell(machine, room, "pending", { key: request.key, what: request.t, message, outcome });
}

export function failure(reason: FailureReason): Outcome {
  return { status: "failed", reason, sentence: failures[reason] };
}

function refusal(reason: OwnRefusal): Outcome {
  return { status: "refused", reason, sentence: ownRefusals[reason] };
}

function pendingOf(request: Command, since: number): Pending {
  return { request, since, session: sessionOf(request.key), counter: counterOf(request.key), sentAt: -1 };
}

/** What is stored of a command: what is needed to send it again as it was. */
type Kept = { request: Command; since: number };

function keepQueue(machine: Machine, room: Room): void {
  if (!machine.options.keeps) return;
  const kept: Kept[] = room.queue.map(({ request, since }) => ({ request, since }));
  keep(machine, pendingKey(room.id), kept.length === 0 ? null : kept);
}

/** Where a room's pending commands are kept. */
export function pendingKey(room: RoomId): string {
  return `pending:${room}`;
}

const keyPattern = /^[A-Za-z0-9_-]{8,32}:\d{1,9}$/;
const kinds: ReadonlySet<unknown> = new Set(["say", "edit", "retract", "moderate"]);

/** A storage may hold anything; the rest of the shape is the server's to judge. */
function isKept(value: unknown, room: RoomId): value is Kept {
  const { request, since } = (value ?? {}) as Partial<Kept>;
  return (
    typeof since === "number" &&
    kinds.has(request?.t) &&
    typeof request?.key === "string" &&
    keyPattern.test(request.key) &&
    request.room === room
  );
}
