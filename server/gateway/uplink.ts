import type { Answer, Input } from "@chorus/core/room/inputs.ts";
import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { noBytes } from "../bus/bus.ts";
import { type GatewayMessage, toKeeper } from "../messages.ts";
import type { Feed, Gateway } from "./state.ts";
import { frameOf } from "./wire.ts";

/**
 * Inputs to the keeper, everything of one turn of the loop in one message, and its answers. Credits bound what is
 * under way: every command is answered, or its sender sends it again.
 */
export function sendToKeeper(gateway: Gateway, room: RoomId, input: Input): void {
  if (input.i === "command") {
    if (gateway.inFlight === 0) gateway.heardAnswerAt = gateway.clock.now();
    gateway.inFlight += 1;
  }
  gateway.outbox.push({ room, input });
  if (gateway.outbox.length === 1) gateway.clock.soon(() => post(gateway));
}

/** What was under way may have been lost: it is waited for no more. */
export function forgetInFlight(gateway: Gateway): void {
  gateway.inFlight = 0;
  for (const session of gateway.sessions.values()) session.unanswered = 0;
}

/** False when the keeper owes so many answers that one more command must wait. */
export function hasCredit(gateway: Gateway): boolean {
  if (gateway.inFlight < limits.inputsInFlightMax) return true;
  if (gateway.clock.now() - gateway.heardAnswerAt > limits.inputAnswerWithinMs) {
    gateway.inFlight = 0;
    return true;
  }
  gateway.observe.limit?.("inputsInFlightMax");
  return false;
}

export function deliverAnswers(gateway: Gateway, answers: readonly Answer[]): void {
  gateway.heardAnswerAt = gateway.clock.now();
  gateway.inFlight = Math.max(0, gateway.inFlight - answers.length);
  for (const { origin, reply } of answers) {
    const session = gateway.sessions.get(origin.connection);
    if (reply.t === "refused") gateway.observe.refused?.(reply.reason);
    if (session === undefined) {
      gateway.calls.get(origin.connection)?.(reply);
      continue;
    }
    session.unanswered = Math.max(0, session.unanswered - 1);
    session.connection.sendSoon(frameOf(reply));
  }
  /* What they said is written to them in this turn too, unless the room gathers for a window. */
  gateway.clock.soon(() => {
    for (const { origin } of answers) gateway.sessions.get(origin.connection)?.connection.flush();
  });
}

/** In so many turns all rooms have theirs. */
const leaseTurns = 4;

/**
 * Viewers counted here, for every room somebody is in; renewed before the last lease runs out. Called every second: thousands of
 * rooms have their turns, and do not come to the keeper all at once.
 */
export function renewLeases(gateway: Gateway): void {
  const now = gateway.clock.now();
  let left = Math.ceil(gateway.feeds.size / leaseTurns);
  for (const feed of gateway.feeds.values()) {
    if (left === 0) return;
    if (now - feed.leasedAt < limits.leaseMs / 3) continue;
    renewLease(gateway, feed);
    left -= 1;
  }
}

export function renewLease(gateway: Gateway, feed: Feed): void {
  const { ladder, leased } = feed;
  let viewers = countPollers(feed, gateway.clock.now());
  for (const audience of [feed.audiences.public, feed.audiences.staff]) {
    for (const { phase, session } of audience.members)
      if (phase === "live" && session.countsAs === "viewer") viewers += 1;
  }
  feed.leased = viewers;
  feed.leasedAt = gateway.clock.now();
  const lease = { i: "lease", gateway: gateway.id, viewers } as const;
  const heat = { tier: ladder.tier, percent: Math.round(ladder.heat * 100) };
  if (viewers > 0 || leased > 0 || ladder.warned)
    sendToKeeper(gateway, feed.room, ladder.warned ? { ...lease, heat } : lease);
}

/** Somebody asks what there is to be polled. */
export function notePoll({ polls }: Feed, now: Time): void {
  if (polls.asked === 0 && polls.viewers === 0) polls.since = now;
  polls.asked += 1;
}

/**
 * About how many poll the room here: each asks every `limits.segmentPollMs`, and is counted over `limits.leaseMs`. Of those whom a cache answers nothing comes here, so
 * that behind one it is no more than there are: each request of a cache was caused by one of them.
 */
function countPollers({ polls }: Feed, now: Time): number {
  const passed = now - polls.since;
  if (passed < limits.leaseMs) return polls.viewers;
  polls.viewers = Math.round((polls.asked * limits.segmentPollMs) / passed);
  polls.asked = 0;
  polls.since = now;
  return polls.viewers;
}

export function sendTaps(gateway: Gateway): void {
  for (const feed of gateway.feeds.values()) {
    if (feed.taps === null) continue;
    sendToKeeper(gateway, feed.room, { i: "taps", taps: feed.taps });
    feed.taps = null;
  }
}

function post(gateway: Gateway): void {
  const items = gateway.outbox;
  gateway.outbox = [];
  const head: GatewayMessage = { m: "inputs", gateway: gateway.id, items };
  gateway.bus.publish(toKeeper, { head, body: noBytes });
}
