import { join } from "node:path";
import { coreMs, cpuMs, pin } from "../cores.ts";
import { loadShareMax, openCrowd, percentiles } from "../crowd/crowd.ts";
import { othersShareMax } from "../crowd/server.ts";
import { percentile } from "../crowd/tallies.ts";
import { ended, pidOfRole, residentBytes, startScript, startServer, told } from "../processes.ts";
import { atMost, machine, type Report } from "../report.ts";
import type { AuthorsCount, AuthorsSpec } from "./authors.ts";

/**
 * As much as a keeper takes in and stores, of more people than one gateway serves: they talk over the bus. The keeper has a core
 * for itself; the gateway, its viewers and those who talk have the other.
 */
export type IngestOptions = { viewers?: number; rate?: number; seconds: number; chat: string | undefined };

const room = "demo";
const viewersByDefault = 2_000;
const rateByDefault = 50_000;
/** So many that nobody is above the pace, which is one message a second. */
const authorsPerRate = 1.2;
const authorsMin = 20_000;
const cores = { keeper: 0, load: 1 };
const sampleEveryMs = 1_000;
const ackMsMax = 30;
const growthMBMax = 64;
/** Memory is looked at from here on. */
const warmShare = 0.5;

export async function ingest(options: IngestOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, seconds, chat } = options;
  const server = await startServer(["--gateways", "1"]);
  try {
    const keeper = pidOfRole(server.pid, "keeper");
    const gateway = pidOfRole(server.pid, "gateway");
    pin([keeper], cores.keeper);
    pin([server.pid, gateway], cores.load);
    const group = { room, rooms: 1, viewers, talkers: 0, readers: 20, moderators: 0 };
    const crowd = await openCrowd({ port: server.port, groups: [group], chat });
    try {
      const spec: AuthorsSpec = {
        dataDir: server.data,
        room,
        perSecond: rate,
        ms: seconds * 1_000,
        authors: Math.max(authorsMin, Math.ceil(rate * authorsPerRate)),
        chat: chat ?? null,
      };
      const authors = startScript(new URL("./authors.ts", import.meta.url), [JSON.stringify(spec)]);
      pin([authors.pid ?? 0], cores.load);
      await told(authors);
      const before = {
        at: performance.now(),
        keeper: cpuMs(keeper),
        core: coreMs(cores.keeper),
        gateway: cpuMs(gateway),
      };
      const counted = told<AuthorsCount>(authors);
      const sampling = sample(keeper, spec.ms);
      authors.send("talk");
      const resident = await sampling;
      const ms = performance.now() - before.at;
      const share = (one: number): number => Number((one / ms).toFixed(3));
      const keeperMs = cpuMs(keeper) - before.keeper;
      const gatewayShare = share(cpuMs(gateway) - before.gateway);
      const others = share(Math.max(0, coreMs(cores.keeper) - before.core - keeperMs));
      const count = await counted;
      await ended(authors);
      const { counts } = await crowd.phase();
      const { live } = await crowd.look();
      const stored = await storedIn(server.data);
      const refused = Object.values(count.refused).reduce((sum, one) => sum + one, 0);
      const warm = Math.floor(resident.length * warmShare);
      const growth = Math.max(...resident.slice(warm)) - (resident[warm] ?? 0);
      const perSecond = count.acked / (count.ms / 1_000);
      return {
        scenario: "ingest",
        machine: machine(),
        figures: {
          viewers,
          authors: spec.authors,
          said: count.said,
          acked: count.acked,
          ackedPerSecond: Math.round(perSecond),
          refused,
          ...Object.fromEntries(
            Object.entries(count.refused).map(([why, times]) => [`refused.${why}`, times]),
          ),
          heldBack: count.heldBack,
          ...percentiles("ackMs", count.ack),
          stored: stored.messages,
          keeperShareOfACore: share(keeperMs),
          keeperMicrosecondsPerMessage: Number(((keeperMs * 1_000) / count.acked).toFixed(1)),
          othersShareOfKeeperCore: others,
          gatewayShareOfACore: gatewayShare,
          authorsShareOfACore: share(count.cpuMs),
          viewersLive: live,
          viewersGaps: counts.gaps,
          viewersLost: counts.lost,
          "keeperMB.warm": megabytes(resident[warm] ?? 0),
          "keeperMB.most": megabytes(Math.max(...resident)),
        },
        controls: {},
        checks: [
          atMost("tooFewPerSecond", Math.max(0, Math.round(rate * 0.99 - perSecond)), 0),
          atMost("ackMs.p95", percentile(count.ack, 95), ackMsMax),
          atMost("refused", refused, 0),
          atMost("notAnswered", count.said - count.acked - refused, 0),
          atMost("acknowledgedNotStored", Math.max(0, count.acked - stored.messages), 0),
          atMost("idsTwice", stored.messages - stored.ids, 0),
          atMost("keeperGrowthMB", megabytes(growth), growthMBMax),
          atMost("holes", counts.holes, 0),
          atMost("valid.authorsShareOfACore", share(count.cpuMs), loadShareMax),
          atMost("valid.othersShareOfKeeperCore", others, othersShareMax),
        ],
      };
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}

async function sample(pid: number, ms: number): Promise<number[]> {
  const resident: number[] = [];
  for (const until = performance.now() + ms; performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, sampleEveryMs));
    resident.push(residentBytes(pid));
  }
  return resident;
}

function storedIn(data: string): Promise<{ messages: number; ids: number }> {
  return told(startScript(new URL("../read-log.ts", import.meta.url), [join(data, "log.sqlite"), room]));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
