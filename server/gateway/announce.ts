import { type Cut, isNobodys, isShown } from "@chorus/core/delivery/cut.ts";
import { isAt } from "@chorus/core/delivery/ladder.ts";
import { eachEntry, type Ring } from "@chorus/core/delivery/ring.ts";
import { type Audience, audiences, overlaid, type RoomRecord } from "@chorus/core/record.ts";
import type { Lane } from "@chorus/protocol/entries.ts";
import type { TierFrame } from "@chorus/protocol/frames.ts";
import type { PersonId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { isOnItsWay, startRound } from "./rounds.ts";
import type { Feed, Gateway, Member, Session } from "./state.ts";
import { frameOf, personFrame } from "./wire.ts";

/**
 * What does not wait for a window: what is for one person at once, totals and states as they change. Of a record, as it reads now: the
 * same one may have taken it away again.
 */
export function deliverPersonal(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord): void {
  eachEntry(record, (item, original) => {
    if (item.person === null) return;
    const bytes = overlaid(item, original, ring.overlays) ?? original;
    for (const { session } of membersOf(gateway, feed, item.person))
      session.connection.send(personFrame(feed.room, [bytes]));
  });
}

/** A person's screens that are in the room. */
function membersOf(gateway: Gateway, feed: Feed, person: PersonId): Member[] {
  const members: Member[] = [];
  for (const session of gateway.people.get(person) ?? nobody) {
    const member = session.members.get(feed.room);
    if (member?.phase === "live") members.push(member);
  }
  return members;
}
const nobody: ReadonlySet<Session> = new Set();

/** What a capped room's cohorts do not all read: at once to the people whom it is meant for, and to its author's other screens. */
export function deliverMeant(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord, cut: Cut): void {
  const { allowance } = feed;
  if (allowance === null) return;
  eachEntry(record, (item, original, i) => {
    if (!item.ordinary || item.scope !== "all") return;
    const people = item.by === null || !isNobodys(cut, i) ? item.meant : [item.by, ...item.meant];
    for (const member of people.flatMap((person) => membersOf(gateway, feed, person))) {
      if (isShown(cut, i, member)) continue;
      if (allowance.meant < 1) return gateway.observe.limit?.("meantPerSecond");
      allowance.meant -= 1;
      const bytes = overlaid(item, original, ring.overlays) ?? original;
      member.session.connection.send(personFrame(feed.room, [bytes]));
    }
  });
}

/** The newest totals are all that counts: those that come while others are on their way wait for the end of these. */
export function sendTally(gateway: Gateway, feed: Feed): void {
  const { told, tally } = feed;
  if (tally === null) return;
  const now = gateway.clock.now();
  if (tally.v <= told.v || isOnItsWay(feed, "cosmetic") || now - told.at < tallyPauseMs(feed)) return;
  const { v } = tally;
  const text = JSON.stringify({ ...tally, v: 0, seq: 0 });
  const isNews = text !== told.text;
  Object.assign(told, { v, at: now, text });
  const frame = frameOf(tally);
  /* Who sees what is said has no use for how much that is. */
  const whom = isNews ? reads : isHidden;
  const next = (): void => sendTally(gateway, feed);
  sendToAll(gateway, feed, "public", "cosmetic", frame, whom);
  sendToAll(gateway, feed, "staff", "cosmetic", frame, whom, next);
}

/** How rare totals are while the room is hot. */
function tallyPauseMs({ ladder }: Feed): number {
  return isAt(ladder.tier, "cosmetic") ? limits.tallyRareMs : 0;
}

/** What is done about a room's heat; staff hear how hot it is, too. */
export function sendTier(gateway: Gateway, feed: Feed, name: Audience): void {
  sendToAll(gateway, feed, name, "safety", frameOf(tierOf(feed, name)), isIn);
}

export function tierOf({ room, ladder }: Feed, audience: Audience): TierFrame {
  const { tier, heat, cohorts } = ladder;
  const shown = Math.round(100 / cohorts);
  const frame: TierFrame = { t: "tier", room, tier, shown: audience === "staff" ? 100 : shown };
  return audience === "staff" ? { ...frame, heat: Math.round(heat * 100) } : frame;
}

/** To all who were told that they are in: it changes rarely, and nothing else tells them. */
export function sendStatus(gateway: Gateway, feed: Feed, sending: "open" | "paused"): void {
  if (feed.sending === sending) return;
  feed.sending = sending;
  const frame = frameOf({ t: "status", room: feed.room, sending });
  for (const name of audiences) sendToAll(gateway, feed, name, "safety", frame, isIn);
}

function sendToAll(
  gateway: Gateway,
  feed: Feed,
  name: Audience,
  lane: Lane,
  frame: Uint8Array,
  whom: (member: Member) => boolean,
  over?: () => void,
): void {
  startRound(gateway, feed, {
    lane,
    members: feed.audiences[name].members.values(),
    write(member) {
      if (!whom(member)) return 0;
      member.session.connection.send(frame);
      return frame.length;
    },
    ...(over === undefined ? {} : { over }),
  });
}

/** Not to those who have stopped reading: they get what matters when they come back. */
function reads({ phase, cursor }: Member): boolean {
  return phase === "live" && cursor.stalledSince === null;
}

/** What is removed while nobody looks is not there when they look again. */
export function looks(member: Member): boolean {
  return !member.hidden && reads(member);
}

function isHidden(member: Member): boolean {
  return member.hidden && reads(member);
}

function isIn({ phase }: Member): boolean {
  return phase !== "waiting";
}
