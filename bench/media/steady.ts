import { setTimeout } from "node:timers/promises";
import { cpuMs } from "../cores.ts";
import { ended, freePort, pidOfRole, residentBytes, startScript, startServer, told } from "../processes.ts";
import { atMost, machine, type Report } from "../report.ts";
import { goLive, type Way } from "./glass.ts";
import type { ViewersTold } from "./llhls-viewers.ts";

const viewers = 50;
const minutesUsual = 30;
const sampleEveryMs = 10_000;
/** Signed addresses are good for ten minutes. */
const renewEverySamples = 30;
const way: Way = { name: "steady", by: "rtmp", partMs: 200, webrtc: false, limitMs: 0 };
/**
 * What it comes down to in the last third against the third before it; the first is for the process to grow to its size. Between
 * two collections of garbage it is larger, by more than a leak of half an hour would be.
 */
const growthMax = 1.03;

/** Whether a media process stays as large as it is while a broadcast is taken in, recorded and watched in real time. */
export async function steady({ minutes = minutesUsual }: { minutes?: number }): Promise<Report> {
  const ports = ["--rtmp-port", String(await freePort()), "--srt-ports", "0"];
  const server = await startServer(["--part-ms", String(way.partMs), ...ports], true);
  const source = await goLive(way, server, null);
  const media = pidOfRole(server.pid, "media");
  const script = new URL("llhls-viewers.ts", import.meta.url);
  const load = startScript(script, [await playlistOf(source.room), String(viewers)]);
  try {
    await told(load);
    load.send("begin");
    const [began, cpuBefore] = [performance.now(), cpuMs(media)];
    const resident: number[] = [];
    while (performance.now() - began < minutes * 60_000) {
      await setTimeout(sampleEveryMs);
      resident.push(residentBytes(media));
      if (resident.length % renewEverySamples === 0) load.send({ playlist: await playlistOf(source.room) });
    }
    const share = (cpuMs(media) - cpuBefore) / (performance.now() - began);
    load.send("tell");
    const { failures } = await told<ViewersTold>(load);
    const third = Math.floor(resident.length / 3);
    const [second, last] = [Math.min(...resident.slice(third, -third)), Math.min(...resident.slice(-third))];
    const figures = { minutes, viewers, share, residentSecond: second, residentLast: last, failures };
    const checks = [atMost("growth", last / second, growthMax), atMost("failures", failures, 0)];
    return { scenario: "steady", machine: machine(), figures, controls: {}, checks };
  } finally {
    await ended(load);
    source.stop();
    await server.stop();
  }
}

async function playlistOf(room: string): Promise<string> {
  const { paths } = (await (await fetch(`${room}/broadcast`)).json()) as { paths: { hls: string } };
  return paths.hls.replace("index.m3u8", "media.m3u8");
}
