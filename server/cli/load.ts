import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { createFrameReader } from "./frame-reader.ts";
import { pause, untilInterrupted } from "./interruption.ts";
import { createLatencies } from "./latencies.ts";
import { isSound, loadResult, loadSummary, type ViewerEnd } from "./load-count.ts";
import { createRoomRecord } from "./room-record.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { openTalkers, saidAt, type Talkers } from "./talkers.ts";
import { obstacle, readTarget, type Target, targetFlags, tokenFor } from "./target.ts";
import { openViewer, type Viewer } from "./viewer.ts";
import { createViewerCheck, type Measures } from "./viewer-check.ts";

const flags = {
  ...targetFlags,
  viewers: { kind: "value", hint: "N", about: "How many viewers.", otherwise: "100" },
  rate: { kind: "value", hint: "M", about: "Messages a second in all; 0 only listens.", otherwise: "10" },
  seconds: { kind: "value", hint: "S", about: "For how long, once all viewers are there.", otherwise: "30" },
  ...commonFlags,
} as const;

const usage: Usage<typeof flags> = {
  name: "load",
  about: [
    "Fills a room with viewers, has a few others talk there, and checks at every viewer that each entry of the room arrives once, in order, with none missing. Every viewer is the SDK's client, with an identity and a connection of its own.",
    "expected counts, for each viewer, the entries of every kind from its first live position to the highest that any viewer received; delivered + lost + shed is the same. Lost is also what a gap says will not come. doubled counts entries that reach a viewer twice or stand at two places of the room, outOfOrder those that come at another place than they came to others.",
    "receiveMs runs from the time that the room gave an entry until its receipt, for entries that came live, not for what was caught up with after a reconnect; it needs the server's clock, so it is meant for one machine. publishMs runs from say until receipt, for messages said here. reconnects counts lost connections, and slowestReconnectMs the longest time from such a loss until the viewer had everything again.",
    "At the end it waits up to 10 s for the last viewer. Exit status 1 when anything was lost, doubled, out of order or never answered; 130 or 143 when it was interrupted.",
  ],
  operand: null,
  flags,
  examples: [
    "chorus load --room demo --viewers 200 --rate 50 --seconds 60",
    "chorus load --room demo --viewers 200 --rate 0 --seconds 160 --json",
  ],
};

type Options = { target: Target; viewers: number; rate: number; seconds: number };

const viewersMax = 50_000;
const rateMax = 10_000;
const secondsMax = 86_400;
/** So many at once are on their way into the room. */
const enteringMax = 100;
const enterWithinMs = 60_000;
const lookEveryMs = 20;
const settleWithinMs = 10_000;
const quietMs = 500;
const quietWithinMs = 2_000;

export function load(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, perform);
}

function read(given: Arguments<typeof flags>): Options {
  return {
    target: readTarget(given),
    viewers: given.integer("viewers", 1, viewersMax),
    rate: given.integer("rate", 0, rateMax),
    seconds: given.integer("seconds", 1, secondsMax),
  };
}

async function perform({ target, viewers: wanted, rate, seconds }: Options): Promise<Outcome> {
  const { signal, marked, done } = untilInterrupted();
  const blocked = await obstacle(target, ["read"]);
  if (blocked !== null) return marked({ failure: blocked });
  const run = randomBytes(4).toString("hex");
  const record = createRoomRecord(saidAt(run));
  const measures: Measures = { record, receive: createLatencies(), publish: createLatencies() };
  const viewers: Viewer[] = [];
  const talkers = openTalkers(target, run, rate, record.has);
  try {
    const missing = await enter(target, run, wanted, viewers, measures, signal);
    if (missing !== null) return marked({ failure: missing });
    console.error(`${wanted} viewers are in the room.`);
    if (rate === 0) await pause(seconds * 1_000, signal);
    else await talkers.talk(rate, seconds * 1_000, signal);
    const end = await settled(viewers, talkers, () => record.head);
    const { sent, acked, refused, failed } = talkers.count.result({ skipped: {}, authors: 0, seconds });
    const said = { sent, acked, refused, failed: failed + talkers.count.pending, unheard: talkers.unheard() };
    const result = loadResult(
      viewers.map((viewer) => endOf(viewer, end)),
      measures,
      said,
    );
    return marked({ status: isSound(result) ? 0 : 1, result, summary: loadSummary(result) });
  } finally {
    for (const viewer of viewers) viewer.close();
    talkers.close();
    done();
  }
}

/** Null once everybody is there, else the sentence that says who is not. */
async function enter(
  target: Target,
  run: string,
  wanted: number,
  viewers: Viewer[],
  measures: Measures,
  signal: AbortSignal,
): Promise<string | null> {
  const url = socketUrl(target.url);
  const read = createFrameReader();
  const until = performance.now() + enterWithinMs;
  for (;;) {
    const waiting = viewers.filter(({ check }) => !check.begun);
    const refusal = waiting.find(({ refusal }) => refusal !== null)?.refusal ?? null;
    const there = viewers.length - waiting.length;
    if (refusal !== null)
      return `A viewer was refused (${refusal}) when ${there} of ${wanted} were in the room.`;
    if (there === wanted) return null;
    if (signal.aborted) return `Stopped when ${there} of ${wanted} viewers were in the room.`;
    if (performance.now() > until) {
      return `Only ${there} of ${wanted} viewers were in the room after ${enterWithinMs / 1_000} s.`;
    }
    const entering = Math.min(enteringMax - waiting.length, wanted - viewers.length);
    for (let i = 0; i < entering; i++) {
      const identity = {
        sub: `load-viewer:${run}:${viewers.length + 1}`,
        name: `Viewer ${viewers.length + 1}`,
      };
      viewers.push(
        openViewer({
          url,
          room: target.room,
          session: randomBytes(8).toString("hex"),
          token: () => tokenFor(target, { ...identity, grants: ["read"] }),
          read,
          check: createViewerCheck(measures),
        }),
      );
    }
    await setTimeout(lookEveryMs);
  }
}

/** Waits for the last answers and the last viewer; returns the seq that everybody must have come to. */
async function settled(viewers: readonly Viewer[], talkers: Talkers, head: () => number): Promise<number> {
  const until = performance.now() + settleWithinMs;
  while (performance.now() < until && talkers.count.pending + talkers.unheard() > 0)
    await setTimeout(lookEveryMs);
  await quiet(head);
  const end = viewers.reduce((end, { position }) => Math.max(end, position), head());
  while (performance.now() < until && viewers.some((viewer) => !viewer.isLive || viewer.position < end)) {
    await setTimeout(lookEveryMs);
  }
  return end;
}

/** What others said last may still be on its way: waits until the room has been quiet for a moment, if it gets quiet soon. */
async function quiet(head: () => number): Promise<void> {
  const until = performance.now() + quietWithinMs;
  let highest = head();
  for (let since = performance.now(); since + quietMs > performance.now() && performance.now() < until;) {
    await setTimeout(lookEveryMs);
    if (head() === highest) continue;
    highest = head();
    since = performance.now();
  }
}

function endOf(viewer: Viewer, end: number): ViewerEnd {
  return {
    sum: viewer.check.sum(end, viewer.position),
    reconnects: viewer.reconnects,
    slowestReconnectMs: viewer.slowestReconnectMs(),
  };
}

/** Where the sockets of a server are. */
function socketUrl(base: string): string {
  const url = new URL(base);
  return `${url.protocol.replace("http", "ws")}//${url.host}${url.pathname.replace(/\/+$/, "")}/v1/connect`;
}
