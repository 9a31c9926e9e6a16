import { globSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { freePort, type Server, startServer } from "../processes.ts";
import { atMost, type Check, machine, type Report } from "../report.ts";
import { browserFlags, goLive, hostToken, type Source, type Way } from "./glass.ts";
import type { Asked, Told } from "./hls-errors-page.ts";
import { type HlsViewer, hlsViewerScript, openHlsViewer } from "./hls-viewer.ts";
import { playByFfmpeg, probe, type Said } from "./read-by-ffmpeg.ts";

/**
 * Whether hls.js complains of anything in a whole broadcast: of each playlist there is, played at the same time by viewers with
 * and without a token, with and without parts, while it goes on and once it is a recording. ffmpeg and ffprobe read them too.
 */
const live = {
  low: { path: "hls", parts: true, known: true },
  /** Low latency is offered, and played in whole segments. */
  plain: { path: "hls", parts: false, known: true },
  steady: { path: "hls", parts: false, known: false },
  audio: { path: "audio", parts: true, known: true },
  audioSteady: { path: "audio", parts: false, known: false },
  dvr: { path: "rewind", parts: false, known: true },
} as const;
const playlists = ["index.m3u8", "media.m3u8", "audio.m3u8", "dvr.m3u8"];
const way: Way = { name: "hls-errors", by: "rtmp", partMs: 200, webrtc: false, limitMs: 0 };
const picture = { width: 320, height: 180, framesPerSecond: 25, kilobits: 200 } as const;
const minutesUsual = 10;
/** For playlists to be as long as ffmpeg wants them at the start. */
const settleMs = 10_000;
/** Who watches the recording from its beginning is behind by all that was before, and some more. */
const endWithinMs = 50_000;
const pastMs = 60_000;
const ffmpegSeconds = 15;
const playedPercentMin = 95;
const tokenSeconds = 7_200;

type Scene = {
  server: Server;
  source: Source;
  browser: Browser;
  script: string;
  media: string;
  token: string;
};
type Watched = { readonly name: string; readonly at: Told; readonly end: Told };

export async function hlsErrors({ minutes = minutesUsual }: { minutes?: number }): Promise<Report> {
  const ports = ["--rtmp-port", String(await freePort()), "--srt-ports", "0"];
  const server = await startServer(["--part-ms", String(way.partMs), ...ports], true);
  const source = await goLive(way, server, null, { picture });
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: browserFlags,
  });
  try {
    const token = await hostToken(tokenSeconds);
    const script = await hlsViewerScript();
    const media = new URL(source.room).origin;
    return await measure({ server, source, browser, script, media, token }, minutes);
  } finally {
    await browser.close();
    source.stop();
    await server.stop();
  }
}

async function measure(scene: Scene, minutes: number): Promise<Report> {
  const { source, server, token } = scene;
  await order(scene, "PUT", "ingest", { lowLatency: "known" });
  await setTimeout(settleMs);
  /* Before the viewers come: decoders take whatever there is of the processor, which players of low latency cannot spare. */
  const read = await readLive(scene);
  const viewers: HlsViewer[] = [];
  for (const [name, { known, ...asked }] of Object.entries(live))
    viewers.push(await open(scene, name, { ...asked, token: known ? token : null }));
  await setTimeout(minutes * 60_000);
  const at = await Promise.all(viewers.map(({ told }) => told()));
  await order(scene, "POST", "broadcast/stop", null);
  /* Meanwhile the recording takes the broadcast's address (limits.mediaEndTellMs). */
  await setTimeout(endWithinMs);
  const watched = await Promise.all(viewers.map((viewer, place) => endOf(viewer, at[place])));
  const past = await watchPast(scene);
  const [recording, ...files] = await probeAll(server, await hlsOf(source, token));
  read.set("past", await playByFfmpeg(await hlsOf(source, token), ffmpegSeconds));
  return reportOf({ minutes, watched: [...watched, past], read, recording, files });
}

function open({ browser, script, server, media }: Scene, name: string, asked: Omit<Asked, "media" | "room">) {
  const page = `${server.url}/v1/media`;
  return openHlsViewer(browser, { name, script, page, asked: { media, room: "demo", ...asked } });
}

