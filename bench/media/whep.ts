import { setTimeout } from "node:timers/promises";
import { coreMs, cpuMs, pin } from "../cores.ts";
import { othersShareMax } from "../crowd/server.ts";
import { ended, pidOfRole, startScript, startServer, told } from "../processes.ts";
import { atMost, machine, type Report } from "../report.ts";
import { openIngest } from "./glass.ts";
import type { ControlOrder, ControlTold } from "./whep-control.ts";
import type { WhepLoad, WhepTold } from "./whep-load.ts";

const settleMs = 6_000;
const loadShareMax = 0.85;
/** As many as a room has at most. */
const viewersUsual = 75;
const kilobits = 2_400;
const perCoreMin = 75;
/** A moment in which the machine did something else is no failure. */
const lostPercentMax = 0.1;
/** The server's processes tell their numbers so often. */
const tellMs = 5_000;
const controlMs = 10_000;
/** What a packet has beside its payload: the header, and the tag of its encryption. */
const aroundBytes = 28;

/** How many who watch by WHEP one core serves: the media process on one, who goes live and who watches on another. */
export async function whep({ seconds, viewers = viewersUsual }: WhepOptions): Promise<Report> {
  const { share, stoodMs, others, load } = await measure(seconds, viewers);
  const perCore = Math.round(viewers / share);
  const megabits = round((load.octets * 8) / load.seconds / viewers / 1e6);
  const packetsPerSecond = load.packets / load.seconds;
  const microsecondsPerPacket = round((share * 1e6) / packetsPerSecond);
  const control = await controlled(viewers, {
    packetsPerSecond: packetsPerSecond / viewers,
    payloadBytes: Math.round(load.octets / load.packets) - aroundBytes,
  });
  return {
    scenario: "whep",
    machine: machine(),
    figures: {
      viewers,
      viewersPerCore: perCore,
      serverShare: round(share),
      othersShareOfServerCore: round(others.server),
      othersShareOfLoadCore: round(others.load),
      megabitsPerViewer: megabits,
      packetsPerSecond: Math.round(packetsPerSecond),
      microsecondsPerPacket,
      perPacketOfBare: round(microsecondsPerPacket / control.microsecondsPerPacket),
      delayP50Ms: load.delayMs.p50,
      delayP95Ms: load.delayMs.p95,
      delayP99Ms: load.delayMs.p99,
      serverStoodMs: stoodMs,
      loadStoodMs: load.stoodMs,
      packetsLost: load.lost,
      packetsResent: load.resent,
      packetsDecrypted: load.decrypted,
      loadShare: round(load.cpuShare),
    },
    controls: { bare: control },
    checks: [
      atMost("valid.loadShare", round(load.cpuShare), loadShareMax),
      atMost("valid.othersShareOfServerCore", round(others.server), othersShareMax),
      atLeast("valid.megabitsPerViewer", megabits, (kilobits / 1_000) * 0.95),
      atLeast("viewersPerCore", perCore, perCoreMin),
      atMost("packetsLostPercent", round((100 * load.lost) / load.packets), lostPercentMax),
      atMost("packetsOtherThanSent", load.wrong, 0),
    ],
  };
}

export type WhepOptions = { seconds: number; viewers?: number };

type Measured = {
  share: number;
  /** The longest that the media process's loop ran late. */
  stoodMs: number;
  /** What other programs had of both cores. */
  others: { server: number; load: number };
  load: WhepTold;
};

async function measure(seconds: number, viewers: number): Promise<Measured> {
  const ports = ["--rtmp-port", "0", "--srt-ports", "0", "--connections-per-ip", "100000"];
  const server = await startServer([...ports, "--trusted-proxies", "127.0.0.1"], true);
  const { room, whip, key, headers } = await openIngest(server);
  const media = pidOfRole(server.pid, "media");
  const given: WhepLoad = { room, whip, key, authorization: headers.authorization, viewers, kilobits };
  const load = startScript(new URL("whep-load.ts", import.meta.url), [JSON.stringify(given)]);
  const worked = () => ({
    own: cpuMs(media),
    load: cpuMs(load.pid ?? 0),
    first: coreMs(0),
    second: coreMs(1),
  });
  try {
    pin([media], 0);
    pin([load.pid ?? 0], 1);
    await told(load);
    await setTimeout(settleMs);
    load.send("begin");
    const [before, since] = [worked(), performance.now()];
    const stoodMs = await longestStanding(server.port + 1, seconds * 1_000);
    const [after, ms] = [worked(), performance.now() - since];
    load.send("tell");
    const own = after.own - before.own;
    const others = {
      server: (after.first - before.first - own) / ms,
      load: (after.second - before.second - (after.load - before.load)) / ms,
    };
    return { share: own / ms, stoodMs, others, load: await told<WhepTold>(load) };
  } finally {
    await ended(load);
    await server.stop();
  }
}

/** Of the media process, over so long, by its own count. */
async function longestStanding(privatePort: number, ms: number): Promise<number> {
  let longest = 0;
  for (const until = performance.now() + ms; performance.now() < until;) {
    await setTimeout(Math.min(tellMs, until - performance.now()));
    const text = await (await fetch(`http://127.0.0.1:${privatePort}/metrics`)).text();
    const [, seconds = "0"] =
      /^chorus_loop_lag_seconds\{quantile="1",process="media"\} (\S+)$/m.exec(text) ?? [];
    longest = Math.max(longest, Number(seconds) * 1_000);
  }
  return Math.round(longest);
}

/** As many packets as long, by a program that does nothing else. */
async function controlled(
  viewers: number,
  of: Omit<ControlOrder, "ports">,
): Promise<{ microsecondsPerPacket: number; packetsPerSecond: number; othersShareOfServerCore: number }> {
  const script = new URL("whep-control.ts", import.meta.url);
  const takes = startScript(script, ["take", String(viewers)]);
  pin([takes.pid ?? 0], 1);
  const ports = await told<number[]>(takes);
  const order: ControlOrder = { ...of, ports };
  const sends = startScript(script, ["send", JSON.stringify(order)]);
  try {
    pin([sends.pid ?? 0], 0);
    await told(sends);
    await setTimeout(settleMs);
    sends.send("begin");
    const before = { own: cpuMs(sends.pid ?? 0), core: coreMs(0) };
    await setTimeout(controlMs);
    const worked = cpuMs(sends.pid ?? 0) - before.own;
    const others = coreMs(0) - before.core - worked;
    sends.send("tell");
    const { packets } = await told<ControlTold>(sends);
    return {
      microsecondsPerPacket: round((worked * 1_000) / packets),
      packetsPerSecond: Math.round(packets / (controlMs / 1_000)),
      othersShareOfServerCore: round(others / controlMs),
    };
  } finally {
    await ended(sends);
    await ended(takes);
  }
}

function atLeast(name: string, value: number, limit: number) {
  return { name, value: -value, limit: -limit, ok: value >= limit };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
