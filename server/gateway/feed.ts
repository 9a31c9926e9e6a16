import { shortest } from "@chorus/core/delivery/gathering.ts";
import { calm } from "@chorus/core/delivery/ladder.ts";
import { createMarks } from "@chorus/core/delivery/marks.ts";
import { headOf, push, type Ring } from "@chorus/core/delivery/ring.ts";
import { audiences, type Head, type RoomRecord } from "@chorus/core/record.ts";
import { wholeSettings } from "@chorus/protocol/default-room-settings.ts";
import type { Lifted, Sanction, SettingsChanged } from "@chorus/protocol/entries.ts";
import { epoch, type PersonId, type RoomId, type Seq, seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Tally } from "@chorus/protocol/frames.ts";
import { noBytes } from "../bus/bus.ts";
import { textOf } from "../keeper/record.ts";
import { decodeRecord } from "../log/record-codec.ts";
import { type KeeperMessage, type RoomMessage, toKeeper, toRoom } from "../messages.ts";
import { deliverMeant, deliverPersonal, sendStatus, sendTally } from "./announce.ts";
import { flushBefore, planFlush } from "./fan-out.ts";
import { cutOf, noteSaid, noteTally } from "./heat.ts";
import { admit, expel, isBanned, sendJoined } from "./joins.ts";
import { recentRing, recordsIn } from "./recent.ts";
import { sendSafety } from "./safety.ts";
import { endSession } from "./sessions.ts";
import type { Feed, FeedAudience, Gateway, Member } from "./state.ts";
import { askView } from "./views.ts";

/**
 * A room's records as they reach this gateway: attached once, then followed by offset. A hole is read back from the
 * log before anything after it is used; a repeated record is nothing new.
 */
const attachAgainMs = 1_000;
const refillsFailedMax = 5;

export function feedOf(gateway: Gateway, room: RoomId): Feed {
  const known = gateway.feeds.get(room);
  if (known !== undefined) return known;
  const feed = createFeed(room);
  gateway.feeds.set(room, feed);
  unsubscribes.set(
    feed,
    gateway.bus.subscribe(toRoom(room), ({ head, body }) =>
      receive(gateway, feed, head as RoomMessage, body),
    ),
  );
  return feed;
}

export function canFollow(gateway: Gateway, room: RoomId): boolean {
  if (gateway.feeds.size < limits.roomsLoadedMax || gateway.feeds.has(room)) return true;
  gateway.observe.limit?.("roomsLoadedMax");
  return false;
}

const unsubscribes = new WeakMap<Feed, () => void>();

export function dropFeed(gateway: Gateway, feed: Feed): void {
  unsubscribes.get(feed)?.();
  gateway.feeds.delete(feed.room);
  gateway.warm.delete(feed);
  gateway.bus.publish(toKeeper, {
    head: { m: "detach", gateway: gateway.id, room: feed.room },
    body: noBytes,
  });
}

/** Asks for the room, at most once a second until it is answered. */
export function attach(gateway: Gateway, feed: Feed): void {
  const now = gateway.clock.now();
  if (feed.askedAt > 0 && now - feed.askedAt < attachAgainMs) return;
  feed.askedAt = now;
  gateway.bus.publish(toKeeper, {
    head: { m: "attach", gateway: gateway.id, room: feed.room },
    body: noBytes,
  });
}

export function attached(gateway: Gateway, message: KeeperMessage & { m: "attached" }): void {
  const { room, head } = message;
  const feed = gateway.feeds.get(room);
  if (feed === undefined) return;
  if (!hasLostThread(feed, head)) return follow(gateway, feed, message);
  recentRing(gateway, room, head, (ring) => {
    if (gateway.feeds.get(room) !== feed) return;
    if (hasLostThread(feed, head)) restart(gateway, feed, ring);
    follow(gateway, feed, message);
  });
}