/** As the room's host. */
async function order({ source, token }: Scene, method: string, path: string, body: object | null) {
  const response = await fetch(`${source.room}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === null ? {} : { "content-type": "application/json" }),
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`The server refused ${path}: ${await response.text()}`);
}

async function endOf(viewer: HlsViewer, at: Told | undefined): Promise<Watched> {
  const end = await viewer.told();
  await viewer.close();
  return { name: viewer.name, at: at ?? end, end };
}

async function watchPast(scene: Scene): Promise<Watched> {
  const viewer = await open(scene, "past", { path: "hls", parts: true, token: scene.token });
  await setTimeout(pastMs);
  return endOf(viewer, undefined);
}

/** All at once, by both kinds of address. */
async function readLive({ source, token }: Scene): Promise<Map<string, Said>> {
  const [low, steady] = await Promise.all([hlsOf(source, token), hlsOf(source, null)]);
  const those = playlists.flatMap((name) => [
    [`low ${name}`, low.replace("index.m3u8", name)] as const,
    [`steady ${name}`, steady.replace("index.m3u8", name)] as const,
  ]);
  const read = those.map(async ([name, url]) => [name, await playByFfmpeg(url, ffmpegSeconds)] as const);
  return new Map(await Promise.all(read));
}

async function hlsOf({ room }: Source, token: string | null): Promise<string> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${room}/broadcast`, { headers });
  const { paths } = (await response.json()) as { paths: { hls: string } };
  return paths.hls;
}

/** First the playlist, then each file of the recording. */
async function probeAll({ data }: Server, playlist: string): Promise<Said[]> {
  const files = globSync(join(data, "recordings/**/*.mp4"));
  return Promise.all([playlist, ...files].map(probe));
}

type Findings = {
  minutes: number;
  watched: readonly Watched[];
  read: ReadonlyMap<string, Said>;
  recording: Said | undefined;
  files: readonly Said[];
};

function reportOf({ minutes, watched, read, recording, files }: Findings): Report {
  const figures: Record<string, number> = { minutes, loadAverage: round(loadavg()[1] ?? 0) };
  const checks: Check[] = [];
  for (const { name, at, end } of watched) {
    const errors = Object.values(end.errors).reduce((sum, times) => sum + times, 0);
    const played = round((100 * at.playedMs) / Math.max(1, at.sinceMs));
    Object.assign(figures, {
      [`${name}.playedPercent`]: played,
      [`${name}.startMs`]: Math.round(at.startMs ?? -1),
      [`${name}.behindMs`]: Math.round(at.behindMs ?? -1),
      [`${name}.stalls`]: at.stalls,
      [`${name}.stalledMs`]: Math.round(at.stalledMs),
      [`${name}.lateMs`]: Math.round(at.lateMs),
      [`${name}.renewals`]: at.renewals,
      ...Object.fromEntries(Object.entries(end.errors).map(([what, times]) => [`${name}.${what}`, times])),
    });
    checks.push(atMost(`${name}.errors`, errors, 0));
    checks.push(atMost(`${name}.notPlayedPercent`, round(100 - played), 100 - playedPercentMin));
    if (name !== "past") checks.push(atMost(`${name}.notEnded`, end.ended ? 0 : 1, 0));
    for (const one of end.said) console.error(`${name}: ${one}`);
  }
  for (const [name, said] of read) if (isWrong(said)) console.error(`ffmpeg, ${name}: ${said.complaints}`);
  const probed = recording === undefined ? files : [recording, ...files];
  for (const said of probed) if (isUnread(said)) console.error(`ffprobe: ${said.complaints}${said.out}`);
  figures["ffmpeg.playlists"] = read.size;
  figures["ffprobe.files"] = files.length;
  const seconds = Number(/duration=([\d.]+)/.exec(recording?.out ?? "")?.[1] ?? 0);
  figures["ffprobe.seconds"] = seconds;
  checks.push(atMost("ffprobe.secondsMissing", round(minutes * 60 - seconds), 0));
  checks.push(atMost("ffmpeg.complaints", [...read.values()].filter(isWrong).length, 0));
  checks.push(atMost("ffprobe.unread", probed.filter(isUnread).length + (files.length === 0 ? 1 : 0), 0));
  return { scenario: "hls-errors", machine: machine(), figures, controls: {}, checks };
}

function isWrong({ code, complaints }: Said): boolean {
  return code !== 0 || complaints !== "";
}

function isUnread(said: Said): boolean {
  return isWrong(said) || !said.out.includes("codec_name=h264") || !said.out.includes("codec_name=aac");
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
