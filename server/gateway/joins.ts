import { createCursor, stand } from "@chorus/core/delivery/cursor.ts";
import { cohortOf } from "@chorus/core/delivery/cut.ts";
import { rankOf } from "@chorus/core/room/rank.ts";
import { floorOf, headOf, reaches, type Ring, slice } from "@chorus/core/delivery/ring.ts";
import type { Left } from "@chorus/protocol/frames.ts";
import { type PersonId, type RoomId, type Seq, seq, time } from "@chorus/protocol/ids.ts";
import { type Grant, grantsOfRole } from "@chorus/protocol/people.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Join } from "@chorus/protocol/requests.ts";
import { type Person, type Rights, rightsIn } from "../identity/person.ts";
import { tierOf } from "./announce.ts";
import { isRoomFull } from "./crowd.ts";
import { catchUp, sendPersonal, sendSlice } from "./fan-out.ts";
import { attach, canFollow, feedOf } from "./feed.ts";
import type { Feed, Gateway, Member, Position, Session } from "./state.ts";
import { sendToKeeper } from "./uplink.ts";
import { askView } from "./views.ts";
import { entriesFrame, frameOf, personFrame, refusal } from "./wire.ts";

/** Entering and leaving rooms: with a position the missed entries, without one a view. */
export function join(gateway: Gateway, session: Session, request: Join): void {
  const { person } = session;
  const { room } = request;
  if (person === null) return;
  if (session.members.has(room)) leave(gateway, session, room);
  if (session.members.size >= limits.roomsPerConnectionMax) {
    gateway.observe.limit?.("roomsPerConnectionMax");
    return sendLeft(gateway, session, room, "too-many-rooms");
  }
  const rights = rightsOf(person, room);
  if (rights === null) return sendLeft(gateway, session, room, "forbidden");
  if (holdsTooMuch(gateway, session) || !canFollow(gateway, room))
    return sendLeft(gateway, session, room, "unavailable", 1_000);
  if (rankOf(rights.grants) === null && isRoomFull(gateway, room)) {
    gateway.observe.limit?.("connectionsPerRoomMax");
    return sendLeft(gateway, session, room, "unavailable", fullForMs());
  }
  const feed = feedOf(gateway, room);
  const member = enrol(feed, session, rights, request.hidden === true);
  const position =
    request.epoch === undefined || request.seq === undefined
      ? null
      : { epoch: request.epoch, seq: request.seq };
  if (feed.phase === "attaching" || feed.ring === null) {
    feed.waiting.push({ member, position });
    return attach(gateway, feed);
  }
  admit(gateway, member, position);
}

/** By chance, so that not all who wait for a place ask at once. */
function fullForMs(): number {
  return Math.ceil(roomFullRetryMs * (1 + Math.random()));
}

const roomFullRetryMs = 5_000;

/** Whoever has not read what they asked for last gets no more of the kind: such answers are large. */
function holdsTooMuch(gateway: Gateway, session: Session): boolean {
  if (session.connection.buffered() <= limits.stalledBytesMax) return false;
  gateway.observe.limit?.("stalledBytesMax");
  return true;
}

/** The second half of a join, once the room is here. */
export function admit(gateway: Gateway, member: Member, position: Position | null): void {
  const { feed, session } = member;
  const { person } = session;
  const { ring } = feed;
  if (ring === null || person === null || session.members.get(feed.room) !== member) return;
  if (person.guest && feed.settings?.guests !== true) return expel(gateway, member, "forbidden");
  if (isBanned(gateway, member)) return expel(gateway, member, "banned");
  if (isStaffMember(member)) tellRank(gateway, member);
  if (position === null) return enterFresh(gateway, member, "fresh");
  if (position.epoch !== ring.epoch)
    return enterFresh(gateway, member, "gap", { from: seq(0), reason: "epoch" });
  if (member.hidden) return rest(member, position.seq);
  resume(gateway, member, ring, position.seq);
}

/** They have what is up to there, and ask for the rest when they look again. */
function rest(member: Member, position: Seq): void {
  stand(member.cursor, position);
  sendJoined(member, "resumed");
  member.phase = "live";
  sendTallyTo(member);
}

/** Null without the right to read. */
export function rightsOf(person: Person, room: RoomId): Rights | null {
  const rights = person.guest ? guestRights : rightsIn(person, room);
  return rights?.grants.includes("read") === true ? rights : null;
}

/**
 * After a new token: who may do something else than before joins anew, from where they are or, in another audience, from
 * a view; who may read no more leaves. Who is no longer of the staff is so for the room too.
 */
export function renewRights(gateway: Gateway, member: Member): void {
  const { feed, session, rights: before, cursor, phase } = member;
  if (session.person === null) return;
  const rights = rightsOf(session.person, feed.room);
  if (rights === null) return expel(gateway, member, "forbidden");
  if (rights.role === before.role && sameGrants(rights.grants, before.grants)) return;
  leave(gateway, session, feed.room);
  const anew = enrol(feed, session, rights, member.hidden);
  if (isStaffMember(member)) tellRank(gateway, anew);
  if (phase === "waiting") {
    const asked = feed.waiting.find((waiting) => waiting.member === member);
    feed.waiting.push({ member: anew, position: asked?.position ?? null });
  } else if (phase === "live" && anew.audience === member.audience && feed.ring !== null) {
    admit(gateway, anew, { epoch: feed.ring.epoch, seq: cursor.sent });
  } else admit(gateway, anew, null);
}

