import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { limits } from "@chorus/protocol/limits.ts";
import type { Order } from "./abusers.ts";
import { expectedOf, missing, readCounters, settledCounters, surplus } from "./counters.ts";
import type { Counts, Outcome } from "./findings.ts";
import { watchMemory } from "./memory.ts";
import { reportOf, type Round } from "./report.ts";
import type { Talked, TalkersOrder } from "./talkers.ts";
import { ended, startScript, startServer, type Server, told } from "../processes.ts";
import type { Report } from "../report.ts";

/**
 * Fifty people talk, and others misbehave in every way there is: one kind after the other, then all at once. Those who take the
 * server's patience do so all the time. One gateway serves everybody, with the limits of a server in production.
 */
const quickKinds = [
  "malformedJson",
  "wrongTypes",
  "unknownKinds",
  "hugeFrames",
  "invalidUtf8",
  "expiredTokens",
  "forgedTokens",
  "unsignedTokens",
  "wrongRoomTokens",
  "flood",
  "markup",
  "staffNames",
];
const slowKinds = ["neverReading", "slowLoris", "noHello"];
const warmMs = 10_000;
const calmMs = 20_000;
const calmAgainMs = 10_000;
const kindMs = 3_000;
const allAtOnceMs = 20_000;
const serverArgs = ["--gateways", "1", "--connections-per-ip", String(limits.connectionsPerIpMax)];

type Crew = { server: Server; talkers: ChildProcess; quick: ChildProcess; slow: ChildProcess };

export async function abuse(): Promise<Report> {
  const server = await startServer(serverArgs);
  const abusers = new URL("./abusers.ts", import.meta.url);
  const talkers = startScript(new URL("./talkers.ts", import.meta.url), [server.url]);
  const quick = startScript(abusers, [String(server.port)]).setMaxListeners(quickKinds.length * 2);
  const slow = startScript(abusers, [String(server.port)]);
  try {
    await Promise.all([talkers, quick, slow].map((child) => told(child)));
    return await measure({ server, talkers, quick, slow });
  } finally {
    await Promise.all([talkers, quick, slow].map(ended));
    await server.stop();
  }
}

async function measure({ server, talkers, quick, slow }: Crew): Promise<Report> {
  tell(talkers, { phase: "warm", group: null });
  await setTimeout(warmMs);
  tell(talkers, { phase: "calm", group: null });
  await setTimeout(calmMs);
  const memory = watchMemory(server.pid);
  const start = await readCounters(server.port);
  const patient = ordered(slow, { kinds: slowKinds, ms: null });
  const rounds: Round[] = [];
  for (const kind of quickKinds) {
    tell(talkers, { phase: kind, group: "abuse" });
    rounds.push(await roundOf(kind, server, ordered(quick, { kinds: [kind], ms: kindMs })));
  }
  tell(talkers, { phase: "allAtOnce", group: "abuse" });
  rounds.push(await roundOf("allAtOnce", server, ordered(quick, { kinds: quickKinds, ms: allAtOnceMs })));
  tell(talkers, { phase: "slowAlone", group: "abuse" });
  slow.send({ stop: true } satisfies Order);
  for (const outcome of await patient)
    rounds.push(await roundOf(outcome.kind, server, Promise.resolve([outcome]), start));
  const end = await readCounters(server.port);
  tell(talkers, { phase: "calmAgain", group: null });
  await setTimeout(calmAgainMs);
  const talked = told<Talked>(talkers);
  tell(talkers, { stop: true });
  return reportOf(await talked, rounds, memory.stop(), surplusOf(rounds, start, end));
}

/** What the abusers found, and what of it the server has not counted since `before`, or since now. */
async function roundOf(
  name: string,
  { port }: Server,
  working: Promise<Outcome[]>,
  before?: Counts,
): Promise<Round> {
  const start = before ?? (await readCounters(port));
  const outcomes = await working;
  const expected = expectedOf(outcomes);
  const counters = await settledCounters(port, start, expected);
  return { name, outcomes, notCounted: missing(start, counters, expected) };
}

function surplusOf(rounds: readonly Round[], start: Counts, end: Counts): number {
  return surplus(start, end, expectedOf(rounds.flatMap(({ outcomes }) => outcomes)).exactly);
}

function ordered(abusers: ChildProcess, order: Order): Promise<Outcome[]> {
  const answer = told<Outcome[]>(abusers);
  abusers.send(order);
  return answer;
}

function tell(talkers: ChildProcess, order: TalkersOrder): void {
  talkers.send(order);
}
