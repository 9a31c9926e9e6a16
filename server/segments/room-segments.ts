import { addRecord, closedSegments, closedTo, type Shelf, shelfOf } from "@chorus/core/delivery/segments.ts";
import type { Ring } from "@chorus/core/delivery/ring.ts";
import type { RoomRecord } from "@chorus/core/record.ts";
import type { Live } from "@chorus/protocol/polled.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { attach } from "../gateway/feed.ts";
import type { Feed, Follower, Gateway } from "../gateway/state.ts";
import { notePoll } from "../gateway/uplink.ts";
import { createLatelyRemoved } from "./lately-removed.ts";
import { type Coding, type SegmentFile, segmentFile } from "./segment-file.ts";

/** One room as it is polled at this gateway: its segments since somebody asked, until nobody does any more. */
export type RoomSegments = {
  readonly feed: Feed;
  /** Resolves when the room is here; "no-such-room" when it is nowhere, "late" when that takes too long. */
  here(withinMs: number): Promise<"here" | "no-such-room" | "late">;
  live(sockets: boolean): Live | null;
  /** A gateway that is a little behind the one which listed the segment waits for what it lacks. */
  file(epoch: string, n: number, rev: number, withinMs: number): Promise<SegmentFile | "gone" | "late">;
  stop(): void;
};

export type SegmentsObserver = {
  limit?(name: "segmentEntriesMax" | "segmentRemovedMax"): void;
  /** A segment was made, in one of its codings. */
  coded?(coding: Coding, bytes: number): void;
};

type Waiter = { holds(): boolean; done(held: boolean): void };

export function followRoom(gateway: Gateway, feed: Feed, observe: SegmentsObserver): RoomSegments {
  const { room } = feed;
  const files = new Map<number, SegmentFile>();
  const waiters = new Set<Waiter>();
  let shelf: Shelf | null = null;
  let removed = createLatelyRemoved(() => observe.limit?.("segmentRemovedMax"));
  let isGone = false;
  const follower: Follower = {
    live: wake,
    restarted: begin,
    took(record) {
      take(record);
      wake();
    },
    ended() {
      isGone = true;
      wake();
    },
  };
  feed.followers.add(follower);
  if (feed.ring !== null) begin(feed.ring);
  else attach(gateway, feed);

  function begin(ring: Ring): void {
    files.clear();
    shelf = shelfOf(ring);
    removed = createLatelyRemoved(() => observe.limit?.("segmentRemovedMax"));
    for (const record of ring.slots) removed.take(record);
  }

  function take(record: RoomRecord): void {
    if (shelf === null) return;
    addRecord(shelf, record);
    removed.take(record);
    const [oldest] = shelf.segments;
    for (const n of files.keys()) if (oldest === undefined || n < oldest.n) files.delete(n);
  }

  function isHere(): boolean {
    return shelf !== null && feed.settings !== null;
  }

  async function here(withinMs: number): Promise<"here" | "no-such-room" | "late"> {
    await until(() => isGone || isHere(), withinMs);
    if (isGone) return "no-such-room";
    return isHere() ? "here" : "late";
  }

  function live(sockets: boolean): Live | null {
    const now = gateway.clock.now();
    notePoll(feed, now);
    if (shelf === null) return null;
    const listed = closedSegments(shelf, now).slice(-limits.segmentsListedMax);
    return {
      t: "live",
      room,
      epoch: shelf.epoch,
      seq: closedTo(shelf, now),
      segments: listed.map(({ n, rev, from, to }) => ({ n, rev, from, to })),
      removed: removed.at(now),
      tally: feed.tally,
      pollMs: limits.segmentPollMs,
      sockets,
      inbox: `/v1/rooms/${room}/inbox`,
    };
  }

  async function file(
    epoch: string,
    n: number,
    rev: number,
    withinMs: number,
  ): Promise<SegmentFile | "gone" | "late"> {
    const lag = shelf === null ? 0 : rev - shelf.offset;
    if (shelf?.epoch === epoch && lag > 0 && lag <= limits.ringEntriesMax)
      await until(() => shelf !== null && shelf.offset >= rev, withinMs);
    if (shelf === null || shelf.epoch !== epoch) return "gone";
    const segment = shelf.segments.find((one) => one.n === n);
    if (segment?.rev !== rev) return rev > shelf.offset ? "late" : "gone";
    const known = files.get(n);
    if (known?.rev === rev) return known;
    if (segment.shed > 0) observe.limit?.("segmentEntriesMax");
    const made = segmentFile(room, shelf.epoch, segment, (coding, bytes) => observe.coded?.(coding, bytes));
    files.set(n, made);
    return made;
  }

  /** False when the time was over first. */
  function until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = { holds, done };
      const cancel = gateway.clock.after(withinMs, () => done(false));
      waiters.add(waiter);
      function done(held: boolean): void {
        cancel();
        waiters.delete(waiter);
        resolve(held);
      }
    });
  }

  function wake(): void {
    for (const waiter of waiters) if (waiter.holds()) waiter.done(true);
  }

  function stop(): void {
    feed.followers.delete(follower);
    if (feed.audiences.public.members.size + feed.audiences.staff.members.size === 0)
      feed.emptySince ??= gateway.clock.now();
    for (const waiter of waiters) waiter.done(false);
  }

  return { feed, here, live, file, stop };
}
