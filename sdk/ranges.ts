import type { Entries, Gap, View } from "@chorus/protocol/frames.ts";
import * as bounds from "./bounds.ts";
import { applyEntry, applyView, forgetHistory } from "./fold.ts";
import { noteProgress } from "./seen.ts";
import { isJoined, type Machine, type Room, send, tell, tellState } from "./state.ts";
import { seq } from "./wire.ts";

/**
 * The order of a room. A range is applied when it continues what is applied already; one from beyond a hole waits
 * until the hole is filled, or is declared a gap. The position never goes back within an epoch.
 */
export function receiveEntries(machine: Machine, room: Room, range: Entries): void {
  if (!isJoined(room)) return;
  if (range.from > room.pos + 1) hold(machine, room, range);
  else if (range.to > room.pos) {
    apply(machine, room, range);
    if (room.early.length > 0) advance(machine, room);
  }
  reached(machine, room);
}

/** The server says what will not come. The view that follows says where the room is now. */
export function receiveGap(machine: Machine, room: Room, gap: Gap): void {
  if (!isJoined(room)) return;
  if (gap.from > 0 && gap.to <= room.filledTo) return receiveUnfilled(machine, room, gap);
  if (gap.reason === "epoch") forgetPosition(room);
  room.gapTold = true;
  awaitView(machine, room);
  tell(machine, room, "gap", { from: gap.from, to: gap.to, reason: gap.reason });
  tellState(machine, room);
}

/** What was asked for is gone: the hole stays, and everything behind it goes on. */
function receiveUnfilled(machine: Machine, room: Room, gap: Gap): void {
  if (gap.to <= room.pos) return;
  tell(machine, room, "gap", { from: gap.from, to: gap.to, reason: gap.reason });
  receiveEntries(machine, room, { t: "entries", room: room.id, from: gap.from, to: gap.to, e: [] });
}

/** Another history begins: nothing that is known of the old one can be compared with it. */
export function forgetPosition(room: Room): void {
  room.pos = -1;
  forgetHistory(room.fold);
}

export function awaitView(machine: Machine, room: Room): void {
  room.awaitsView = true;
  room.phase = "catching-up";
  room.holeAt = Infinity;
  room.joinAt = machine.now + bounds.joinWithinMs;
}

/** A view from before the position has nothing to say about what came since. */
export function receiveView(machine: Machine, room: Room, view: View): void {
  if (!isJoined(room) || view.epoch !== room.epoch) return;
  room.awaitsView = false;
  room.joinAt = Infinity;
  if (view.seq >= room.pos) {
    if (!room.gapTold && room.pos >= 0 && view.seq > room.pos) {
      tell(machine, room, "gap", { from: seq(room.pos + 1), to: view.seq, reason: "fresh" });
    }
    // Where a first view begins, the server knows that nothing was seen of it before.
    if (room.pos < 0) room.seenPos = view.seq;
    room.pos = view.seq;
    applyView(machine, room, view);
  }
  room.gapTold = false;
  noteProgress(machine, room, true);
  advance(machine, room);
  reached(machine, room);
}

/** The patience with a hole is over. */
export function stopHolding(machine: Machine, room: Room): void {
  advance(machine, room);
  reached(machine, room);
}

export function dropEarly(room: Room): void {
  room.early = [];
  room.earlyEntries = 0;
  room.holeAt = Infinity;
  room.filledTo = 0;
}

function apply(machine: Machine, room: Room, range: Entries): void {
  const { e, s, from } = range;
  const { pos } = room;
  let urgent = false;
  for (let i = 0; i < e.length; i++) {
    const body = e[i];
    const at = s === undefined ? from + i : s[i];
    if (body === undefined || at === undefined || at <= pos) continue;
    if (body.k === "removed" || body.k === "restored") urgent = true;
    applyEntry(machine, room, body, seq(at));
  }
  room.pos = range.to;
  noteProgress(machine, room, urgent);
}

function hold(machine: Machine, room: Room, range: Entries): void {
  const { early } = room;
  let at = early.length;
  while (at > 0 && (early[at - 1]?.range.from ?? 0) > range.from) at--;
  const before = Math.max(room.pos, early[at - 1]?.range.to ?? 0);
  if (room.awaitsView && early.length >= bounds.earlyRangesMax) return;
  early.splice(at, 0, { range, until: machine.now + bounds.holdMs });
  room.earlyEntries += range.e.length;
  if (room.awaitsView) return;
  askFor(machine, room, before + 1, range.from - 1);
  advance(machine, room);
}

/** Each hole is asked for once; the answer is a range like any other. */
function askFor(machine: Machine, room: Room, from: number, to: number): void {
  const first = Math.max(from, room.filledTo + 1);
  if (room.epoch === null || to < first || to - from + 1 >= bounds.fillEntriesMax) return;
  room.filledTo = to;
  send(machine, { t: "fill", room: room.id, epoch: room.epoch, from: seq(first), to: seq(to) });
}

/** Applies what has become next, and gives up a hole that is too large, too old, or costs too much to wait for. */
function advance(machine: Machine, room: Room): void {
  while (!room.awaitsView) {
    const head = room.early[0];
    if (head === undefined) break;
    const { range } = head;
    if (range.from > room.pos + 1) {
      if (mayWait(machine, room, range.from - 1 - room.pos)) break;
      tell(machine, room, "gap", { from: seq(room.pos + 1), to: seq(range.from - 1), reason: "lost" });
      room.pos = range.from - 1;
    }
    room.early.shift();
    room.earlyEntries -= range.e.length;
    if (range.to > room.pos) apply(machine, room, range);
  }
  room.holeAt = room.awaitsView ? Infinity : firstUntil(room);
}

function mayWait(machine: Machine, room: Room, missing: number): boolean {
  return (
    missing < bounds.fillEntriesMax &&
    machine.now < firstUntil(room) &&
    room.early.length <= bounds.earlyRangesMax &&
    room.earlyEntries <= bounds.earlyEntriesMax
  );
}

function firstUntil(room: Room): number {
  let first = Infinity;
  for (const { until } of room.early) if (until < first) first = until;
  return first;
}

function reached(machine: Machine, room: Room): void {
  if (room.phase !== "catching-up" || room.awaitsView || room.pos < room.target) return;
  room.phase = "live";
  tellState(machine, room);
}
