import type { Socket } from "node:net";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Frame } from "@chorus/protocol/frames.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { tiers } from "@chorus/protocol/tiers.ts";
import { inflated } from "./inflate.ts";
import { createScan, kindOf, opcodes, rangeIn, type Scan, scan } from "./scan.ts";
import type { Counts, DurationCounter } from "./tallies.ts";

/**
 * One viewer: a socket, a position, and whether the ranges that come leave a hole. Most read only how a frame begins; readers
 * take every frame apart and say when its messages came.
 */
export type Viewer = {
  readonly number: number;
  readonly room: RoomId;
  readonly group: GroupEars;
  readonly reads: boolean;
  readonly isModerator: boolean;
  readonly talker: Talker | null;
  readonly scan: Scan;
  /** How long the server wants taps to be gathered. */
  gatherMs: number;
  nextKey: number;
  socket: Socket | null;
  stage: "away" | "connecting" | "upgrading" | "greeting" | "live";
  resume: string | null;
  epoch: string | null;
  position: number;
  /** Where the room was when it was joined: until then this viewer catches up. */
  target: number;
  closeCode: number | null;
  attempts: number;
  /** When something is due: the next attempt, or the end of one. */
  dueAt: number;
  liveAt: number;
  lostAt: number | null;
  heardAt: number;
  seen: number;
  seenDue: number;
  unseenBytes: number;
  /** After the room could not be joined. */
  joinAt: number;
  stopped: boolean;
};

export type Talker = { acked: Set<string>; shown: Set<string>; saidAt: Map<string, number> };

/** What the readers of a group hear, together. */
export type GroupEars = {
  readonly index: number;
  readonly paced: boolean;
  readonly publish: DurationCounter;
  readonly ack: DurationCounter;
  readonly safety: DurationCounter;
  /** Ids of messages that a reader received. */
  readonly seen: Set<string>;
  readonly acked: Set<string>;
  /** Of late, for moderators to choose from. */
  newest: string[];
  /** How many steps the room is cut back, as was announced last. */
  tier: number;
  tierMet: number;
  reactions: Record<string, number>;
  gatherMsMet: number;
};

/** What all viewers of a process share. */
export type Ears = { readonly counts: Counts; readonly away: DurationCounter };

/** Longer ones are known by their beginning to those who do not read everything. */
const wholeMax = 2_048;
const headBytes = 256;
const newestMax = 100;
const seen = { earlyMs: 2_000, lateMs: 10_000, bytes: 96 * 1024, soonMs: 500 };

export function hear(ears: Ears, viewer: Viewer, chunk: Buffer, now: number): void {
  viewer.heardAt = now;
  ears.counts.bytes += chunk.length;
  scan(
    viewer.scan,
    chunk,
    viewer.reads ? Infinity : wholeMax,
    headBytes,
    (opcode, bytes, start, end, length) => {
      if (opcode === opcodes.text) viewer.unseenBytes += length;
      if (opcode === opcodes.ping) viewer.socket?.write(pong);
      else if (opcode === opcodes.close) viewer.closeCode = length < 2 ? 1005 : bytes.readUInt16BE(start);
      else if (opcode === opcodes.text) hearText(ears, viewer, bytes, start, end);
      else if (opcode === opcodes.binary) hearDeflated(ears, viewer, bytes.subarray(start, end));
    },
  );
}

const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

function hearText(ears: Ears, viewer: Viewer, bytes: Buffer, start: number, end: number): void {
  const kind = hearHead(ears, viewer, bytes, start);
  if (kind === "ta") noteGathering(viewer, bytes.toString("latin1", start, end));
  if (!viewer.reads && steppedOver.has(kind)) return;
  const frame = JSON.parse(bytes.toString("utf8", start, end)) as Frame;
  if (viewer.reads) readFrame(ears, viewer, frame);
  else obey(ears, viewer, frame);
}

function hearDeflated(ears: Ears, viewer: Viewer, small: Buffer): void {
  const whole = inflated(small);
  viewer.unseenBytes += whole.bytes.length;
  hearHead(ears, viewer, whole.bytes, 0);
  if (viewer.reads) readFrame(ears, viewer, whole.frame);
}

/** What moves the position. @returns the kind of the frame. */
function hearHead(ears: Ears, viewer: Viewer, bytes: Buffer, start: number): string {
  const kind = kindOf(bytes, start);
  if (kind === "en") advance(ears, viewer, rangeIn(bytes, start, viewer.room));
  else if (kind === "vi") stand(ears, viewer, seqIn(bytes.toString("latin1", start, start + headBytes)));
  return kind;
}

function seqIn(head: string): number {
  return Number(/"seq":(\d+)/.exec(head)?.[1] ?? 0);
}

function noteGathering(viewer: Viewer, tally: string): void {
  viewer.gatherMs = Number(/"gatherMs":(\d+)/.exec(tally)?.[1] ?? limits.gatherMsMin);
  viewer.group.gatherMsMet = Math.max(viewer.group.gatherMsMet, viewer.gatherMs);
}

/** Of entries and views the beginning was read; beats, tallies, what is for one person and what is safety say nothing of a range. */
const steppedOver = new Set(["en", "vi", "be", "ta", "pe", "sa"]);

function advance({ counts }: Ears, viewer: Viewer, { from, to, shed }: ReturnType<typeof rangeIn>): void {
  counts.ranges += 1;
  if (to <= viewer.position) {
    counts.repeated += 1;
    return;
  }
  if (from > viewer.position + 1) {
    counts.holes += 1;
    counts.missed += from - viewer.position - 1;
  }
  counts.covered += to - viewer.position;
  counts.shed += shed;
  viewer.position = to;
}

