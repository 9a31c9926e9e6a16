import { coreMs, cpuMs, pin } from "../cores.ts";
import { loadShare, loadShareMax, openCrowd, percentiles } from "../crowd/crowd.ts";
import { makeRoom, othersShareMax } from "../crowd/server.ts";
import { percentile, sumOf } from "../crowd/tallies.ts";
import { allSeen, soundRanges } from "../hot-room.ts";
import { pidOfRole, startServer } from "../processes.ts";
import { atMost, machine, type Report } from "../report.ts";

/**
 * How many messages a second one gateway takes in through sockets, each checked, answered and shown in a room of two. The gateway
 * has a core for itself; the keeper and those who talk share the other, so the rate is one that these can bear, and what a
 * whole core would do follows from the gateway's processor time.
 */
export type SocketsOptions = { viewers?: number; rate?: number; seconds: number; chat: string | undefined };

const perRoom = 2;
const viewersByDefault = 12_000;
const rateByDefault = 5_000;
const cores = { gateway: 0, load: 1 };
const warmMs = 10_000;
const settleMs = 3_000;
const roomsAtOnce = 16;
const ackMsMax = 30;
const perCoreMin = 15_000;

export async function ingestSockets(options: SocketsOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, seconds, chat } = options;
  const rooms = Math.floor(viewers / perRoom);
  const server = await startServer(["--gateways", "1"]);
  try {
    const gateway = pidOfRole(server.pid, "gateway");
    pin([gateway], cores.gateway);
    pin([server.pid, pidOfRole(server.pid, "keeper")], cores.load);
    for (let i = 0; i < rooms; i += roomsAtOnce) {
      const some = Array.from({ length: Math.min(roomsAtOnce, rooms - i) }, (_, j) => `pair-${i + j}`);
      await Promise.all(some.map((room) => makeRoom(server, room)));
    }
    const people = rooms * perRoom;
    const group = {
      room: "pair",
      rooms,
      viewers: people,
      talkers: people,
      readers: people,
      moderators: 0,
      paced: true,
    };
    const crowd = await openCrowd({ port: server.port, groups: [group], chat, entersPerSecond: 1_000 });
    try {
      await crowd.say(0, rate, warmMs);
      const warm = await crowd.phase();
      const before = { at: performance.now(), cpu: cpuMs(gateway), core: coreMs(cores.gateway) };
      await crowd.say(0, rate, seconds * 1_000);
      const ms = performance.now() - before.at;
      const gatewayMs = cpuMs(gateway) - before.cpu;
      const others = Math.max(0, coreMs(cores.gateway) - before.core - gatewayMs) / ms;
      const hot = await crowd.phase();
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const counts = sumOf([warm, hot, await crowd.phase()]);
      const perCore = Math.round(hot.counts.acked / (gatewayMs / 1_000));
      return {
        scenario: "ingest-sockets",
        machine: machine(),
        figures: {
          people,
          rooms,
          ackedPerSecond: Math.round(hot.counts.acked / (hot.ms / 1_000)),
          ackedPerSecondOfAGatewayCore: perCore,
          gatewayMicrosecondsPerMessage: Number(((gatewayMs * 1_000) / hot.counts.acked).toFixed(1)),
          ...percentiles("ackMs", hot.groups[0]?.ack ?? []),
          ...percentiles("publishMs", hot.groups[0]?.publish ?? []),
          refused: counts.refused,
          gatewayShareOfACore: Number((gatewayMs / ms).toFixed(3)),
          othersShareOfGatewayCore: Number(others.toFixed(3)),
          loadShareOfACore: loadShare(hot),
        },
        controls: {},
        checks: [
          atMost("perCoreMissing", Math.max(0, perCoreMin - perCore), 0),
          atMost("ackMs.p95", percentile(hot.groups[0]?.ack ?? [], 95), ackMsMax),
          atMost("refused", counts.refused, 0),
          ...soundRanges(counts),
          ...(await allSeen(crowd, counts)),
          atMost("connectionsLost", counts.lost, 0),
          atMost("valid.loadShareOfACore", loadShare(hot), loadShareMax),
          atMost("valid.othersShareOfGatewayCore", Number(others.toFixed(3)), othersShareMax),
        ],
      };
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}
