import { type Cut, createAllowance, cut, isNobodys } from "@chorus/core/delivery/cut.ts";
import { gather } from "@chorus/core/delivery/gathering.ts";
import { climb, isAt, type Load } from "@chorus/core/delivery/ladder.ts";
import { crowding } from "@chorus/core/delivery/window.ts";
import { type Audience, audiences, type RoomRecord } from "@chorus/core/record.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Tier, tiers } from "@chorus/protocol/tiers.ts";
import { every } from "../clock.ts";
import { sendTally, sendTier } from "./announce.ts";
import { socketsOf } from "./fan-out.ts";
import type { Feed, Gateway } from "./state.ts";
import { isOnItsWay } from "./rounds.ts";
import { endSession } from "./sessions.ts";
import { renewLease } from "./uplink.ts";

/**
 * How hot rooms are, judged four times a second where something is said, and what is done about it: this gateway does what
 * `core/delivery/ladder` says, tells its clients, and tells the room's keeper, who slows people down and the operator sees it.
 */
const roomShare = 0.35;
const segmentsPerSecond = 500;
/** Of those who read segments and would come back to sockets. */
const goneInAMinute = 0.1;
/** What is said is averaged over about a second, totals over five. Frames of taps are many at once, when they are many. */
const newShares = { entries: 0.3, bytes: 0.3, tallies: 0.05, tapFrames: 0.7 } as const;
/** Below this a room says nothing. */
const perSecondMin = 0.05;

export function watchHeat(gateway: Gateway): () => void {
  return every(gateway.clock, limits.heatEveryMs, () => {
    for (const feed of gateway.warm) judge(gateway, feed);
  });
}

export function noteSaid(gateway: Gateway, feed: Feed, record: RoomRecord): void {
  feed.said.entries += record.publicTo - record.publicFrom + 1;
  feed.said.bytes += record.bytes.length;
  gateway.warm.add(feed);
}

export function noteTally(gateway: Gateway, feed: Feed): void {
  feed.said.tallies += 1;
  gateway.warm.add(feed);
}

export function noteTaps(gateway: Gateway, feed: Feed): void {
  feed.said.tapFrames += 1;
  gateway.warm.add(feed);
}

/** What each viewer is shown of a record; null while the room is not capped. */
export function cutOf(gateway: Gateway, feed: Feed, record: RoomRecord): Cut | null {
  if (feed.allowance === null) return null;
  const made = cut(record, feed.ladder.cohorts, feed.allowance, gateway.clock.now());
  let shed = 0;
  for (let i = 0; i < record.index.length; i++) if (isNobodys(made, i)) shed += 1;
  if (shed > 0) {
    gateway.observe.limit?.("cappedPerSecond");
    gateway.observe.shed?.(shed);
  }
  return made;
}

function judge(gateway: Gateway, feed: Feed): void {
  const { said, perSecond, ladder: before } = feed;
  for (const what of ["entries", "bytes", "tallies", "tapFrames"] as const) {
    const now = (said[what] * 1_000) / limits.heatEveryMs;
    perSecond[what] += (now - perSecond[what]) * newShares[what];
    said[what] = 0;
  }
  const now = gateway.clock.now();
  feed.ladder = climb(before, loadOf(gateway, feed), now);
  const { tier, cohorts, warned } = feed.ladder;
  const isCapped = isAt(tier, "capped");
  if (!isCapped) feed.allowance = null;
  else feed.allowance ??= createAllowance(now);
  if (tier !== before.tier || cohorts !== before.cohorts) changed(gateway, feed, audiences);
  else if (warned !== before.warned) changed(gateway, feed, ["staff"]);
  feed.gathering = gather(feed.gathering, perSecond.tapFrames, crowding(gateway.pace, shareOf(gateway)), now);
  sendTally(gateway, feed);
  feed.polled *= 1 - (limits.heatEveryMs / 60_000) * goneInAMinute;
  if (tier === "segments") sendToSegments(gateway, feed);
  const quiet = [perSecond.entries, perSecond.tallies, perSecond.tapFrames].every((n) => n < perSecondMin);
  if (!warned && quiet && feed.gathering.ms === limits.gatherMsMin) gateway.warm.delete(feed);
}

/** Not all at once, so that who reads segments instead does not come to them as a storm. */
function sendToSegments(gateway: Gateway, feed: Feed): void {
  let left = (segmentsPerSecond * limits.heatEveryMs) / 1_000;
  for (const { phase, session } of feed.audiences.public.members) {
    if (phase !== "live" || !session.polls) continue;
    endSession(gateway, session, "polled", "This room is read by segments for now.");
    feed.polled += 1;
    if (--left <= 0) return;
  }
}

function changed(gateway: Gateway, feed: Feed, audiences: readonly Audience[]): void {
  gateway.observe.tier?.(feed.room, feed.ladder);
  for (const name of audiences) sendTier(gateway, feed, name);
  renewLease(gateway, feed);
}

function loadOf(gateway: Gateway, feed: Feed): Load {
  const { pace, caps, bytesPerSecond } = gateway;
  const sockets = socketsOf(feed) + Math.round(feed.polled);
  const share = shareOf(gateway);
  return {
    sockets,
    expected: (feed.settings?.viewersExpected ?? 0) / (caps.gateways ?? 1),
    ...feed.perSecond,
    bytes: feed.perSecond.bytes * feed.shrink,
    slowness: pace.slowness,
    crowding: Math.max(
      crowding(pace, share),
      lateness(gateway, feed),
      bytesPerSecond / (caps.egressBytesPerSecond ?? Infinity),
    ),
    share,
    open: tiersOpen(gateway, feed),
  };
}

function shareOf({ caps }: Gateway): number {
  return caps.roomShare ?? roomShare;
}

/** Above 1 while a window is on its way for longer than the widest window lasts. */
function lateness({ clock }: Gateway, feed: Feed): number {
  return isOnItsWay(feed, "chat") ? (clock.now() - feed.flushedAt) / limits.windowMsMax : 0;
}

function tiersOpen({ caps }: Gateway, { settings }: Feed): Tier[] {
  const slow = settings?.slowUnderLoad !== false;
  return tiers.filter((tier) => (tier !== "slow" || slow) && (tier !== "segments" || caps.segments === true));
}
