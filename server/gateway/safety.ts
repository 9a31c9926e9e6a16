import { type Holders, holdersOf, mayHold } from "@chorus/core/delivery/holders.ts";
import { eachEntry, type Ring } from "@chorus/core/delivery/ring.ts";
import { type Audience, audiences, inAudience, type RoomRecord } from "@chorus/core/record.ts";
import type { Removed } from "@chorus/protocol/entries.ts";
import { textOf } from "../keeper/record.ts";
import { looks } from "./announce.ts";
import { startRound } from "./rounds.ts";
import type { Feed, Gateway, Member } from "./state.ts";
import { safetyFrame } from "./wire.ts";

/**
 * Safety does not wait for a window. What is removed in a capped room goes ahead to those who may have it on their screen, and
 * comes to the others with their window: with so many viewers each write counts. What comes while such a frame is on its way to
 * a large room leaves together after it, so that a raid's removals do not queue up.
 */
export type Urgent = { readonly bytes: Uint8Array; readonly holders: Holders | null };

export function sendSafety(gateway: Gateway, feed: Feed, ring: Ring, record: RoomRecord): void {
  eachEntry(record, ({ lane, k, scope }, bytes) => {
    if (lane !== "safety") return;
    const holders = k === "removed" ? holdersOf(ring, (JSON.parse(textOf(bytes)) as Removed).of) : null;
    for (const name of audiences)
      if (inAudience(scope, name)) feed.audiences[name].urgent.waiting.push({ bytes, holders });
  });
  for (const name of audiences) sendUrgent(gateway, feed, name);
}

function sendUrgent(gateway: Gateway, feed: Feed, name: Audience): void {
  const { urgent, members } = feed.audiences[name];
  if (urgent.isOnItsWay || urgent.waiting.length === 0) return;
  const parts = urgent.waiting.splice(0);
  const frame = safetyFrame(
    feed.room,
    parts.map(({ bytes }) => bytes),
  );
  urgent.isOnItsWay = true;
  startRound(gateway, feed, {
    lane: "safety",
    members: members.values(),
    write(member) {
      if (!looks(member) || !parts.some(({ holders }) => concerns(holders, member))) return 0;
      member.session.connection.send(frame);
      return frame.length;
    },
    over() {
      urgent.isOnItsWay = false;
      sendUrgent(gateway, feed, name);
    },
  });
}

function concerns(holders: Holders | null, { audience, session, cohort, cursor }: Member): boolean {
  if (holders === null || audience === "staff") return true;
  return mayHold(holders, { cohort, person: session.person?.id ?? null, whole: cursor.whole });
}