function follow(gateway: Gateway, feed: Feed, message: KeeperMessage & { m: "attached" }): void {
  const { head } = message;
  if (acceptTally(feed, message.tally)) sendTally(gateway, feed);
  if (!isOvertaken(feed, head)) {
    feed.settings = message.settings;
    feed.bans.clear();
    for (const [person, until] of message.bans) feed.bans.set(person, until);
  }
  feed.phase = "live";
  sendStatus(gateway, feed, "open");
  for (const person of feed.bans.keys()) cutBanned(gateway, feed, person);
  sendGuestsAway(gateway, feed);
  advance(gateway, feed, head.offset);
  for (const { member, position } of feed.waiting.splice(0)) admit(gateway, member, position);
  for (const follower of feed.followers) follower.live();
}

/** An answer that was late: what it says of settings and bans is older than what came with the records. */
function isOvertaken({ ring }: Feed, head: Head): boolean {
  return ring !== null && ring.epoch === head.epoch && ring.offset > head.offset;
}

/** Whether what is between the ring and the room's head cannot be had any more, or is too much. */
function hasLostThread({ ring, refillsFailed }: Feed, head: Head): boolean {
  if (ring === null || ring.epoch !== head.epoch) return true;
  const missing = head.offset - ring.offset;
  return missing > limits.ringEntriesMax || (missing > 0 && refillsFailed >= refillsFailedMax);
}

export function unknownRoom(gateway: Gateway, room: RoomId): void {
  const feed = gateway.feeds.get(room);
  if (feed === undefined) return;
  for (const member of membersOf(feed)) expel(gateway, member, "no-such-room");
  dropFeed(gateway, feed);
  for (const follower of feed.followers) follower.ended();
}

export function unavailable(gateway: Gateway, room: RoomId): void {
  const feed = gateway.feeds.get(room);
  if (feed !== undefined) sendStatus(gateway, feed, "paused");
}

/** The keeper is another one, or may have been missed: what it said in the meantime is asked for again. */
export function reattachAll(gateway: Gateway): void {
  for (const feed of gateway.feeds.values()) {
    if (feed.phase === "live") feed.phase = feed.ring === null ? "attaching" : "refilling";
    feed.askedAt = time(0);
    attach(gateway, feed);
  }
}

/** The keeper tells where a room stands; a record that was lost with none after it shows here. */
export function compare(gateway: Gateway, room: RoomId, epochName: string, offset: number): void {
  const feed = gateway.feeds.get(room);
  if (feed === undefined || feed.phase !== "live" || feed.ring === null) return;
  if (feed.ring.epoch !== epoch(epochName)) return attach(gateway, feed);
  advance(gateway, feed, offset);
}

function receive(gateway: Gateway, feed: Feed, message: RoomMessage, body: Uint8Array): void {
  if (message.m === "tally") {
    if (!acceptTally(feed, message.tally)) return;
    noteTally(gateway, feed);
    return sendTally(gateway, feed);
  }
  const record = decodeRecord({ head: message.record, body });
  const { ring } = feed;
  if (ring !== null && ring.epoch !== record.epoch) return attach(gateway, feed);
  if (ring !== null && record.offset <= ring.offset) return;
  const isNext = feed.phase === "live" && record.offset === (ring?.offset ?? NaN) + 1;
  if (ring !== null && isNext && feed.early.size === 0) return take(gateway, feed, ring, record);
  if (feed.early.size < limits.earlyRecordsMax) feed.early.set(record.offset, record);
  else gateway.observe.limit?.("earlyRecordsMax");
  if (ring !== null && feed.phase === "live") advance(gateway, feed, record.offset);
}

/** Takes what is next in line; when something is missing before `upTo`, reads it from the log. */
function advance(gateway: Gateway, feed: Feed, upTo: number): void {
  const { ring } = feed;
  if (ring === null) return;
  for (
    let next = feed.early.get(ring.offset + 1);
    next !== undefined;
    next = feed.early.get(ring.offset + 1)
  ) {
    feed.early.delete(next.offset);
    take(gateway, feed, ring, next);
  }
  for (const offset of feed.early.keys()) if (offset <= ring.offset) feed.early.delete(offset);
  if (ring.offset < upTo) refill(gateway, feed, ring, upTo);
}

