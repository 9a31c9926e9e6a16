import { setTimeout } from "node:timers/promises";
import { cpuMs, pin } from "../cores.ts";
import { ended, freePort, pidOfRole, startScript, startServer, told } from "../processes.ts";
import { atMost, type Check, machine, type Report } from "../report.ts";
import { goLive, type Way } from "./glass.ts";
import type { ViewersTold } from "./llhls-viewers.ts";

const settleMs = 6_000;
const loadShareMax = 0.85;
const viewersUsual = 2_000;

/** How many who watch by low-latency HLS one core serves: the media process on one, they on another. */
export async function llhls({ seconds, viewers }: { seconds: number; viewers?: number }): Promise<Report> {
  const figures: Record<string, number> = {};
  const checks: Check[] = [];
  for (const partMs of [333, 200]) {
    const { serverShare, load } = await measure(partMs, seconds, viewers ?? viewersUsual);
    const name = `parts${partMs}`;
    const perCore = Math.round((viewers ?? viewersUsual) / serverShare);
    Object.assign(figures, {
      [`${name}.viewers`]: viewers ?? viewersUsual,
      [`${name}.serverShare`]: round(serverShare),
      [`${name}.viewersPerCore`]: perCore,
      [`${name}.partsPerSecond`]: Math.round(load.parts / seconds),
      [`${name}.fetchP50Ms`]: round(load.fetchMs.p50),
      [`${name}.fetchP95Ms`]: round(load.fetchMs.p95),
      [`${name}.failures`]: load.failures,
      [`${name}.loadShare`]: round(load.cpuShare),
    });
    checks.push(atMost(`valid.${name}.loadShare`, round(load.cpuShare), loadShareMax));
    checks.push(atMost(`${name}.failures`, load.failures, 0));
    if (partMs === 333)
      checks.push({
        name: `${name}.viewersPerCore`,
        value: -perCore,
        limit: -viewersUsual,
        ok: perCore >= viewersUsual,
      });
  }
  return { scenario: "llhls", machine: machine(), figures, controls: {}, checks };
}

async function measure(
  partMs: number,
  seconds: number,
  viewers: number,
): Promise<{ serverShare: number; load: ViewersTold }> {
  const rtmp = await freePort();
  const ports = ["--rtmp-port", String(rtmp), "--srt-ports", "0", "--connections-per-ip", "100000"];
  const server = await startServer(["--part-ms", String(partMs), ...ports], true);
  const way: Way = { name: "", by: "rtmp", partMs, webrtc: false, limitMs: 0 };
  const source = await goLive(way, server, null);
  const media = pidOfRole(server.pid, "media");
  const { paths } = (await (await fetch(`${source.room}/broadcast`)).json()) as { paths: { hls: string } };
  const script = new URL("llhls-viewers.ts", import.meta.url);
  const load = startScript(script, [paths.hls.replace("index.m3u8", "media.m3u8"), String(viewers)]);
  try {
    await told(load);
    pin([media], 0);
    pin([load.pid ?? 0], 1);
    await setTimeout(settleMs);
    load.send("begin");
    const before = cpuMs(media);
    await setTimeout(seconds * 1_000);
    const serverShare = (cpuMs(media) - before) / (seconds * 1_000);
    load.send("tell");
    return { serverShare, load: await told<ViewersTold>(load) };
  } finally {
    await ended(load);
    source.stop();
    await server.stop();
  }
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