function sameGrants(one: readonly Grant[], other: readonly Grant[]): boolean {
  return one.length === other.length && one.every((grant) => other.includes(grant));
}

function tellRank(gateway: Gateway, { feed, session, rights }: Member): void {
  if (session.person === null) return;
  sendToKeeper(gateway, feed.room, {
    i: "staff",
    person: session.person.id,
    role: rankOf(rights.grants) ?? "viewer",
    skeleton: session.skeleton,
  });
}

export function leave(gateway: Gateway, session: Session, room: RoomId): void {
  const member = session.members.get(room);
  if (member === undefined) return;
  session.members.delete(room);
  const { feed } = member;
  const audience = feed.audiences[member.audience];
  audience.members.delete(member);
  audience.behind.delete(member);
  if (session.deflates) audience.deflating -= 1;
  if (feed.audiences.public.members.size + feed.audiences.staff.members.size === 0)
    feed.emptySince = gateway.clock.now();
}

export function expel(gateway: Gateway, member: Member, reason: Left["reason"], retryMs?: number): void {
  leave(gateway, member.session, member.feed.room);
  sendLeft(gateway, member.session, member.feed.room, reason, retryMs);
}

export function sendLeft(
  gateway: Gateway,
  session: Session,
  room: RoomId,
  reason: Left["reason"],
  retryMs?: number,
): void {
  gateway.observe.left?.(reason);
  session.connection.send(
    frameOf({ t: "left", room, reason, ...(retryMs === undefined ? {} : { retryMs }) }),
  );
}

/** No ban keeps a host out of their own room. */
export function isBanned(gateway: Gateway, { feed, session, rights }: Member): boolean {
  return (
    session.person !== null &&
    !rights.grants.includes("host") &&
    isBannedFrom(gateway, feed, session.person.id)
  );
}

export function isBannedFrom(gateway: Gateway, feed: Feed, person: PersonId): boolean {
  const until = feed.bans.get(person);
  return until === null || (until !== undefined && until > gateway.clock.now());
}

/** Answers a request for a range that did not arrive. */
export function fill(
  gateway: Gateway,
  session: Session,
  room: RoomId,
  epoch: string,
  from: Seq,
  to: Seq,
): void {
  const member = session.members.get(room);
  const ring = member?.feed.ring ?? null;
  if (member === undefined || ring === null || member.phase !== "live") {
    return session.connection.send(refusal("not-joined", { room }));
  }
  const reached = Math.min(member.cursor.sent, headOf(ring, member.audience));
  const upTo = seq(Math.min(to, from + limits.fillEntriesMax - 1, reached));
  if (epoch !== ring.epoch || from < 1 || from > upTo) {
    return session.connection.send(refusal("unknown", { room }));
  }
  if (holdsTooMuch(gateway, session))
    return session.connection.send(refusal("busy", { room, retryMs: 1_000 }));
  if (reaches(ring, member.audience, seq(from - 1))) {
    const filled = slice(ring, member, seq(from - 1), upTo, Infinity);
    return session.connection.send(entriesFrame(room, filled));
  }
  const missing = (): void =>
    session.connection.send(frameOf({ t: "gap", room, from, to: upTo, reason: "retention" }));
  readRange(gateway, member, seq(from - 1), upTo, missing, () => {});
}

const guestRights: Rights = { role: "guest", grants: grantsOfRole.guest };

function isStaffMember(member: Member): boolean {
  return member.audience === "staff";
}

function enrol(feed: Feed, session: Session, rights: Rights, hidden: boolean): Member {
  const staff = rights.grants.includes("moderate") || rights.grants.includes("host");
  const audience = staff ? "staff" : "public";
  const cohort = session.person === null ? 0 : cohortOf(session.person.id);
  const cursor = createCursor(seq(0));
  const member: Member = {
    session,
    feed,
    rights,
    audience,
    cohort,
    hidden,
    phase: "waiting",
    cursor,
    tapsDue: time(0),
  };
  session.members.set(feed.room, member);
  feed.audiences[audience].members.add(member);
  if (session.deflates) feed.audiences[audience].deflating += 1;
  if (session.polls && feed.ladder.tier !== "segments") feed.polled = Math.max(0, feed.polled - 1);
  feed.emptySince = null;
  return member;
}

function enterFresh(
  gateway: Gateway,
  member: Member,
  how: "fresh" | "gap",
  gap: { from: Seq; reason: "too-many" | "epoch" | "retention" } | null = null,
): void {
  sendJoined(member, how);
  askView(gateway, member, gap);
}