function refill(gateway: Gateway, feed: Feed, ring: Ring, upTo: number): void {
  if (feed.phase === "refilling") return;
  feed.phase = "refilling";
  gateway.log.records(feed.room, ring.offset + 1, limits.ringEntriesMax, (outcome) => {
    if (feed.ring !== ring || feed.phase !== "refilling") return;
    const before = ring.offset;
    for (const record of recordsIn(gateway, feed.room, outcome)) {
      if (record.offset === ring.offset + 1 && record.epoch === ring.epoch) take(gateway, feed, ring, record);
    }
    if (ring.offset === before) return refillFailed(gateway, feed, outcome.ok);
    feed.phase = "live";
    feed.refillsFailed = 0;
    const highest = Math.max(upTo, ...feed.early.keys());
    if (ring.offset < highest) gateway.clock.soon(() => advance(gateway, feed, highest));
    else advance(gateway, feed, ring.offset);
  });
}

/** The log will be asked again with the next answer of the keeper; what it holds no more is given up at once. */
function refillFailed(gateway: Gateway, feed: Feed, isGone: boolean): void {
  feed.refillsFailed = isGone ? refillsFailedMax : feed.refillsFailed + 1;
  attach(gateway, feed);
}

function take(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord): void {
  const cut = cutOf(gateway, feed, record);
  flushBefore(gateway, feed, record, cut);
  push(ring, record, cut);
  noteSaid(gateway, feed, record);
  inspect(gateway, feed, ring, record);
  if (cut !== null) deliverMeant(gateway, feed, ring, record, cut);
  for (const follower of feed.followers) follower.took(record);
  if (record.index.length > 0) planFlush(gateway, feed);
}

/** Most entries pass unread; the few kinds that a gateway acts upon are opened here. */
function inspect(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord): void {
  let safety = false;
  let personal = false;
  let start = 0;
  for (const item of record.index) {
    const bytes = record.bytes.subarray(start, start + item.bytes);
    start += item.bytes + 1;
    safety ||= item.lane === "safety" && item.scope !== "person";
    personal ||= item.scope === "person";
    if (item.k === "removed" || item.k === "edited") forgetForms(feed, record.offset);
    else if (item.k === "settings")
      applySettings(gateway, feed, JSON.parse(textOf(bytes)) as SettingsChanged);
    else if (item.k === "sanction") applySanction(gateway, feed, JSON.parse(textOf(bytes)) as Sanction);
    else if (item.k === "lifted") applyLift(feed, JSON.parse(textOf(bytes)) as Lifted);
  }
  if (safety) sendSafety(gateway, feed, ring, record);
  if (personal) deliverPersonal(gateway, feed, ring, record);
}

/** What was made of the room before this does not read as it does now. */
function forgetForms({ audiences }: Feed, offset: number): void {
  for (const audience of [audiences.public, audiences.staff]) {
    audience.viewsFrom = offset;
    audience.forms.clear();
  }
}

function applySettings(gateway: Gateway, feed: Feed, { settings }: SettingsChanged): void {
  feed.settings = wholeSettings(settings);
  sendGuestsAway(gateway, feed);
}

/** Where guests are not let in any more, those who are inside leave when they have heard of it. */
function sendGuestsAway(gateway: Gateway, feed: Feed): void {
  if (feed.settings?.guests !== false) return;
  for (const member of feed.audiences.public.members) {
    const { session, phase } = member;
    if (session.person?.guest !== true || phase === "waiting") continue;
    gateway.clock.soon(() => {
      if (session.members.get(feed.room) === member) expel(gateway, member, "forbidden");
    });
  }
}

function applySanction(gateway: Gateway, feed: Feed, sanction: Sanction): void {
  if (sanction.what !== "ban") return;
  feed.bans.set(sanction.person, sanction.until);
  cutBanned(gateway, feed, sanction.person);
}

function applyLift(feed: Feed, lifted: Lifted): void {
  if (lifted.what === "ban") feed.bans.delete(lifted.person);
}

