import { type Crowd, loadShare, loadShareMax, openCrowd, percentiles } from "./crowd/crowd.ts";
import { othersShareMax, startServerOnOneCore } from "./crowd/server.ts";
import { type Counts, percentile, sumOf } from "./crowd/tallies.ts";
import { atMost, type Check, machine, type Report } from "./report.ts";

/** One room with very many viewers, of whom a hundredth talks: the keeper and two gateways have one core together. */
export type HotRoomOptions = { viewers?: number; rate?: number; seconds: number; chat: string | undefined };

const viewersByDefault = 20_000;
const rateByDefault = 100;
const talkersShare = 0.01;
const readers = 600;
const readersMin = 500;
const gateways = 2;
/** Until what letting so many in has done to the windows is over. */
const warmMs = 15_000;
const settleMs = 20_000;

export async function hotRoom(options: HotRoomOptions): Promise<Report> {
  const { viewers = viewersByDefault, rate = rateByDefault, seconds, chat } = options;
  const server = await startServerOnOneCore(["--gateways", String(gateways)]);
  try {
    const talkers = Math.ceil(viewers * talkersShare);
    const room = { room: "demo", rooms: 1, viewers, talkers, readers, moderators: 0 };
    const crowd = await openCrowd({ port: server.port, groups: [room], chat });
    try {
      await crowd.say(0, rate, warmMs);
      const warm = await crowd.phase();
      const watched = server.watch();
      await crowd.say(0, rate, seconds * 1_000);
      const core = watched();
      const hot = await crowd.phase();
      const settled = await crowd.settle(settleMs);
      const counts = sumOf([warm, hot, await crowd.phase()]);
      const publish = hot.groups[0]?.publish ?? [];
      return {
        scenario: "hot-room",
        machine: machine(),
        figures: {
          viewers,
          readers: crowd.readers,
          talkers,
          said: hot.counts.said,
          ...percentiles("publishMs", publish),
          ...percentiles("ackMs", hot.groups[0]?.ack ?? []),
          deliveries: hot.counts.covered,
          messagesPerFrame: Number((hot.counts.covered / hot.counts.ranges).toFixed(1)),
          bytesPerSecondEach: Math.round(hot.counts.bytes / viewers / (hot.ms / 1_000)),
          shed: counts.shed,
          reports: hot.counts.reports,
          writeMicroseconds: Math.round((await server.metric("chorus_write_microseconds")) / gateways),
          windowStretch: (await server.metric("chorus_window_stretch")) / gateways,
          serverShareOfACore: core.server,
          othersShareOfServerCore: core.others,
          loadShareOfACore: loadShare(hot),
          residentMB: Math.round(server.residentBytes() / 2 ** 20),
        },
        controls: {},
        checks: [
          atMost("publishMs.p95", percentile(publish, 95), 500),
          ...soundRanges(counts),
          atMost("refused", counts.saidRefused, 0),
          atMost("connectionsLost", counts.lost, 0),
          ...(await allSeen(crowd, counts)),
          atMost("notCaughtUp", settled ? 0 : 1, 0),
          atMost("valid.readersMissing", Math.max(0, readersMin - crowd.readers), 0),
          atMost("valid.loadShareOfACore", loadShare(hot), loadShareMax),
          atMost("valid.othersShareOfServerCore", core.others, othersShareMax),
        ],
      };
    } finally {
      await crowd.stop();
    }
  } finally {
    await server.stop();
  }
}

/** What must hold for every viewer, whatever has happened to them. */
export function soundRanges({
  holes,
  miscounted,
  gaps,
}: Pick<Counts, "holes" | "miscounted" | "gaps">): Check[] {
  return [atMost("holes", holes, 0), atMost("miscounted", miscounted, 0), atMost("gaps", gaps, 0)];
}

/** What was said has been answered, its talkers had it back, and of the others a reader at least. */
export async function allSeen(crowd: Crowd, { said, acked, saidRefused }: Counts): Promise<Check[]> {
  const ids = await crowd.ids();
  const seen = new Set(ids.seen);
  return [
    atMost("notAnswered", said - acked - saidRefused, 0),
    atMost("seenByNoReader", ids.acked.filter((id) => !seen.has(id)).length, 0),
    atMost("ownNotShown", ids.ownUnseen, 0),
  ];
}
