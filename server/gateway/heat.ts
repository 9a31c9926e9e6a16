import { type Cut, createAllowance, cut, isNobodys } from "@chorus/core/delivery/cut.ts";
import { gather } from "@chorus/core/delivery/gathering.ts";
import { climb, isAt, type Ladder, type Load } from "@chorus/core/delivery/ladder.ts";
import { crowding } from "@chorus/core/delivery/window.ts";
import { type Audience, audiences, type RoomRecord } from "@chorus/core/record.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { tiers } from "@chorus/protocol/tiers.ts";
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
const rates = ["entries", "bytes", "tallies", "tapFrames"] as const;
/** Below this a room says nothing. */
const perSecondMin = 0.05;

export function watchHeat(gateway: Gateway): () => void {
  return every(gateway.clock, limits.heatEveryMs, () => {
    const common = commonLoad(gateway);
    for (const feed of gateway.warm) judge(gateway, feed, common);
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

function judge(gateway: Gateway, feed: Feed, common: CommonLoad): void {
  const { said, perSecond, ladder: before } = feed;
  /* Nothing heats it up; most small rooms are silent at most times. */
  const isCold = said.entries + said.tallies === 0 && before.tier === "calm" && before.heat === 0;
  for (const what of rates) {
    perSecond[what] += ((said[what] * 1_000) / limits.heatEveryMs - perSecond[what]) * newShares[what];
    said[what] = 0;
  }
  const now = gateway.clock.now();
  if (!isCold) act(gateway, feed, before, climb(before, loadOf(gateway, feed, common), now));
  feed.gathering = gather(feed.gathering, perSecond.tapFrames, common.crowding, now);
  sendTally(gateway, feed);
  feed.polled *= 1 - (limits.heatEveryMs / 60_000) * goneInAMinute;
  const isQuiet = rates.every((what) => perSecond[what] < perSecondMin);
  if (!feed.ladder.warned && isQuiet && feed.gathering.ms === limits.gatherMsMin) gateway.warm.delete(feed);
}

function act(gateway: Gateway, feed: Feed, before: Ladder, ladder: Ladder): void {
  feed.ladder = ladder;
  const { tier, cohorts, warned } = ladder;
  const isCapped = isAt(tier, "capped");
  if (!isCapped) feed.allowance = null;
  else feed.allowance ??= createAllowance(gateway.clock.now());
  if (tier !== before.tier || cohorts !== before.cohorts) changed(gateway, feed, audiences);
  else if (warned !== before.warned) changed(gateway, feed, ["staff"]);
  if (tier === "segments") sendToSegments(gateway, feed);
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

function changed(gateway: Gateway, feed: Feed, whom: readonly Audience[]): void {
  gateway.observe.tier?.(feed.room, feed.ladder);
  for (const name of whom) sendTier(gateway, feed, name);
  renewLease(gateway, feed);
}

/** What is the same for all rooms: thousands of them are judged together. */
type CommonLoad = Pick<Load, "slowness" | "crowding" | "share"> & {
  open: Load["open"];
  openFast: Load["open"];
};

function commonLoad({ pace, caps, bytesPerSecond }: Gateway): CommonLoad {
  const share = caps.roomShare ?? roomShare;
  const open = tiers.filter((tier) => tier !== "segments" || caps.segments === true);
  return {
    slowness: pace.slowness,
    crowding: Math.max(crowding(pace, share), bytesPerSecond / (caps.egressBytesPerSecond ?? Infinity)),
    share,
    open,
    openFast: open.filter((tier) => tier !== "slow"),
  };
}

function loadOf(gateway: Gateway, feed: Feed, common: CommonLoad): Load {
  const { perSecond, settings } = feed;
  return {
    sockets: socketsOf(feed) + Math.round(feed.polled),
    expected: (settings?.viewersExpected ?? 0) / (gateway.caps.gateways ?? 1),
    entries: perSecond.entries,
    bytes: perSecond.bytes * feed.shrink,
    tallies: perSecond.tallies,
    slowness: common.slowness,
    crowding: Math.max(common.crowding, lateness(gateway, feed)),
    share: common.share,
    open: settings?.slowUnderLoad === false ? common.openFast : common.open,
  };
}

/** Above 1 while a window is on its way for longer than the widest window lasts. */
function lateness({ clock }: Gateway, feed: Feed): number {
  return isOnItsWay(feed, "chat") ? (clock.now() - feed.flushedAt) / limits.windowMsMax : 0;
}
