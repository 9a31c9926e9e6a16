import { setTimeout } from "node:timers/promises";
import { type Crowd, loadShare, loadShareMax, openCrowd, percentiles } from "./crowd/crowd.ts";
import type { Phase } from "./crowd/orders.ts";
import { makeRoom, type ServerOnOneCore, startServerOnOneCore } from "./crowd/server.ts";
import { percentile, sumOf } from "./crowd/tallies.ts";
import { soundRanges } from "./hot-room.ts";
import { killRole } from "./processes.ts";
import { atMost, machine, type Report } from "./report.ts";

/** All gateways are killed at once, with -9, while rooms go on talking: how long until everybody has everything again. */
export type ResumeStormOptions = { viewers?: number; rate?: number; chat: string | undefined };

const viewersByDefault = 19_000;
const rateByDefault = 20;
const gateways = 2;
/** Half of the people are in one room, the others in many. */
const smallRooms = 20;
const readers = 600;
const talkers = 64;
const calmMs = 10_000;
const stormMs = 40_000;
const beforeKillMs = 1_000;
const lookEveryMs = 250;
const metricsMs = 6_000;
const settleMs = 20_000;
const liveWithinMs = 30_000;
const logReadsSpare = 10;

export async function resumeStorm(options: ResumeStormOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, chat } = options;
  const server = await startServerOnOneCore(["--gateways", String(gateways)]);
  try {
    for (let i = 0; i < smallRooms; i++) await makeRoom(server, `small-${i}`);
    const half = Math.floor(viewers / 2);
    const one = { room: "demo", rooms: 1, viewers: half, talkers, readers, moderators: 0 };
    const many = {
      room: "small",
      rooms: smallRooms,
      viewers: viewers - half,
      talkers,
      readers: 100,
      moderators: 0,
    };
    const crowd = await openCrowd({ port: server.port, groups: [one, many], chat });
    try {
      const calm = await talk(crowd, rate, calmMs);
      const killing = killWhileTalking(server, crowd);
      const storm = await talk(crowd, rate, stormMs);
      const killed = await killing;
      const settled = await crowd.settle(settleMs);
      const rest = await crowd.phase();
      await setTimeout(metricsMs);
      const logReads = await server.metric("chorus_log_reads_total");
      const { live } = await crowd.look();
      const { lost, turnedAway, failed, views, left, repeated, ...counts } = sumOf([calm, storm, rest]);
      const away = [...storm.away, ...rest.away];
      const rooms = 1 + smallRooms;
      return {
        scenario: "resume-storm",
        machine: machine(),
        figures: {
          viewers,
          rooms,
          gatewaysKilled: killed.gateways,
          ...percentiles("awayMs", away),
          slowestMs: percentile(away, 100),
          allLiveMs: killed.allLiveMs,
          lost,
          turnedAway,
          failed,
          left,
          viewsAfterwards: views - viewers,
          repeated,
          logReads,
          ...percentiles("calm.publishMs", calm.groups[0]?.publish ?? []),
          "storm.loadShareOfACore": loadShare(storm),
        },
        controls: {},
        checks: [
          atMost("notLive", viewers - live, 0),
          atMost("allLiveMs", killed.allLiveMs, liveWithinMs),
          ...soundRanges(counts),
          atMost("notCaughtUp", settled ? 0 : 1, 0),
          atMost("logReads", logReads, rooms * gateways + logReadsSpare),
          atMost("valid.gatewaysNotKilled", gateways - killed.gateways, 0),
          atMost("valid.connectionsKept", Math.max(0, viewers - lost), 0),
          atMost("valid.loadShareOfACore", loadShare(storm), loadShareMax),
        ],
      };
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}

async function talk(crowd: Crowd, rate: number, ms: number): Promise<Phase> {
  await Promise.all([crowd.say(0, rate, ms), crowd.say(1, rate, ms)]);
  return crowd.phase();
}

/** @returns how many were killed, and how long after it everybody was live again. */
async function killWhileTalking(
  server: ServerOnOneCore,
  crowd: Crowd,
): Promise<{ gateways: number; allLiveMs: number }> {
  await setTimeout(beforeKillMs);
  const killed = killRole(server.pid, "gateway");
  const killedAt = performance.now();
  for (let fell = false; ;) {
    await setTimeout(lookEveryMs);
    const ms = Math.round(performance.now() - killedAt);
    const { live } = await crowd.look();
    fell ||= live < crowd.viewers;
    if ((fell && live === crowd.viewers) || ms > stormMs) return { gateways: killed, allLiveMs: ms };
  }
}
