import { mayWrite, report } from "@chorus/core/delivery/cursor.ts";
import { mark, stallLine } from "@chorus/core/delivery/marks.ts";
import { eachPersonal, floorOf, headOf, personal, type Ring, slice } from "@chorus/core/delivery/ring.ts";
import { nextFlush, paceAfter, windowMs } from "@chorus/core/delivery/window.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Audience, inAudience, overlaid, type RoomRecord } from "@chorus/core/record.ts";
import type { Tally } from "@chorus/protocol/frames.ts";
import { type Seq, seq, type Time } from "@chorus/protocol/ids.ts";
import { deflated } from "./deflate.ts";
import { askView } from "./views.ts";
import type { Feed, Gateway, Member } from "./state.ts";
import { entriesFrame, frameOf, personFrame, safetyFrame } from "./wire.ts";

/**
 * Delivery: one buffer a window for everybody who is caught up, a slice of the ring for whoever comes back from
 * behind. Safety entries go ahead at once, entries for one person too.
 */
const catchUpBytesMax = 64 * 1024;

export function planFlush(gateway: Gateway, feed: Feed): void {
  if (feed.flushPlanned) return;
  feed.flushPlanned = true;
  const now = gateway.clock.now();
  const due = nextFlush(feed.flushedAt, now, windowMs(socketsOf(feed), gateway.pace));
  const run = (): void => flush(gateway, feed);
  if (due <= now) gateway.clock.soon(run);
  else gateway.clock.after(due - now, run);
}

/** What has not been sent to anybody must not leave the ring. */
export function flushBefore(gateway: Gateway, feed: Feed, record: RoomRecord): void {
  const { unflushed } = feed;
  const entries = unflushed.entries + record.index.length;
  const bytes = unflushed.bytes + record.bytes.length;
  if (unflushed.entries > 0 && (entries > limits.ringEntriesMax || bytes > limits.ringBytesMax))
    flush(gateway, feed);
  unflushed.entries += record.index.length;
  unflushed.bytes += record.bytes.length;
}

function flush(gateway: Gateway, feed: Feed): void {
  feed.flushPlanned = false;
  feed.flushedAt = gateway.clock.now();
  feed.unflushed.entries = 0;
  feed.unflushed.bytes = 0;
  if (feed.ring === null) return;
  const { clock, worked } = gateway;
  const begun = clock.busyMs();
  worked.writes +=
    flushAudience(gateway, feed, feed.ring, "public") + flushAudience(gateway, feed, feed.ring, "staff");
  worked.writingMs += clock.busyMs() - begun;
}

/** Once a second: how long windows are from here on. */
export function judgePace(gateway: Gateway): void {
  const { clock, worked } = gateway;
  const now = clock.now();
  const busyMs = clock.busyMs();
  const ms = now - worked.at;
  if (ms <= 0) return;
  gateway.pace = paceAfter(gateway.pace, { ...worked, ms, busyMs: busyMs - worked.busyMs }, now);
  Object.assign(worked, { at: now, busyMs, writes: 0, writingMs: 0 });
}

function socketsOf({ audiences }: Feed): number {
  return audiences.public.members.size + audiences.staff.members.size;
}

/** @returns how many sockets were written to. */
function flushAudience(gateway: Gateway, feed: Feed, ring: Ring, name: Audience): number {
  const audience = feed.audiences[name];
  const after = audience.flushed;
  const to = headOf(ring, name);
  if (to <= after) return 0;
  audience.flushed = to;
  if (audience.members.size === 0) return 0;
  const { parts, from } = slice(ring, name, after, to, Infinity);
  const frame = entriesFrame(feed.room, from, to, parts);
  const small = deflated(frame, audience.deflating, gateway.deflateReadersMin);
  const now = gateway.clock.now();
  const line = stallLine(audience.marks, now);
  let written = 0;
  let bytes = 0;
  for (const member of audience.members) {
    const { cursor, session } = member;
    if (member.phase !== "live" || cursor.sent >= to) continue;
    if (cursor.sent < from - 1 || !mayReceive(gateway, member, line, now)) {
      audience.behind.add(member);
      continue;
    }
    cursor.sent = to;
    const form = session.deflates ? small : frame;
    session.connection.send(form);
    written += 1;
    bytes += form.length;
  }
  mark(audience.marks, to, now, frame.length);
  gateway.observe.delivered?.(to - from + 1, written, bytes);
  return written;
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
  if (feed.ring === null || member.phase !== "live" || cursor.sent >= audience.flushed) return;
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
  const { from, to, parts } = slice(ring, name, cursor.sent, flushed, bytesMax);
  if (to < from) return;
  cursor.sent = to;
  session.connection.send(entriesFrame(feed.room, from, to, parts));
}

/** Entries for this person alone since a position; doubles do no harm. */
export function sendPersonal(member: Member, ring: Ring): void {
  const { person, connection } = member.session;
  if (person === null) return;
  const parts = personal(ring, person.id, member.audience, member.cursor.sent);
  if (parts.length > 0) connection.send(personFrame(member.feed.room, parts));
}

export function sendSafety(feed: Feed, record: RoomRecord): void {
  for (const name of ["public", "staff"] as const) {
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const item of record.index) {
      if (item.lane === "safety" && inAudience(item.scope, name))
        parts.push(record.bytes.subarray(start, start + item.bytes));
      start += item.bytes + 1;
    }
    if (parts.length > 0) sendToAll(feed, name, safetyFrame(feed.room, parts));
  }
}

/** As it reads now: the same record may have taken it away again. */
export function deliverPersonal(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord): void {
  eachPersonal(record, (item, original) => {
    const sessions = item.person === null ? undefined : gateway.people.get(item.person);
    if (sessions === undefined) return;
    const bytes = overlaid(item, original, ring.overlays) ?? original;
    for (const session of sessions) {
      if (session.members.get(feed.room)?.phase === "live")
        session.connection.send(personFrame(feed.room, [bytes]));
    }
  });
}

export function sendTally(feed: Feed, tally: Tally): void {
  const frame = frameOf(tally);
  sendToAll(feed, "public", frame);
  sendToAll(feed, "staff", frame);
}

/** To all who were told that they are in: it changes rarely, and nothing else tells them. */
export function sendStatus(feed: Feed, sending: "open" | "paused"): void {
  if (feed.sending === sending) return;
  feed.sending = sending;
  const frame = frameOf({ t: "status", room: feed.room, sending });
  for (const { members } of [feed.audiences.public, feed.audiences.staff]) {
    for (const { phase, session } of members) if (phase !== "waiting") session.connection.send(frame);
  }
}

/** Not to those who have stopped reading: they get what matters when they come back. */
function sendToAll(feed: Feed, name: Audience, frame: Uint8Array): void {
  for (const { phase, cursor, session } of feed.audiences[name].members) {
    if (phase === "live" && cursor.stalledSince === null) session.connection.send(frame);
  }
}
