import { setTimeout } from "node:timers/promises";
import { type Crowd, loadShare, loadShareMax, openCrowd, percentiles, phasesJoined } from "./crowd/crowd.ts";
import type { Phase } from "./crowd/orders.ts";
import { makeRoom, othersShareMax, startServerOnOneCore } from "./crowd/server.ts";
import { percentile, sumOf } from "./crowd/tallies.ts";
import { allSeen, soundRanges } from "./hot-room.ts";
import { atMost, machine, type Report } from "./report.ts";

/**
 * One room becomes ten times as loud and calm again, while a moderator takes messages back. What is cut back is announced, what is
 * safety is not late, and the neighbours in the next room notice nothing.
 */
export type LadderOptions = { viewers?: number; rate?: number; seconds: number; chat: string | undefined };

const viewersByDefault = 20_000;
const rateByDefault = 100;
const louder = 10;
const talkersShare = 0.01;
/** Nobody sends as many frames as a gateway counts as too many. */
const perTalkerMax = 5;
const readers = 600;
const warmMs = 15_000;
const calmMs = 20_000;
const calmAgainMs = 60_000;
const lookEveryMs = 1_000;
const settleMs = 20_000;
const removeEveryMs = 1_000;
const neighbours = { room: "neighbours", rooms: 1, viewers: 20, talkers: 2, readers: 20, moderators: 0 };
const neighbourRate = 5;
const neighbourSlowerMax = 1.1;
const safetyMsMax = 300;

type Phases = { warm: Phase; calm: Phase; hot: Phase; after: Phase; rest: Phase };

export async function ladder(options: LadderOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, seconds, chat } = options;
  const server = await startServerOnOneCore(["--gateways", "2"]);
  try {
    await makeRoom(server, neighbours.room);
    const talkers = Math.max(Math.ceil(viewers * talkersShare), Math.ceil((rate * louder) / perTalkerMax));
    const loud = { room: "demo", rooms: 1, viewers, talkers, readers, moderators: 1 };
    const crowd = await openCrowd({ port: server.port, groups: [loud, neighbours], chat });
    try {
      const warm = await talk(crowd, rate, warmMs);
      const watched = server.watch();
      const calm = await talk(crowd, rate, calmMs);
      const hot = await talk(crowd, rate * louder, seconds * 1_000);
      const calmAgain = performance.now();
      const after = await talkUntil(crowd, rate, async () => (await crowd.look()).tier === 0);
      const { others } = watched();
      const leftMs = performance.now() - calmAgain;
      const settled = await crowd.settle(settleMs);
      const phases = { warm, calm, hot, after, rest: await crowd.phase() };
      const gaps: Record<string, number> = {};
      for (const reason of gapReasons)
        gaps[`gaps.${reason}`] = await server.metric("chorus_gaps_total", `reason="${reason}"`);
      return await reportOf(crowd, phases, { leftMs, settled, others, gaps });
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}

async function talk(crowd: Crowd, rate: number, ms: number): Promise<Phase> {
  await Promise.all([
    crowd.say(0, rate, ms),
    crowd.say(1, neighbourRate, ms),
    crowd.remove(0, removeEveryMs, ms),
  ]);
  return crowd.phase();
}

/** By seconds, a while at least and a minute at most. */
async function talkUntil(crowd: Crowd, rate: number, isOver: () => Promise<boolean>): Promise<Phase> {
  const begun = performance.now();
  const parts: Phase[] = [];
  do {
    parts.push(await talk(crowd, rate, lookEveryMs));
    await setTimeout(0);
  } while (performance.now() - begun < calmAgainMs && !(await isOver()));
  return phasesJoined(parts);
}

type End = { leftMs: number; settled: boolean; others: number; gaps: Record<string, number> };
const gapReasons = ["too-many", "slow", "epoch", "retention"];

async function reportOf(crowd: Crowd, phases: Phases, end: End): Promise<Report> {
  const { leftMs, settled, others, gaps } = end;
  const { calm, hot, after } = phases;
  const counts = sumOf(Object.values(phases));
  const { tier, tierMet } = await crowd.look();
  const safety = hot.groups[0]?.safety ?? [];
  return {
    scenario: "ladder",
    machine: machine(),
    figures: {
      viewers: crowd.viewers,
      readers: crowd.readers,
      ...of("calm", calm, crowd.viewers),
      ...of("hot", hot, crowd.viewers),
      ...of("after", after, crowd.viewers),
      ...gaps,
      ...percentiles("neighbours.calmMs", calm.groups[1]?.publish ?? []),
      ...percentiles("neighbours.hotMs", hot.groups[1]?.publish ?? []),
      ...percentiles("neighbours.afterMs", after.groups[1]?.publish ?? []),
      removals: counts.removals,
      saidRefused: counts.saidRefused,
      othersShareOfServerCore: others,
      tierMet,
      leftAfterMs: Math.round(leftMs),
    },
    controls: {},
    checks: [
      atMost("hot.safetyMs.p95", percentile(safety, 95), safetyMsMax),
      atMost("neighboursSlower", Number((nextDoor(hot) / nextDoor(calm)).toFixed(2)), neighbourSlowerMax),
      atMost("tierLeft", tier, 0),
      { name: "tierAnnounced", value: tierMet, limit: 1, ok: tierMet >= 1 },
      ...soundRanges(counts),
      atMost("connectionsLost", counts.lost, 0),
      ...(await allSeen(crowd, counts)),
      atMost("notCaughtUp", settled ? 0 : 1, 0),
      atMost("valid.loadShareOfACore", Math.max(...[calm, hot, after].map(loadShare)), loadShareMax),
      atMost("valid.othersShareOfServerCore", others, othersShareMax),
    ],
  };
}

function nextDoor({ groups }: Phase): number {
  return percentile(groups[1]?.publish ?? [], 95);
}

function of(name: string, phase: Phase, viewers: number): Record<string, number> {
  const { counts, groups, ms } = phase;
  return {
    [`${name}.said`]: counts.said,
    ...percentiles(`${name}.publishMs`, groups[0]?.publish ?? []),
    ...percentiles(`${name}.ackMs`, groups[0]?.ack ?? []),
    ...percentiles(`${name}.safetyMs`, groups[0]?.safety ?? []),
    [`${name}.shownPerSecondEach`]: Math.round((counts.covered - counts.shed) / (ms / 1_000) / viewers),
    [`${name}.shed`]: counts.shed,
    [`${name}.loadShareOfACore`]: loadShare(phase),
  };
}
