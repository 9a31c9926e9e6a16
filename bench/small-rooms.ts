import { loadShare, loadShareMax, openCrowd, percentiles } from "./crowd/crowd.ts";
import { makeRoom, othersShareMax, startServerOnOneCore } from "./crowd/server.ts";
import { percentile, sumOf } from "./crowd/tallies.ts";
import { allSeen, soundRanges } from "./hot-room.ts";
import { atMost, machine, type Report } from "./report.ts";

/** Very many rooms with a few people each, who say something now and then. `--viewers` says how many people there are in all. */
export type SmallRoomsOptions = { viewers?: number; seconds: number; chat: string | undefined };

const perRoom = 3;
const viewersByDefault = 15_000;
const everyS = 10;
const gateways = 2;
const warmMs = 20_000;
const settleMs = 3_000;
const roomsAtOnce = 16;
const publishMsMax = 100;
const serverShareMax = 0.5;

export async function smallRooms(options: SmallRoomsOptions): Promise<Report> {
  const { viewers = viewersByDefault, seconds, chat } = options;
  const rooms = Math.floor(viewers / perRoom);
  const server = await startServerOnOneCore(["--gateways", String(gateways)]);
  try {
    for (let i = 0; i < rooms; i += roomsAtOnce) {
      const some = Array.from({ length: Math.min(roomsAtOnce, rooms - i) }, (_, j) => `small-${i + j}`);
      await Promise.all(some.map((room) => makeRoom(server, room)));
    }
    const people = rooms * perRoom;
    const group = { room: "small", rooms, viewers: people, talkers: rooms, readers: people, moderators: 0 };
    const crowd = await openCrowd({ port: server.port, groups: [group], chat });
    try {
      const rate = rooms / everyS;
      await crowd.say(0, rate, warmMs);
      const warm = await crowd.phase();
      const watched = server.watch();
      await crowd.say(0, rate, seconds * 1_000);
      const core = watched();
      const calm = await crowd.phase();
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const counts = sumOf([warm, calm, await crowd.phase()]);
      const publish = calm.groups[0]?.publish ?? [];
      return {
        scenario: "small-rooms",
        machine: machine(),
        figures: {
          rooms,
          viewers: people,
          said: calm.counts.said,
          ...percentiles("publishMs", publish),
          ...percentiles("ackMs", calm.groups[0]?.ack ?? []),
          serverShareOfACore: core.server,
          othersShareOfServerCore: core.others,
          loadShareOfACore: loadShare(calm),
          residentMB: Math.round(server.residentBytes() / 2 ** 20),
        },
        controls: {},
        checks: [
          atMost("publishMs.p95", percentile(publish, 95), publishMsMax),
          atMost("serverShareOfACore", core.server, serverShareMax),
          ...soundRanges(counts),
          ...(await allSeen(crowd, counts)),
          atMost("notReceived", Math.max(0, counts.said * perRoom - counts.covered), 0),
          atMost("refused", counts.saidRefused, 0),
          atMost("connectionsLost", counts.lost, 0),
          atMost("valid.loadShareOfACore", loadShare(calm), loadShareMax),
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
