import { type Cut, entriesShown } from "@chorus/core/delivery/cut.ts";
import { mayWrite, report } from "@chorus/core/delivery/cursor.ts";
import { isAt } from "@chorus/core/delivery/ladder.ts";
import { mark, markedTo, stallLine } from "@chorus/core/delivery/marks.ts";
import { floorOf, headOf, personal, type Ring, slice } from "@chorus/core/delivery/ring.ts";
import { largeShare, nextFlush, paceAfter, windowMs } from "@chorus/core/delivery/window.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Audience, RoomRecord } from "@chorus/core/record.ts";
import { type Seq, seq, type Time } from "@chorus/protocol/ids.ts";
import { deflated } from "./deflate.ts";
import { finishRounds, isOnItsWay, type Round, startRound, timed } from "./rounds.ts";
import { askView } from "./views.ts";
import type { Feed, FeedAudience, Forms, Gateway, Member } from "./state.ts";
import { entriesFrame, personFrame } from "./wire.ts";

/**
 * Delivery: one buffer a window for everybody who is caught up, a slice of the ring for whoever comes back from
 * behind. Safety entries go ahead at once, entries for one person too.
 */
const catchUpBytesMax = 128 * 1024; // Above what clients report soon (`seenSize` in the SDK), so that the next follows.
/** How often what is newest is taken up in a round: each time a frame is made anew. */
const stages = 4;
/** Of one flush, in what is known of all. */
const newShare = 0.2;

export function planFlush(gateway: Gateway, feed: Feed): void {
  if (feed.flushPlanned) return;
  feed.flushPlanned = true;
  const now = gateway.clock.now();
  const due = nextFlush(feed.flushedAt, now, feedWindowMs(gateway, feed));
  if (due > now) {
    gateway.clock.after(due - now, () => flush(gateway, feed));
    return;
  }
  gateway.due.push(feed);
  if (gateway.due.length === 1) gateway.clock.soon(() => flushDue(gateway));
}

/** What came in this turn of the loop, be it in a thousand rooms. */
function flushDue(gateway: Gateway): void {
  const { due } = gateway;
  gateway.due = [];
  timed(gateway, () => {
    for (const feed of due) flush(gateway, feed);
  });
}

/** What has not been sent to everybody must not leave the ring: it holds this round, and the one before. */
export function flushBefore(gateway: Gateway, feed: Feed, record: RoomRecord, cut: Cut | null): void {
  const { unflushed } = feed;
  const shown = entriesShown(record, cut);
  const entries = unflushed.entries + shown;
  const bytes = unflushed.bytes + record.bytes.length;
  if (unflushed.entries > 0 && (entries > limits.ringEntriesMax / 2 || bytes > limits.ringBytesMax / 2)) {
    finishRounds(gateway, feed);
    flush(gateway, feed);
  }
  unflushed.entries += shown;
  unflushed.bytes += record.bytes.length;
}

function flush(gateway: Gateway, feed: Feed): void {
  feed.flushPlanned = false;
  /* When that one is over, it plans the next. */
  if (feed.ring === null || isOnItsWay(feed, "chat")) return;
  feed.flushedAt = gateway.clock.now();
  feed.unflushed.entries = 0;
  feed.unflushed.bytes = 0;
  const rounds = [roundOf(gateway, feed, feed.ring, "public"), roundOf(gateway, feed, feed.ring, "staff")];
  for (const round of rounds) if (round !== null) startRound(gateway, feed, round);
}

/** Once a second: how long windows are from here on. */
export function judgePace(gateway: Gateway): void {
  const { clock, worked } = gateway;
  const now = clock.now();
  const [busyMs, cpuMs] = [clock.busyMs(), clock.cpuMs()];
  const ms = now - worked.at;
  if (ms <= 0) return;
  const since = { ms, busyMs: busyMs - worked.busyMs, cpuMs: cpuMs - worked.cpuMs };
  gateway.pace = paceAfter(gateway.pace, { ...worked, ...since }, now);
  for (const feed of gateway.wrote.keys())
    if ((gateway.wrote.get(feed) ?? 0) < worked.writes * largeShare) gateway.wrote.delete(feed);
  gateway.large = new Set(gateway.wrote.keys());
  gateway.wrote.clear();
  gateway.bytesPerSecond = (worked.bytes * 1_000) / ms;
  Object.assign(worked, { at: now, busyMs, cpuMs, writes: 0, bytes: 0, writingMs: 0, totals: 0 });
}

