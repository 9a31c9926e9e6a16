import { setTimeout } from "node:timers/promises";
import { type Crowd, loadShare, loadShareMax, openCrowd, percentiles, phasesJoined } from "./crowd/crowd.ts";
import type { Phase } from "./crowd/orders.ts";
import { othersShareMax, type ServerOnOneCore, startServerOnOneCore } from "./crowd/server.ts";
import { percentile, sumOf } from "./crowd/tallies.ts";
import { soundRanges } from "./hot-room.ts";
import { kernelBytes } from "./processes.ts";
import { atMost, machine, type Report } from "./report.ts";

/**
 * Half of a room stops reading, and the room goes on: what is held for them, in the server and in the kernel, how soon they are
 * known, and whether the other half notices. `--minutes` says for how long.
 */
export type StalledOptions = { viewers?: number; rate?: number; minutes?: number; chat: string | undefined };

const viewersByDefault = 10_000;
const rateByDefault = 200;
const talkers = 200;
const readersMax = 600;
const gateways = 2;
const warmMs = 15_000;
const calmMs = 20_000;
/** Until what is sent to those who do not read has filled what there is for them. */
const fillingMs = 20_000;
const lookEveryMs = 500;
const settleMs = 60_000;
const bytesPerSecondMin = 20_000;
const bytesEachMax = 300 * 1024;
const knownWithinMs = 20_000;
const slowerMax = 1.2;

export async function stalled(options: StalledOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, minutes = 1, chat } = options;
  const server = await startServerOnOneCore(["--gateways", String(gateways)]);
  try {
    const readers = Math.min(readersMax, Math.floor(viewers / 4));
    const room = { room: "demo", rooms: 1, viewers, talkers, readers, moderators: 0 };
    /* As text, so that there is something to hold. */
    const crowd = await openCrowd({ port: server.port, groups: [room], chat, accept: [] });
    try {
      const warm = await talk(crowd, rate, warmMs);
      const calm = await talk(crowd, rate, calmMs);
      const before = heldBy(server);
      const stopped = await crowd.pause(0, Math.floor(viewers / 2));
      const core = server.watch();
      const watching = watch(server, stopped, minutes * 60_000);
      const filling = await talk(crowd, rate, fillingMs);
      const full = await talk(crowd, rate, minutes * 60_000 - fillingMs);
      const stall = phasesJoined([filling, full]);
      const seen = await watching;
      const shares = core();
      await crowd.resume();
      const settled = await crowd.settle(settleMs);
      const rest = await crowd.phase();
      const { live } = await crowd.look();
      const { gaps, missedInGaps, lost, turnedAway, ...counts } = sumOf([warm, calm, stall, rest]);
      const each = (of: (held: Held) => number): number =>
        Math.round(Math.max(...seen.held.map((held) => of(held) - of(before))) / stopped);
      const slower = publishP95(stall) / publishP95(calm);
      const bytesPerSecond = Math.round(calm.counts.bytes / viewers / (calm.ms / 1_000));
      return {
        scenario: "stalled",
        machine: machine(),
        figures: {
          viewers,
          stopped,
          ...percentiles("calm.publishMs", calm.groups[0]?.publish ?? []),
          ...percentiles("filling.publishMs", filling.groups[0]?.publish ?? []),
          ...percentiles("full.publishMs", full.groups[0]?.publish ?? []),
          bytesPerSecondEach: bytesPerSecond,
          heldBytesEach: each(({ kernel, resident }) => kernel + resident),
          "heldBytesEach.kernel": each(({ kernel }) => kernel),
          "heldBytesEach.resident": each(({ resident }) => resident),
          knownMax: seen.knownMax,
          knownAfterMs: seen.knownAfterMs,
          lost,
          turnedAway,
          gaps,
          missedInGaps,
          serverShareOfACore: shares.server,
          othersShareOfServerCore: shares.others,
          loadShareOfACore: loadShare(stall),
        },
        controls: {},
        checks: [
          atMost(
            "heldBytesEach",
            each(({ kernel, resident }) => kernel + resident),
            bytesEachMax,
          ),
          atMost("notKnown", stopped - seen.knownMax, 0),
          atMost("knownAfterMs", seen.knownAfterMs, knownWithinMs),
          atMost("othersSlower", Number(slower.toFixed(2)), slowerMax),
          /* A gap that was told is no loss. */
          ...soundRanges({ ...counts, gaps: 0 }),
          atMost("notLive", viewers - live, 0),
          atMost("notCaughtUp", settled ? 0 : 1, 0),
          atMost("valid.bytesPerSecondMissing", Math.max(0, bytesPerSecondMin - bytesPerSecond), 0),
          atMost("valid.loadShareOfACore", loadShare(stall), loadShareMax),
          atMost("valid.othersShareOfServerCore", shares.others, othersShareMax),
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
  await crowd.say(0, rate, ms);
  return crowd.phase();
}

function publishP95({ groups }: Phase): number {
  return percentile(groups[0]?.publish ?? [], 95);
}

/** What sockets hold in the kernel, at both ends, since they are on one machine; and the server's processes. */
type Held = { kernel: number; resident: number };

function heldBy(server: ServerOnOneCore): Held {
  return { kernel: kernelBytes().tcp, resident: server.residentBytes() };
}

/** How much was held, and when so many were known to be stalled; they are known no more once they have been cut off. */
async function watch(
  server: ServerOnOneCore,
  stopped: number,
  ms: number,
): Promise<{ held: Held[]; knownMax: number; knownAfterMs: number }> {
  const begun = performance.now();
  const held: Held[] = [];
  let knownMax = 0;
  let knownAfterMs = ms;
  while (performance.now() - begun < ms) {
    await setTimeout(lookEveryMs);
    held.push(heldBy(server));
    const known = await server.metric("chorus_stalled");
    if (known >= stopped && knownMax < stopped) knownAfterMs = Math.round(performance.now() - begun);
    knownMax = Math.max(knownMax, known);
  }
  return { held, knownMax: Math.min(stopped, knownMax), knownAfterMs };
}
