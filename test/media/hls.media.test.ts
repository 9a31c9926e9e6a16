import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { openChromium } from "../browser/chromium.ts";
import { checkPlaylist } from "@chorus/server/media/hls/playlist-checker.fixture.ts";
import { systemClock } from "@chorus/server/clock.ts";
import { createFmp4Reader } from "@chorus/server/media/fmp4/reader.ts";
import type { Tracks } from "@chorus/server/media/samples.ts";
import { createOrigin, type Origin } from "@chorus/server/media/hls/origin.ts";

const hlsScript = readFileSync(createRequire(import.meta.url).resolve("hls.js/dist/hls.min.js"));
const playMs = 8_000;

const encoder = [
  ..."-v error -nostdin -re -f lavfi -i testsrc=size=320x180:rate=25".split(" "),
  ..."-f lavfi -i sine=frequency=440:sample_rate=48000".split(" "),
  ..."-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -c:a aac -ac 2 -t 40".split(
    " ",
  ),
  ..."-f mp4 -movflags +empty_moov+default_base_moof+frag_keyframe+delay_moov+skip_trailer".split(" "),
  ..."-frag_duration 100000 -flush_packets 1 pipe:1".split(" "),
];

test("V2.43 what ffmpeg encodes is played by ffmpeg without a message and by hls.js with little delay", async () => {
  await using broadcast = await aBroadcast();
  const [seen, said] = await Promise.all([inChromium(broadcast.url), inFfmpeg(broadcast.url)]);
  assert.deepEqual(seen.errors, []);
  assert.ok(seen.playedMs >= playMs * 0.9, JSON.stringify(seen));
  assert.ok(seen.latencyMs !== null && seen.latencyMs < 2_000, JSON.stringify(seen));
  assert.deepEqual(
    said.split("\n").filter((line) => line !== "" && !ffmpegsOwn.test(line)),
    [],
  );
  for (const name of ["media.m3u8", "audio.m3u8"])
    assert.deepEqual(checkPlaylist(await (await fetch(`${broadcast.url}/${name}`)).text()), []);
});

/** At each reload ffmpeg takes the init segment for another one, loads it again, and leaves it out. */
const ffmpegsOwn = /Found duplicated MOOV Atom\. Skipped it|^ +Last message repeated/;

/** An encoder at one end, and files at the other behind a server that can do nothing else. */
async function aBroadcast(): Promise<AsyncDisposable & { url: string }> {
  const origin = createOrigin({
    clock: systemClock,
    partMs: 200,
    segmentMs: 1_000,
    run: "a",
    recording: null,
    overAt: null,
    keyFramesFar: () => assert.fail("a key frame comes each second"),
    reached: (limit) => assert.fail(limit),
  });
  const ffmpeg = spawn("ffmpeg", encoder, { stdio: ["ignore", "pipe", "inherit"] });
  const reader = createFmp4Reader({
    tracks: (tracks: Tracks) => origin.sink.begin(tracks, time(Date.now())),
    sample: origin.sink.sample,
    problem: (sentence) => assert.fail(sentence),
  });
  ffmpeg.stdout.on("data", (bytes: Buffer) => reader.push(bytes));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/page") return void response.setHeader("content-type", "text/html").end(page);
    if (pathname === "/hls.js") return void response.end(hlsScript);
    const number = (name: string) => (searchParams.has(name) ? Number(searchParams.get(name)) : null);
    const asked = { msn: number("_HLS_msn"), part: number("_HLS_part"), skip: searchParams.has("_HLS_skip") };
    answer(origin, pathname.slice(1), asked, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  assert.equal((await fetch(`${url}/index.m3u8`)).status, 200);
  return {
    url,
    async [Symbol.asyncDispose]() {
      ffmpeg.kill("SIGKILL");
      await once(ffmpeg, "close");
      server.closeAllConnections();
      server.close();
    },
  };
}

type Answer = Parameters<Parameters<typeof createServer>[1] & {}>[1];

function answer(
  origin: Origin,
  path: string,
  asked: Parameters<Origin["answer"]>[1],
  response: Answer,
): void {
  const callOff = origin.answer(path, asked, true, (reply) => {
    if (reply.status !== 200) return void response.writeHead(reply.status).end(reply.sentence);
    const type = reply.kind === "playlist" ? "application/vnd.apple.mpegurl" : "video/mp4";
    response.writeHead(200, { "content-type": type }).end(Buffer.concat(reply.bytes));
  });
  if (!response.writableEnded) response.once("close", callOff);
}

const page = '<video muted autoplay></video><script src="hls.js"></script>';

type Seen = { errors: string[]; playedMs: number; latencyMs: number | null };

async function inChromium(url: string): Promise<Seen> {
  const browser = await openChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const tab = await browser.newPage();
    await tab.goto(`${url}/page`);
    return await tab.evaluate(watch, playMs);
  } finally {
    await browser.close();
  }
}

type Player = {
  on(event: string, heard: (event: string, data: { type: string; details: string }) => void): void;
  loadSource(url: string): void;
  attachMedia(video: HTMLVideoElement): void;
  readonly latency: number;
};

/** Runs in the page. Errors are counted from the first picture on. */
async function watch(ms: number): Promise<Seen> {
  const { Hls } = globalThis as unknown as { Hls: new (options: object) => Player };
  const video = document.querySelector("video") as HTMLVideoElement;
  const errors: string[] = [];
  const player = new Hls({ lowLatencyMode: true });
  player.on("hlsError", (_, { type, details }) => void errors.push(`${type} ${details}`));
  player.loadSource("index.m3u8");
  player.attachMedia(video);
  await new Promise((resolve) => video.addEventListener("playing", resolve, { once: true }));
  const from = video.currentTime;
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { errors, playedMs: (video.currentTime - from) * 1_000, latencyMs: player.latency * 1_000 };
}

/** What it says while it plays for some seconds. */
async function inFfmpeg(url: string): Promise<string> {
  const options = `-v warning -nostdin -i ${url}/index.m3u8 -t 6 -f null -`.split(" ");
  const ffmpeg = spawn("ffmpeg", options, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  ffmpeg.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
  await once(ffmpeg, "close");
  return said;
}
