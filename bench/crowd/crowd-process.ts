import { setTimeout } from "node:timers/promises";
import { entryId, seq, time } from "@chorus/protocol/ids.ts";
import { linesOf } from "../page/log-lines.ts";
import { tend } from "./door.ts";
import type { CrowdOrder, CrowdSpec, Ids, Look, Phase } from "./orders.ts";
import { earsOf, peopleOf } from "./people.ts";
import { evenly, nextKeyOf, send } from "./sending.ts";
import { countDurations, countsBetween, noCounts } from "./tallies.ts";
import { tapAsTold, tapEvery } from "./tapping.ts";
import { type Ears, isReportDue, type Viewer } from "./viewer.ts";

/** A process of a crowd: its viewers, and those who talk. Orders come from the benchmark; each is answered when it is done. */
const spec = JSON.parse(process.argv[2] ?? "") as CrowdSpec;
const ears: Ears = { counts: noCounts(), away: countDurations() };
const groups = spec.groups.map(earsOf);
const viewers = peopleOf(spec, groups);
const linesAtOnce = 64;
const lines = (await linesOf(spec.chat ?? undefined, linesAtOnce)).map(({ text }) => text);
const tendEveryMs = 100;
const removedAmong = 20;
const enterWithinMs = 180_000;
let last = { at: performance.now(), cpu: process.cpuUsage(), counts: noCounts() };
let saidInAll = 0;

setInterval(tendAll, tendEveryMs);
process.on("message", ({ id, order }: { id: number; order: CrowdOrder }) => {
  void obey(order).then((answer) => process.send?.({ id, answer }));
});
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
process.send?.({ ready: true });

async function obey(order: CrowdOrder): Promise<unknown> {
  switch (order.do) {
    case "enter":
      return enter(order.perSecond);
    case "say":
      return say(order);
    case "remove":
      return remove(order);
    case "tap":
      return tap(order);
    case "pause":
      return pause(order);
    case "resume":
      return resume();
    case "phase":
      return phase();
    case "look":
      return look();
    case "ids":
      return ids();
  }
}

function tendAll(): void {
  const now = performance.now();
  for (const viewer of viewers) {
    if (viewer.stage === "live" && !viewer.stopped && isReportDue(viewer, now)) {
      ears.counts.reports += 1;
      send(viewer, { t: "seen", room: viewer.room, seq: seq(viewer.position) });
    }
    tend(ears, viewer, spec, now);
  }
}

/** One after the other at an even pace. Whoever is turned away comes again by themselves. */
async function enter(perSecond: number): Promise<Look> {
  const now = performance.now();
  for (const [i, viewer] of viewers.entries()) viewer.dueAt = now + (i / perSecond) * 1_000;
  while (performance.now() < now + enterWithinMs && viewers.some(({ stage }) => stage !== "live"))
    await setTimeout(tendEveryMs);
  return look();
}

function say({ group, perSecond, ms }: CrowdOrder & { do: "say" }): Promise<number> {
  const talkers = viewers.filter((viewer) => viewer.group.index === group && viewer.talker !== null);
  const share = talkers.length / Math.max(1, spec.groups[group]?.talkers ?? 1);
  return evenly(perSecond * share, ms, (number) => {
    const viewer = talkers[number % talkers.length];
    if (viewer !== undefined) sayNext(viewer);
  });
}

function sayNext(viewer: Viewer): void {
  const { talker, room, stage } = viewer;
  if (talker === null || stage !== "live") return;
  ears.counts.said += 1;
  const name = nextKeyOf(viewer);
  talker.saidAt.set(name, performance.now());
  const line = lines[saidInAll % lines.length] ?? "…";
  const text = viewer.group.paced ? `${line} ${saidInAll.toString(36)}` : line;
  saidInAll += 1;
  send(viewer, { t: "say", room, key: name, text, at: time(Date.now()) });
}

async function remove({ group, everyMs, ms }: CrowdOrder & { do: "remove" }): Promise<number> {
  const moderator = viewers.find((viewer) => viewer.group.index === group && viewer.isModerator);
  if (moderator === undefined) return 0;
  return evenly(1_000 / everyMs, ms, () => {
    const id = moderator.group.newest.at(-1 - Math.floor(Math.random() * removedAmong));
    if (id === undefined || moderator.stage !== "live") return;
    ears.counts.removals += 1;
    const name = nextKeyOf(moderator);
    const act = { do: "retract", id: entryId(id), why: "spam" } as const;
    send(moderator, { t: "moderate", room: moderator.room, key: name, act });
  });
}

function tap({ group, perSecondEach, everyMs, ms }: CrowdOrder & { do: "tap" }): Promise<number> {
  const tapping = viewers.filter((viewer) => viewer.group.index === group);
  return everyMs === null
    ? tapAsTold(ears, tapping, perSecondEach, ms)
    : tapEvery(ears, tapping, perSecondEach, everyMs, ms);
}

async function pause({ group, viewers: count }: CrowdOrder & { do: "pause" }): Promise<number> {
  const mine = viewers.filter((viewer) => viewer.group.index === group && !viewer.reads);
  const stopping = mine.slice(0, Math.round(count / spec.parts));
  for (const viewer of stopping) {
    viewer.stopped = true;
    viewer.socket?.pause();
  }
  return stopping.length;
}

async function resume(): Promise<number> {
  const stopped = viewers.filter((viewer) => viewer.stopped);
  for (const viewer of stopped) {
    viewer.stopped = false;
    viewer.heardAt = performance.now();
    viewer.socket?.resume();
  }
  return stopped.length;
}

async function phase(): Promise<Phase> {
  const now = { at: performance.now(), cpu: process.cpuUsage(), counts: { ...ears.counts } };
  const before = last;
  last = now;
  const { user, system } = process.cpuUsage(before.cpu);
  return {
    counts: countsBetween(before.counts, now.counts),
    groups: groups.map(({ publish, ack, safety }) => ({
      publish: publish.take(),
      ack: ack.take(),
      safety: safety.take(),
    })),
    away: ears.away.take(),
    ms: now.at - before.at,
    cpuMs: (user + system) / 1_000,
  };
}

async function look(): Promise<Look> {
  const first = viewers.filter((viewer) => viewer.group.index === 0 && !viewer.isModerator);
  let [lowest, highest] = [Infinity, 0];
  for (const { position } of first) {
    lowest = Math.min(lowest, position);
    highest = Math.max(highest, position);
  }
  return {
    viewers: viewers.length,
    live: viewers.filter(({ stage }) => stage === "live").length,
    readers: viewers.filter(({ reads }) => reads).length,
    positions: { lowest, highest },
    tier: Math.max(...groups.map(({ tier }) => tier)),
    tierMet: Math.max(...groups.map(({ tierMet }) => tierMet)),
    reactions: groups[0]?.reactions ?? {},
    gatherMsMet: Math.max(...groups.map(({ gatherMsMet }) => gatherMsMet)),
  };
}

async function ids(): Promise<Ids> {
  const talkers = viewers.filter((viewer) => viewer.group.index === 0).flatMap(({ talker }) => talker ?? []);
  const unseen = talkers.flatMap(({ acked, shown }) => [...acked].filter((id) => !shown.has(id)));
  const [group] = groups;
  return { acked: [...(group?.acked ?? [])], seen: [...(group?.seen ?? [])], ownUnseen: unseen.length };
}