/** The room's own, or the widest where the room is hot. */
function feedWindowMs(gateway: Gateway, feed: Feed): number {
  return isAt(feed.ladder.tier, "wide")
    ? limits.windowMsMax
    : windowMs(socketsWrittenTo(feed), gateway.pace, isLarge(gateway, feed));
}

function socketsWrittenTo(feed: Feed): number {
  const { public: everybody, staff } = feed.audiences;
  return socketsOf(feed) - everybody.behind.size - staff.behind.size;
}

/** Whether it is a room for whose sake windows widen: one of those that take much of the writing, or there are none. */
function isLarge({ large }: Gateway, feed: Feed): boolean {
  return large.size === 0 || large.has(feed);
}

export function socketsOf({ audiences }: Feed): number {
  return audiences.public.members.size + audiences.staff.members.size;
}

/**
 * Of what the audience has not been sent; null when that is nothing, or nobody is there. Each slice of it ends with what is
 * newest then, so that nobody waits for those who are written to before them; those who were before have the rest next time.
 */
function roundOf(gateway: Gateway, feed: Feed, ring: Ring, name: Audience): Round | null {
  const audience = feed.audiences[name];
  const { begun: after } = audience;
  const head = headOf(ring, name);
  if (head <= after) return null;
  audience.begun = head;
  audience.flushed = Math.max(audience.flushed, head) as Seq;
  if (audience.members.size === 0) return null;
  forgetForms(audience);
  const now = gateway.clock.now();
  const line = stallLine(audience.marks, now);
  const sum = { entries: 0, sockets: 0, bytes: 0, text: 0, largest: 0, inLargest: 1 };
  const stage = Math.max(limits.sliceWritesMax, audience.members.size / stages);
  let newestAt = 0;
  return {
    lane: "chat",
    members: audience.members.values(),
    write(member) {
      const { cursor, session } = member;
      if (sum.sockets >= newestAt) {
        newestAt += stage;
        takeNewest(feed, audience, name);
      }
      const to = audience.flushed;
      if (member.phase !== "live" || member.hidden || cursor.sent >= to) return 0;
      const isHere = cursor.sent >= after && mayReceive(gateway, member, line, now);
      const forms = isHere ? formsOf(gateway, member, to) : null;
      if (forms === null) {
        audience.behind.add(member);
        return 0;
      }
      const form = session.deflates ? forms.deflated : forms.text;
      sum.entries += to - cursor.sent;
      sum.sockets += 1;
      sum.bytes += form.length;
      sum.text += forms.text.length;
      if (form.length > sum.largest) {
        sum.largest = form.length;
        sum.inLargest = to - cursor.sent;
      }
      cursor.sent = to;
      session.connection.send(form);
      return form.length;
    },
    over() {
      forgetForms(audience);
      /* Frames of one round and the next overlap where it took long: what is new counts, each entry once. */
      const news = audience.flushed - markedTo(audience.marks);
      mark(audience.marks, audience.flushed, now, (sum.largest / sum.inLargest) * news);
      /* Staff are few: what they read says little of what all do. Who was written to may be gone by now. */
      const share = newShare * Math.min(1, sum.sockets / Math.max(1, socketsOf(feed)));
      if (sum.text > 0) feed.shrink += (sum.bytes / sum.text - feed.shrink) * share;
      gateway.observe.delivered?.(sum.entries, sum.sockets, sum.bytes);
      if (isWaiting(feed)) planFlush(gateway, feed);
    },
  };
}

/** Emptying a map makes it anew, even an empty one. */
function forgetForms({ forms }: FeedAudience): void {
  if (forms.size > 0) forms.clear();
}

