import { isLost } from "@chorus/core/delivery/cursor.ts";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { every } from "../clock.ts";
import { sendStatus } from "./announce.ts";
import { catchUp, catchUpAll, judgePace } from "./fan-out.ts";
import { attach, dropFeed } from "./feed.ts";
import { sendResumeToken } from "./greeting.ts";
import { endSession, heard } from "./sessions.ts";
import type { Feed, Gateway, Session } from "./state.ts";
import { renewLeases, sendTaps } from "./uplink.ts";
import { askAgain } from "./views.ts";
import { beatFrame, frameOf } from "./wire.ts";

/**
 * Everything that recurs, on a few timers for all connections and rooms. The heartbeat is one wheel: each second a
 * slot of it beats, so that load is even and no two connections keep step.
 */
const tickMs = 1_000;
const slots = limits.heartbeatMs / tickMs;
const feedIdleMs = 60_000;
const keeperSilentMs = 5_000;

export function startBeats(gateway: Gateway): () => void {
  let slot = 0;
  const stops = [
    every(gateway.clock, tickMs, () => {
      slot = (slot + 1) % slots;
      judgePace(gateway);
      beat(gateway, slot);
      tendFeeds(gateway);
      renewLeases(gateway);
    }),
    every(gateway.clock, limits.tallyEveryMs, () => sendTaps(gateway)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function beat(gateway: Gateway, slot: number): void {
  const now = gateway.clock.now();
  const frame = beatFrame(now);
  for (const session of gateway.sessions.values()) {
    if (session.phase !== "open") {
      if (now - session.openedAt > limits.helloWithinMs) endGreeting(gateway, session);
    } else if (session.id % slots === slot) {
      tend(gateway, session, frame);
    }
  }
}

function endGreeting(gateway: Gateway, session: Session): void {
  gateway.observe.limit?.("helloWithinMs");
  endSession(gateway, session, "helloTimeout", "No hello came in time.");
}

/** Dead, expired, stalled or well: seen to once in a round of the wheel. */
function tend(gateway: Gateway, session: Session, frame: Uint8Array): void {
  const now = gateway.clock.now();
  const { oneWay } = session.connection;
  if (oneWay && session.connection.buffered() === 0) heard(gateway, session);
  for (const member of session.members.values()) {
    if (isLost(member.cursor, now))
      return endSession(gateway, session, "stalled", "You have stopped reading. Resume when you are ready.");
  }
  if (now - session.heardAt > limits.deadAfterMs) {
    return endSession(gateway, session, "silent", "Nothing was heard from you for too long.");
  }
  if (session.refreshBy !== null && session.refreshBy <= now) {
    return endSession(gateway, session, "tokenExpired", "Your token has expired.");
  }
  if (session.refreshBy === null && session.person !== null && session.person.expires <= now) {
    if (oneWay) return endSession(gateway, session, "tokenExpired", "Your token has expired.");
    session.refreshBy = time(now + limits.refreshWithinMs);
    session.connection.send(frameOf({ t: "refresh", withinMs: limits.refreshWithinMs }));
  }
  if (session.resumeDue <= now && session.person !== null) sendResumeToken(gateway, session, session.person);
  if (session.connection.buffered() <= limits.stalledBytesMax) session.connection.send(frame);
  for (const member of session.members.values()) catchUp(gateway, member);
}

function tendFeeds(gateway: Gateway): void {
  const now = gateway.clock.now();
  const silent = gateway.keeper !== null && now - gateway.keeperHeardAt > keeperSilentMs;
  for (const feed of gateway.feeds.values()) {
    if (silent) sendStatus(gateway, feed, "paused");
    feed.waiting = feed.waiting.filter(({ member }) => member.session.members.get(feed.room) === member);
    if (feed.phase !== "live" || feed.sending === "paused") attach(gateway, feed);
    askAgain(gateway, feed);
    catchUpAll(gateway, feed);
    if (isAbandoned(feed, now)) dropFeed(gateway, feed);
  }
}

function isAbandoned(feed: Feed, now: number): boolean {
  if (feed.emptySince === null || feed.waiting.length > 0 || feed.followers.size > 0) return false;
  return now - feed.emptySince > feedIdleMs;
}
