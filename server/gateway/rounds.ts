import { type Lane, lanes } from "@chorus/protocol/entries.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Feed, Gateway, Member } from "./state.ts";

/**
 * One frame on its way to all members of an audience. It is written a slice at a time, so that a large room keeps neither
 * its neighbours nor what is urgent waiting: between two slices the loop takes in what has come, and a round of an earlier
 * lane goes first. Who joins meanwhile is visited too, who leaves is not.
 */
export type Round = {
  readonly lane: Lane;
  readonly members: Iterator<Member>;
  /** How many bytes were written; 0 when there was nothing to write. */
  write(member: Member): number;
  /** All have been visited. */
  over?(): void;
};

/** A room that fits into one slice has its round behind it when this returns. */
export function startRound(gateway: Gateway, feed: Feed, round: Round): void {
  const { rounds } = feed;
  let at = rounds.length;
  while (at > 0 && isAhead(round, rounds[at - 1])) at -= 1;
  rounds.splice(at, 0, round);
  if (!feed.writing) writeSlice(gateway, feed, "slice");
}

export function isOnItsWay({ rounds }: Feed, lane: Lane): boolean {
  return rounds.some((round) => round.lane === lane);
}

/** All that is on its way is written now, however long it takes. */
export function finishRounds(gateway: Gateway, feed: Feed): void {
  if (feed.rounds.length > 0 && !feed.writing) writeSlice(gateway, feed, "everything");
}

/** Counts what this takes as writing. Asking for the time takes as long as a tenth of a write, so once for small rooms together. */
export function timed(gateway: Gateway, write: () => void): void {
  const { clock, worked } = gateway;
  if (gateway.timing) return write();
  const begun = clock.cpuMs();
  gateway.timing = true;
  write();
  gateway.timing = false;
  worked.writingMs += clock.cpuMs() - begun;
}

type Extent = "slice" | "everything";

function writeSlice(gateway: Gateway, feed: Feed, extent: Extent): void {
  timed(gateway, () => writeUpTo(gateway, feed, extent));
}

function writeUpTo(gateway: Gateway, feed: Feed, extent: Extent): void {
  const { clock, worked, wrote } = gateway;
  const writesMax = extent === "slice" ? limits.sliceWritesMax : Infinity;
  const until = extent === "slice" ? clock.now() + limits.sliceMsMax : Infinity;
  let [writes, bytes, totals] = [0, 0, 0];
  feed.writing = true;
  for (let round = feed.rounds[0]; round !== undefined; round = feed.rounds[0]) {
    if (writes >= writesMax || clock.now() > until) break;
    const next = round.members.next();
    if (next.done !== true) {
      const written = round.write(next.value);
      bytes += written;
      if (written > 0) writes += 1;
      if (written > 0 && round.lane === "cosmetic") totals += 1;
    } else {
      feed.rounds.splice(feed.rounds.indexOf(round), 1);
      round.over?.();
    }
  }
  feed.writing = false;
  worked.writes += writes;
  wrote.set(feed, (wrote.get(feed) ?? 0) + writes);
  worked.bytes += bytes;
  worked.totals += totals;
  if (feed.rounds.length > 0) planSlice(gateway, feed);
}

function planSlice(gateway: Gateway, feed: Feed): void {
  if (feed.slicePlanned) return;
  feed.slicePlanned = true;
  gateway.clock.soon(() => {
    feed.slicePlanned = false;
    writeSlice(gateway, feed, "slice");
  });
}

function isAhead(round: Round, other: Round | undefined): boolean {
  return other !== undefined && lanes.indexOf(round.lane) < lanes.indexOf(other.lane);
}