function resume(gateway: Gateway, member: Member, ring: Ring, position: Seq): void {
  const { feed, cursor, audience: name } = member;
  const { flushed } = feed.audiences[name];
  const missed = flushed - position;
  if (missed > limits.resumeEntriesMax) {
    return enterFresh(gateway, member, "gap", { from: seq(position + 1), reason: "too-many" });
  }
  /* Another gateway may have been a little ahead of this one. */
  if (missed < -limits.resumeEntriesMax) return resumeFarAhead(gateway, member, position);
  stand(cursor, position);
  if (reaches(ring, name, position)) return resumeFrom(member, ring);
  const lost = (): void => {
    if (feed.ring !== null && position >= floorOf(feed.ring, name)) resumeFrom(member, feed.ring);
    else enterFresh(gateway, member, "gap", { from: seq(position + 1), reason: "retention" });
  };
  readRange(gateway, member, position, flushed, lost, () => {
    sendJoined(member, "resumed");
    stand(cursor, flushed);
    member.phase = "live";
  });
}

/** The log knows whether there is such a position at all, or this gateway has missed much and will read it back. */
function resumeFarAhead(gateway: Gateway, member: Member, position: Seq): void {
  const { feed, session, audience } = member;
  gateway.log.head(feed.room, (outcome) => {
    if (session.members.get(feed.room) !== member) return;
    if (!outcome.ok) gateway.observe.logFailed?.(feed.room, outcome.failure.message);
    const head = outcome.ok && outcome.value !== "no-such-room" ? outcome.value : null;
    const reached = audience === "public" ? head?.publicSeq : head?.staffSeq;
    if (reached === undefined || (head?.epoch === feed.ring?.epoch && position <= reached))
      expel(gateway, member, "unavailable", 1_000);
    else enterFresh(gateway, member, "gap", { from: seq(0), reason: "epoch" });
  });
}

function resumeFrom(member: Member, ring: Ring): void {
  sendJoined(member, "resumed");
  member.phase = "live";
  sendPersonal(member, ring);
  sendSlice(member, ring, Infinity);
  member.cursor.seen = member.cursor.sent;
  sendTallyTo(member);
}

/**
 * Sends a range out of the log, whole or not at all. While it was read, the ring may have learned of a removal that the
 * log's answer does not know yet: then it is read again.
 */
function readRange(
  gateway: Gateway,
  member: Member,
  after: Seq,
  to: Seq,
  missing: () => void,
  found: () => void,
): void {
  const { feed, session, audience, cursor } = member;
  const person = session.person?.id ?? null;
  const bounds = { newest: false, entriesMax: limits.resumeEntriesMax, bytesMax: limits.ringBytesMax };
  gateway.log.read(feed.room, { audience, from: seq(after + 1), to, ...bounds, person }, (outcome) => {
    if (session.members.get(feed.room) !== member) return;
    if (!outcome.ok) gateway.observe.logFailed?.(feed.room, outcome.failure.message);
    if (!outcome.ok || outcome.value === "no-such-room") return missing();
    const { head, entries } = outcome.value;
    if (head.epoch !== feed.ring?.epoch) return missing();
    if (head.offset < feed.audiences[audience].viewsFrom)
      return readRange(gateway, member, after, to, missing, found);
    const own = entries.filter(({ item }) => item.scope === "person").map(({ bytes }) => bytes);
    const shared = entries.filter(({ item }) => item.scope !== "person").map(({ bytes }) => bytes);
    if (shared.length !== to - after) return missing();
    found();
    cursor.whole = seq(Math.max(cursor.whole, to));
    const whole = { from: seq(after + 1), to, parts: shared, seqs: null, shed: 0 };
    if (shared.length > 0) session.connection.send(entriesFrame(feed.room, whole));
    if (own.length > 0) session.connection.send(personFrame(feed.room, own));
    if (feed.ring !== null) sendPersonal(member, feed.ring);
    sendTallyTo(member);
    /* What was flushed in the meantime has passed them by. */
    feed.audiences[audience].behind.add(member);
    catchUp(gateway, member);
  });
}

/** From here on the member is in the room, and hears whether it can be sent to. */
export function sendJoined(member: Member, how: "resumed" | "fresh" | "gap"): void {
  const { feed, session, rights, audience } = member;
  if (feed.ring === null) return;
  if (member.phase === "waiting") member.phase = "joining";
  session.connection.send(
    frameOf({
      t: "joined",
      room: feed.room,
      epoch: feed.ring.epoch,
      seq: audience === "public" ? feed.ring.publicSeq : feed.ring.staffSeq,
      how,
      audience,
      role: rights.role,
      grants: [...rights.grants],
    }),
  );
  if (feed.ladder.warned && (audience === "staff" || feed.ladder.tier !== "calm"))
    session.connection.send(frameOf(tierOf(feed, audience)));
  if (feed.sending === "paused")
    session.connection.send(frameOf({ t: "status", room: feed.room, sending: "paused" }));
}

function sendTallyTo(member: Member): void {
  if (member.feed.tally !== null) member.session.connection.send(frameOf(member.feed.tally));
}