function stand({ counts }: Ears, viewer: Viewer, seq: number): void {
  counts.views += 1;
  viewer.position = seq;
  viewer.seen = seq;
}

/** From here on everything comes as it is said. */
export function noteLive({ away }: Ears, viewer: Viewer, now: number): void {
  if (viewer.stage !== "greeting" || viewer.epoch === null || viewer.position < viewer.target) return;
  viewer.stage = "live";
  viewer.liveAt = now;
  viewer.dueAt = Infinity;
  if (viewer.lostAt !== null) away.note(now - viewer.lostAt);
  viewer.lostAt = null;
}

/** What a viewer acts upon, whether it reads everything or not. */
function obey({ counts }: Ears, viewer: Viewer, frame: Frame): void {
  switch (frame.t) {
    case "welcome":
    case "resume":
      viewer.resume = frame.resume;
      viewer.attempts = Math.min(viewer.attempts, 1);
      return;
    case "joined":
      if (viewer.epoch !== frame.epoch) viewer.position = 0;
      viewer.epoch = frame.epoch;
      viewer.target = frame.seq;
      return;
    case "gap":
      counts.gaps += 1;
      counts.missedInGaps += Math.max(0, frame.to - frame.from + 1);
      return;
    case "left":
      counts.left += 1;
      viewer.joinAt = performance.now() + (frame.retryMs ?? Infinity);
      return;
    case "drain":
      viewer.dueAt = Math.min(viewer.dueAt, performance.now() + Math.random() * frame.afterMs);
      return;
    case "refused":
      counts.refused += 1;
      if (frame.key !== undefined && viewer.talker?.saidAt.delete(frame.key) === true)
        counts.saidRefused += 1;
      return;
    case "ack":
      return acked(viewer, counts, frame);
    case "tier":
      return noteTier(viewer.group, tiers.indexOf(frame.tier));
    default:
  }
}

/** How many steps a room is cut back: 0 is not at all. */
function noteTier(group: GroupEars, tier: number): void {
  group.tier = tier;
  group.tierMet = Math.max(group.tierMet, tier);
}

function acked({ talker, group }: Viewer, counts: Counts, { key, id }: Frame & { t: "ack" }): void {
  const saidAt = talker?.saidAt.get(key);
  if (talker === null || saidAt === undefined) return;
  counts.acked += 1;
  group.ack.note(performance.now() - saidAt);
  group.acked.add(id);
  talker.acked.add(id);
  talker.saidAt.delete(key);
}

function readFrame(ears: Ears, viewer: Viewer, frame: Frame): void {
  const now = Date.now();
  const { group, talker } = viewer;
  switch (frame.t) {
    case "entries": {
      const expected = frame.s?.length ?? frame.to - frame.from + 1;
      if (frame.e.length !== expected) ears.counts.miscounted += 1;
      if (frame.s !== undefined && frame.to - frame.from + 1 - frame.s.length !== frame.shed)
        ears.counts.miscounted += 1;
      for (const entry of frame.e) hearEntry(viewer, entry, now);
      return;
    }
    case "safety":
      for (const entry of frame.e) if (viewer.stage === "live") group.safety.note(now - entry.time);
      return;
    case "person":
      for (const entry of frame.e) if (entry.k === "message") talker?.shown.add(entry.id);
      return;
    case "tally":
      ears.counts.tallies += 1;
      group.reactions = frame.reactions;
      return;
    default:
      obey(ears, viewer, frame);
  }
}

/** `at` is when its talker said it. What is caught up with after a reconnect says nothing about how long the way is. */
function hearEntry(viewer: Viewer, entry: EntryBody, now: number): void {
  const { group, stage } = viewer;
  if (entry.k === "tombstone") return noteSeen(viewer, entry.id);
  if (entry.k !== "message" || entry.at === undefined) return;
  if (stage === "live") group.publish.note(now - entry.at);
  noteSeen(viewer, entry.id);
  if (group.newest.push(entry.id) > 2 * newestMax) group.newest = group.newest.slice(-newestMax);
}

/** What was taken back before it was sent has come too: as a tombstone. */
function noteSeen({ group, talker }: Viewer, id: string): void {
  group.seen.add(id);
  talker?.shown.add(id);
}

/** As the SDK does: after a while, by chance; soon, when much has come. @returns whether to report now. */
export function isReportDue(viewer: Viewer, now: number): boolean {
  if (viewer.position <= viewer.seen) return false;
  if (viewer.seenDue === Infinity)
    viewer.seenDue = now + seen.earlyMs + Math.random() * (seen.lateMs - seen.earlyMs);
  if (viewer.unseenBytes >= seen.bytes) {
    viewer.unseenBytes = -Infinity;
    viewer.seenDue = Math.min(viewer.seenDue, now + Math.random() * seen.soonMs);
  }
  if (now < viewer.seenDue) return false;
  viewer.seenDue = Infinity;
  viewer.unseenBytes = 0;
  viewer.seen = viewer.position;
  return true;
}

export function forgetConnection(viewer: Viewer): void {
  viewer.scan.kept = createScan().kept;
  viewer.scan.skip = 0;
  viewer.closeCode = null;
  viewer.joinAt = Infinity;
  viewer.seenDue = Infinity;
  viewer.unseenBytes = 0;
  viewer.stopped = false;
}
