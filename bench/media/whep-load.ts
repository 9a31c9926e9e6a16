import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { type Counted, openViewer, type Viewer } from "./whep-viewer.ts";
import { publishCoded } from "./whep-publisher.ts";

/** The process of who goes live by WHIP and of all who watch by WHEP. */
export type WhepLoad = {
  readonly room: string;
  readonly whip: string;
  readonly key: string;
  /** The header of one who has a right to little delay. */
  readonly authorization: string;
  readonly viewers: number;
  readonly kilobits: number;
};
export type WhepTold = Counted & {
  seconds: number;
  /** From a packet's leaving the publisher until a viewer has it, of all of them. */
  delayMs: { p50: number; p95: number; p99: number };
  cpuShare: number;
  /** The longest that this process was not at work though it had some: what came meanwhile may have been lost. */
  stoodMs: number;
};

const decrypting = 3;
const atOnce = 8;
const liveWithinMs = 20_000;
const askEveryMs = 20;
const reportEveryMs = 1_000;
/** Of delays, in tenths of a millisecond; the last place has all that are longer. */
const places = 10_001;

const load = JSON.parse(process.argv[2] ?? "{}") as WhepLoad;
const delays = new Uint32Array(places);
const standing = monitorEventLoopDelay({ resolution: 10 });
standing.enable();
let since = { at: performance.now(), cpu: process.cpuUsage() };

const publisher = await publishCoded(
  { url: load.whip, authorization: `Bearer ${load.key}`, number: 0 },
  load.kilobits,
);
const url = await addressOf();
const viewers: Viewer[] = [];
for (let from = 0; from < load.viewers; from += atOnce) {
  const numbers = Array.from({ length: Math.min(atOnce, load.viewers - from) }, (_, i) => from + i);
  viewers.push(...(await Promise.all(numbers.map(open))));
}
/* Each at a moment of its own. */
for (const viewer of viewers) {
  await setTimeout(reportEveryMs / viewers.length);
  setInterval(viewer.report, reportEveryMs);
}
setInterval(() => {
  for (const viewer of viewers) viewer.ask(performance.now());
}, askEveryMs);
process.on("message", (order: "begin" | "tell") => {
  if (order === "tell") return void process.send?.(report());
  for (const viewer of viewers) viewer.begin();
  delays.fill(0);
  standing.reset();
  since = { at: performance.now(), cpu: process.cpuUsage() };
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });

function open(number: number): Promise<Viewer> {
  return openViewer({
    signal: { url, authorization: null, number },
    sent: publisher.sent,
    decrypts: number < decrypting,
    delayed,
  });
}

function delayed(ms: number): void {
  const place = Math.min(places - 1, Math.round(ms * 10));
  delays[place] = (delays[place] ?? 0) + 1;
}

async function addressOf(): Promise<string> {
  const headers = { authorization: load.authorization };
  for (const until = performance.now() + liveWithinMs; performance.now() < until; await setTimeout(100)) {
    const answer = await fetch(`${load.room}/broadcast`, { headers });
    const { paths } = (await answer.json()) as { paths: { whep: string | null } };
    if (paths.whep !== null) return paths.whep;
  }
  throw new Error("Nobody can watch by WHEP.");
}

function report(): WhepTold {
  const total: Counted = { packets: 0, octets: 0, lost: 0, resent: 0, decrypted: 0, wrong: 0 };
  for (const { counted } of viewers) {
    total.packets += counted.packets;
    total.octets += counted.octets;
    total.lost += counted.lost;
    total.resent += counted.resent;
    total.decrypted += counted.decrypted;
    total.wrong += counted.wrong;
  }
  const { user, system } = process.cpuUsage(since.cpu);
  const ms = performance.now() - since.at;
  const delayMs = { p50: delayAt(0.5), p95: delayAt(0.95), p99: delayAt(0.99) };
  const cpuShare = (user + system) / 1_000 / ms;
  return { ...total, seconds: ms / 1_000, delayMs, cpuShare, stoodMs: Math.round(standing.max / 1e6) };
}

function delayAt(share: number): number {
  let left = share * delays.reduce((sum, count) => sum + count, 0);
  const place = delays.findIndex((count) => (left -= count) <= 0);
  return Math.max(0, place) / 10;
}