/** Frames that are written now end with what is newest. In a capped room, which has many forms, with what the round began with. */
function takeNewest({ ring }: Feed, audience: FeedAudience, name: Audience): void {
  if (ring === null || ring.cuts.size > 0 || headOf(ring, name) <= audience.flushed) return;
  audience.flushed = headOf(ring, name);
  audience.forms.clear();
}

/**
 * A frame from where a member is, made once for all who are there and are shown the same; again when something in it was removed
 * meanwhile. Null when the ring does not have it any more.
 */
function formsOf(gateway: Gateway, member: Member, to: Seq): Forms | null {
  const { room, ring } = member.feed;
  const after = member.cursor.sent;
  const audience = member.feed.audiences[member.audience];
  const cohort = ring === null || ring.cuts.size === 0 || member.audience === "staff" ? 0 : member.cohort;
  const key = after * limits.cohortsMax + cohort;
  const known = audience.forms.get(key);
  if (known !== undefined) return known;
  if (ring === null || floorOf(ring, member.audience) > after) return null;
  const text = entriesFrame(room, slice(ring, member, after, to, Infinity));
  const forms = { text, deflated: deflated(text, audience.deflating, gateway.deflateReadersMin) };
  audience.forms.set(key, forms);
  return forms;
}

/** Whether there is something that not everybody has been sent. */
function isWaiting({ ring, audiences }: Feed): boolean {
  return (
    ring !== null &&
    (headOf(ring, "public") > audiences.public.begun || headOf(ring, "staff") > audiences.staff.begun)
  );
}

function mayReceive(gateway: Gateway, { cursor, session }: Member, line: Seq, now: Time): boolean {
  const stalled = cursor.stalledSince !== null;
  const buffered = session.connection.buffered();
  if (session.connection.oneWay && buffered === 0) report(cursor, cursor.sent);
  if (mayWrite(cursor, line, buffered, now)) return true;
  if (!stalled) gateway.observe.limit?.("stalledBytesMax");
  return false;
}

/** Called every second: a socket that has become empty reports nothing. */
export function catchUpAll(gateway: Gateway, feed: Feed): void {
  for (const { behind, flushed } of [feed.audiences.public, feed.audiences.staff]) {
    for (const member of behind) {
      catchUp(gateway, member);
      if (member.phase !== "live" || member.cursor.sent >= flushed) behind.delete(member);
    }
  }
}

/** Brings a member nearer to what the others have; called whenever it has shown progress. */
export function catchUp(gateway: Gateway, member: Member): void {
  const { feed, cursor, audience: name } = member;
  const audience = feed.audiences[name];
  const now = gateway.clock.now();
  if (feed.ring === null || member.phase !== "live" || !audience.behind.has(member)) return;
  if (!mayReceive(gateway, member, stallLine(audience.marks, now), now)) return;
  if (cursor.sent < floorOf(feed.ring, name)) {
    member.phase = "joining";
    return askView(gateway, member, { from: seq(cursor.sent + 1), reason: "slow" });
  }
  sendSlice(member, feed.ring, catchUpBytesMax);
}

/** Everything between the member's position and what was last flushed, or as much as `bytesMax`. */
export function sendSlice(member: Member, ring: Ring, bytesMax: number): void {
  const { feed, cursor, session, audience: name } = member;
  const { flushed } = feed.audiences[name];
  if (cursor.sent >= flushed) return;
  const missed = slice(ring, member, cursor.sent, flushed, bytesMax);
  if (missed.to < missed.from) return;
  cursor.sent = missed.to;
  session.connection.send(entriesFrame(feed.room, missed));
}

/** Entries for this person alone since a position; doubles do no harm. */
export function sendPersonal(member: Member, ring: Ring): void {
  const { person, connection } = member.session;
  if (person === null) return;
  const parts = personal(ring, member, person.id, member.cursor.sent);
  if (parts.length > 0) connection.send(personFrame(member.feed.room, parts));
}
