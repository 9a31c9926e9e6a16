import { setTimeout } from "node:timers/promises";
import { limits } from "@chorus/protocol/limits.ts";
import { type Crowd, loadShare, loadShareMax, openCrowd } from "./crowd/crowd.ts";
import type { Phase } from "./crowd/orders.ts";
import { othersShareMax, type ServerOnOneCore, startServerOnOneCore } from "./crowd/server.ts";
import { pidsOfRole } from "./processes.ts";
import { atMost, type Check, machine, type Report } from "./report.ts";

/**
 * Everybody in a room taps fifteen times a second: gathered for as long as the server says, then four times a second whatever it
 * says, then as it says while a gateway is killed. Totals are told often, and in the end they are exact.
 */
export type ReactionsOptions = { viewers?: number; seconds: number; gateways?: number };

const viewersByDefault = 19_000;
const tapsPerSecond = 15;
const readersMax = 600;
const gatewaysByDefault = 2;
const stormMs = 20_000;
const lookEveryMs = 500;
/** Totals that are rare may not have come for so long. */
const quietLooks = Math.ceil(limits.tallyRareMs / lookEveryMs) + 2;
const countedWithinMs = 30_000;
const tallyHzMissingMax = 0.2;
const framesMissingMax = 0.05;

type Tapped = {
  phase: Phase;
  core: { server: number; others: number };
  counted: number;
  tallyHz: number;
  /** Of one write to one socket, as the gateways measure it. */
  writeUs: number;
};

export async function reactions({
  viewers = viewersByDefault,
  seconds,
  gateways = gatewaysByDefault,
}: ReactionsOptions): Promise<Report> {
  const server = await startServerOnOneCore(["--gateways", String(gateways)]);
  try {
    const readers = Math.min(readersMax, Math.floor(viewers / 4));
    const everybody = { room: "demo", rooms: 1, viewers, talkers: 0, readers, moderators: 0 };
    const greedy = { room: "demo", rooms: 1, viewers: 1, talkers: 0, readers: 1, moderators: 0 };
    const crowd = await openCrowd({ port: server.port, groups: [everybody, greedy], chat: undefined });
    try {
      await crowd.tap(1, limits.tapsPerFrameMax + 1, 1_000, 1_000);
      const tooMany = { refused: (await crowd.phase()).counts.refused, counted: await totalOf(crowd) };
      const told = await tap(server, crowd, null, seconds * 1_000);
      const hasty = await tap(server, crowd, limits.gatherMsMin, seconds * 1_000);
      const { gatherMsMet } = await crowd.look();
      const killing = killOneSoon(server);
      const killed = await tap(server, crowd, null, stormMs);
      await killing;
      return reportOf(crowd, tooMany, gatherMsMet, { told, hasty, killed });
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}

/** @returns what the totals rose by, once they rise no more. */
async function tap(
  server: ServerOnOneCore,
  crowd: Crowd,
  everyMs: number | null,
  ms: number,
): Promise<Tapped> {
  const before = await totalOf(crowd);
  await crowd.phase();
  const watched = server.watch();
  await crowd.tap(0, tapsPerSecond, everyMs, ms);
  const core = watched();
  const phase = await crowd.phase();
  const gateways = pidsOfRole(server.pid, "gateway").length;
  const writeUs = (await server.metric("chorus_write_microseconds")) / gateways;
  const tallyHz = phase.counts.tallies / crowd.readers / (phase.ms / 1_000);
  const until = performance.now() + countedWithinMs;
  let [total, quiet] = [await totalOf(crowd), 0];
  while (quiet < quietLooks && performance.now() < until) {
    await setTimeout(lookEveryMs);
    const now = await totalOf(crowd);
    quiet = now === total ? quiet + 1 : 0;
    total = now;
  }
  return { phase, core, counted: total - before, tallyHz, writeUs };
}

async function totalOf(crowd: Crowd): Promise<number> {
  return Object.values((await crowd.look()).reactions).reduce((sum, count) => sum + count, 0);
}

async function killOneSoon(server: ServerOnOneCore): Promise<void> {
  await setTimeout(stormMs / 2);
  const [pid] = pidsOfRole(server.pid, "gateway");
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}

function reportOf(
  crowd: Crowd,
  tooMany: { refused: number; counted: number },
  gatherMsMet: number,
  { told, hasty, killed }: Record<"told" | "hasty" | "killed", Tapped>,
): Report {
  const missing = ({ phase, counted }: Tapped): number => phase.counts.taps - counted;
  const oneInterval = Math.min(limits.tapsPerFrameMax, (tapsPerSecond * gatherMsMet) / 1_000);
  return {
    scenario: "reactions",
    machine: machine(),
    figures: {
      viewers: crowd.viewers,
      gatherMsMet,
      ...of("told", told),
      ...of("hasty", hasty),
      ...of("killed", killed),
      "killed.lostConnections": killed.phase.counts.lost,
    },
    controls: {},
    checks: [
      atMost("tooManyNotRefused", 1 - Math.min(1, tooMany.refused), 0),
      atMost("tooManyCounted", tooMany.counted, 0),
      ...Object.entries({ told, hasty }).flatMap(([name, tapped]): Check[] => [
        atMost(`${name}.missing`, Math.abs(missing(tapped)), 0),
        atMost(`${name}.connectionsLost`, tapped.phase.counts.lost, 0),
      ]),
      atMost("told.tallyHzMissing", hzMissing(told), tallyHzMissingMax),
      atMost("killed.missing", Math.abs(missing(killed)), killed.phase.counts.lost * oneInterval),
      atMost("valid.told.loadShareOfACore", loadShare(told.phase), loadShareMax),
      atMost("valid.hasty.framesMissing", 1 - framesPerSecond(hasty) / hastyFrames(crowd), framesMissingMax),
      ...Object.entries({ told, hasty }).map(([name, { core }]) =>
        atMost(`valid.${name}.othersShareOfServerCore`, core.others, othersShareMax),
      ),
    ],
  };
}

function framesPerSecond({ phase }: Pick<Tapped, "phase">): number {
  return phase.counts.tapFrames / (phase.ms / 1_000);
}

function hastyFrames({ viewers }: Crowd): number {
  return (viewers * 1_000) / limits.gatherMsMin;
}

function hzMissing({ tallyHz }: Tapped): number {
  return Number(Math.max(0, 1_000 / limits.tallyEveryMs - tallyHz).toFixed(2));
}

function of(name: string, { phase, core, counted, tallyHz, writeUs }: Tapped): Record<string, number> {
  return {
    [`${name}.tapsPerSecond`]: Math.round(phase.counts.taps / (phase.ms / 1_000)),
    [`${name}.framesPerSecond`]: Math.round(framesPerSecond({ phase })),
    [`${name}.taps`]: phase.counts.taps,
    [`${name}.counted`]: counted,
    [`${name}.tallyHz`]: Number(tallyHz.toFixed(2)),
    [`${name}.writeUs`]: Number(writeUs.toFixed(1)),
    [`${name}.loadShareOfACore`]: loadShare(phase),
    /* A process that was killed has taken its account with it. */
    ...(phase.counts.lost > 0
      ? {}
      : { [`${name}.serverShareOfACore`]: core.server, [`${name}.othersShareOfServerCore`]: core.others }),
  };
}
