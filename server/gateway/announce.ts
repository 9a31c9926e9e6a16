import { eachPersonal, type Ring } from "@chorus/core/delivery/ring.ts";
import { type Audience, inAudience, overlaid, type RoomRecord } from "@chorus/core/record.ts";
import type { Lane } from "@chorus/protocol/entries.ts";
import type { Tally } from "@chorus/protocol/frames.ts";
import { isOnItsWay, startRound } from "./rounds.ts";
import type { Feed, Gateway, Member } from "./state.ts";
import { frameOf, personFrame, safetyFrame } from "./wire.ts";

/** What does not wait for a window: safety and what is for one person at once, totals and states as they change. */
const audiences: readonly Audience[] = ["public", "staff"];

export function sendSafety(gateway: Gateway, feed: Feed, record: RoomRecord): void {
  for (const name of audiences) {
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const item of record.index) {
      if (item.lane === "safety" && inAudience(item.scope, name))
        parts.push(record.bytes.subarray(start, start + item.bytes));
      start += item.bytes + 1;
    }
    if (parts.length > 0) sendToAll(gateway, feed, name, "safety", safetyFrame(feed.room, parts), reads);
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

/** The newest totals are all that counts: those that come while others are on their way wait for the end of these. */
export function sendTally(gateway: Gateway, feed: Feed, tally: Tally): void {
  if (isOnItsWay(feed, "cosmetic")) return;
  const frame = frameOf(tally);
  const next = (): void => {
    if (feed.tally !== null && feed.tally.v > tally.v) sendTally(gateway, feed, feed.tally);
  };
  sendToAll(gateway, feed, "public", "cosmetic", frame, reads);
  sendToAll(gateway, feed, "staff", "cosmetic", frame, reads, next);
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
      if (!whom(member)) return false;
      member.session.connection.send(frame);
      return true;
    },
    ...(over === undefined ? {} : { over }),
  });
}

/** Not to those who have stopped reading: they get what matters when they come back. */
function reads({ phase, cursor }: Member): boolean {
  return phase === "live" && cursor.stalledSince === null;
}

function isIn({ phase }: Member): boolean {
  return phase !== "waiting";
}