/** Live connections of a banned person end here, after their notice has gone out with this turn. */
function cutBanned(gateway: Gateway, feed: Feed, person: PersonId): void {
  for (const session of gateway.people.get(person) ?? []) {
    const member = session.members.get(feed.room);
    if (member === undefined || member.phase === "waiting" || !isBanned(gateway, member)) continue;
    gateway.clock.soon(() => cut(gateway, session.members.get(feed.room) === member ? member : null));
  }
}

function cut(gateway: Gateway, member: Member | null): void {
  if (member === null) return;
  expel(gateway, member, "banned");
  if (member.session.members.size === 0)
    endSession(gateway, member.session, "banned", "A moderator banned you from this room.");
}

function acceptTally(feed: Feed, tally: Tally): boolean {
  if (feed.tally !== null && feed.tally.v >= tally.v) return false;
  const { ms } = feed.gathering;
  feed.tally = ms === limits.gatherMsMin ? tally : { ...tally, gatherMs: ms };
  return true;
}

/** Begins with a new ring. Whoever was here before has lost the thread and gets a gap and a view. */
function restart(gateway: Gateway, feed: Feed, ring: Ring): void {
  const sameEpoch = feed.ring?.epoch === ring.epoch;
  feed.ring = ring;
  feed.refillsFailed = 0;
  feed.rounds.length = 0;
  feed.unflushed.entries = 0;
  feed.unflushed.bytes = 0;
  for (const [offset, record] of feed.early) if (record.epoch !== ring.epoch) feed.early.delete(offset);
  for (const follower of feed.followers) follower.restarted(ring);
  for (const name of audiences) {
    const audience = feed.audiences[name];
    audience.flushed = headOf(ring, name);
    audience.begun = audience.flushed;
    audience.urgent = { waiting: [], isOnItsWay: false };
    audience.marks = createMarks(audience.flushed);
    audience.view = null;
    audience.viewsFrom = ring.offset;
    for (const member of audience.members) {
      if (member.phase !== "live") continue;
      member.phase = "joining";
      if (!sameEpoch) sendJoined(member, "gap");
      const reason = sameEpoch ? "too-many" : "epoch";
      gateway.clock.soon(() => {
        if (member.session.members.get(feed.room) !== member) return;
        askView(gateway, member, { from: sameEpoch ? seq(member.cursor.sent + 1) : seq(0), reason });
      });
    }
  }
}

function membersOf(feed: Feed): Member[] {
  return [...feed.audiences.public.members, ...feed.audiences.staff.members];
}

function createFeed(room: RoomId): Feed {
  return {
    room,
    phase: "attaching",
    ring: null,
    settings: null,
    bans: new Map(),
    audiences: { public: createAudience(), staff: createAudience() },
    waiting: [],
    followers: new Set(),
    early: new Map(),
    tally: null,
    polls: { asked: 0, since: time(0), viewers: 0 },
    told: { v: 0, at: time(0), text: "" },
    ladder: calm,
    said: { entries: 0, bytes: 0, tallies: 0, tapFrames: 0 },
    perSecond: { entries: 0, bytes: 0, tallies: 0, tapFrames: 0 },
    shrink: 1,
    polled: 0,
    allowance: null,
    taps: null,
    gathering: shortest,
    flushedAt: time(0),
    flushPlanned: false,
    rounds: [],
    writing: false,
    slicePlanned: false,
    unflushed: { entries: 0, bytes: 0 },
    emptySince: null,
    askedAt: time(0),
    refillsFailed: 0,
    sending: "open",
    leased: 0,
    leasedAt: time(0),
  };
}

function createAudience(): FeedAudience {
  const none: Seq = seq(0);
  return {
    members: new Set(),
    deflating: 0,
    behind: new Set(),
    begun: none,
    urgent: { waiting: [], isOnItsWay: false },
    flushed: none,
    forms: new Map(),
    marks: createMarks(none),
    view: null,
    viewsFrom: 0,
    viewAskedAt: null,
    viewWaiters: [],
  };
}
