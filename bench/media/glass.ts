import { setTimeout } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { developmentKey } from "@chorus/server/config.ts";
import { claimsFor, signToken } from "@chorus/server/cli/mint-token.ts";
import { startTestEncoder, type TestEncoderOptions } from "@chorus/server/cli/test-encoder.ts";
import { percentile } from "../page/findings.ts";
import { freePort, type Server, startServer } from "../processes.ts";
import { atMost, type Check, chosen, machine, type Report } from "../report.ts";
import { publish } from "./publishing.ts";
import { watchStamps } from "./stamps.ts";

/** A way from a picture to a screen, with what is asked of it. */
export type Way = {
  readonly name: string;
  readonly by: "rtmp" | "srt" | "whip";
  readonly partMs: number;
  /** Whoever has no right to little delay by WebRTC gets it by HLS. */
  readonly webrtc: boolean;
  readonly limitMs: number;
};

const ways: readonly Way[] = [
  { name: "whip-whep", by: "whip", partMs: 200, webrtc: true, limitMs: 250 },
  { name: "whip-llhls-200", by: "whip", partMs: 200, webrtc: false, limitMs: 1_500 },
  { name: "srt-llhls-200", by: "srt", partMs: 200, webrtc: false, limitMs: 1_500 },
  { name: "rtmp-llhls-200", by: "rtmp", partMs: 200, webrtc: false, limitMs: 1_500 },
  { name: "rtmp-llhls-333", by: "rtmp", partMs: 333, webrtc: false, limitMs: 1_800 },
];
const settleMs = 4_000;
const listenMs = 2_000;
const firstFrameLimitMs = 1_000;
const pictureWithinMs = 20_000;
const liveWithinMs = 20_000;
export const browserFlags = [
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking",
  "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required",
].flatMap((line) => line.split(" "));

/** From the moment that a picture is made to the moment that it is on a screen, by the clock in the picture itself. */
export async function glass({
  seconds,
  only,
}: {
  seconds: number;
  only: string | undefined;
}): Promise<Report> {
  const figures: Record<string, number> = {};
  const checks: Check[] = [];
  for (const way of chosen(ways, only)) {
    const { firstFrameMs, delays } = await measure(way, seconds);
    const p95 = Math.round(percentile(delays, 0.95));
    Object.assign(figures, {
      [`${way.name}.frames`]: delays.length,
      [`${way.name}.p50Ms`]: Math.round(percentile(delays, 0.5)),
      [`${way.name}.p95Ms`]: p95,
      [`${way.name}.firstFrameMs`]: Math.round(firstFrameMs),
    });
    checks.push(
      {
        name: `valid.${way.name}.frames`,
        value: -delays.length,
        limit: -seconds * 10,
        ok: delays.length >= seconds * 10,
      },
      atMost(`${way.name}.p95Ms`, p95, way.limitMs),
      atMost(`${way.name}.firstFrameMs`, Math.round(firstFrameMs), firstFrameLimitMs),
    );
  }
  return { scenario: "glass", machine: machine(), figures, controls: {}, checks };
}

async function measure(way: Way, seconds: number): Promise<{ firstFrameMs: number; delays: number[] }> {
  const rtmp = await freePort();
  const srt = `${rtmp}-${rtmp + 3}`;
  const ports = ["--rtmp-port", String(rtmp), "--srt-ports", srt];
  const server = await startServer(["--part-ms", String(way.partMs), ...ports], true);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: browserFlags,
  });
  try {
    const source = await goLive(way, server, browser);
    await setTimeout(settleMs);
    const page = await browser.newPage();
    const firstFrameMs = await openPicture(page, `${server.url}/rooms/demo`, way);
    await setTimeout(settleMs);
    const frames = await watchStamps(page, seconds * 1_000);
    source.stop();
    await page.close();
    return { firstFrameMs, delays: frames.map(({ shownMs, madeMs }) => shownMs - madeMs) };
  } finally {
    await browser.close();
    await server.stop();
  }
}

export type SourceOptions = {
  /** Whether the frame of a moment is a flash. */
  flash?: (atMs: number) => boolean;
  /** Changes the answer to who goes live by WHIP. */
  through?: (answer: string) => string;
  /** Another than the test encoder's usual one. */
  picture?: Pick<TestEncoderOptions, "width" | "height" | "framesPerSecond" | "kilobits">;
};
export type Source = { readonly room: string; stop(): void };

/** A broadcast in the room `demo`, once viewers can play it. */
export async function goLive(
  way: Way,
  server: Server,
  browser: Browser | null,
  more: SourceOptions = {},
): Promise<Source> {
  const { room, key, rtmp, whip, srt } = await openIngest(server);
  const source = await begin();
  await untilPlayable(room);
  return source;

  async function begin(): Promise<Source> {
    if (way.by === "whip" && browser !== null) {
      const page = await (await browser.newContext({ bypassCSP: true })).newPage();
      await page.goto(`${server.url}/v1/media`);
      await publish(page, whip, key, more);
      return { room, stop: () => void page.close() };
    }
    /* The listener of a new address needs a moment, and this encoder calls once. */
    if (way.by === "srt") await setTimeout(listenMs);
    const url = way.by === "srt" ? srt?.url : `${rtmp?.server}/${rtmp?.key}`;
    if (url === undefined) throw new Error(`This server takes nothing by ${way.by}.`);
    const format = way.by === "srt" ? "mpegts" : "flv";
    const encoder = startTestEncoder({
      ffmpeg: "ffmpeg",
      url,
      format,
      ...more.picture,
      ...(more.flash === undefined ? {} : { flash: more.flash }),
    });
    return { room, stop: encoder.stop };
  }
}

export type Ingest = MadeKey & Addresses & { room: string; headers: { authorization: string } };

/** Where the room `demo` takes a picture, with a key that was just made. */
export async function openIngest(server: Server): Promise<Ingest> {
  const { url: media } = (await (await fetch(`${server.url}/v1/media`)).json()) as { url: string };
  const room = `${media}/v1/rooms/demo`;
  const headers = { authorization: `Bearer ${await hostToken()}` };
  const made = (await (await fetch(`${room}/ingest/key`, { method: "POST", headers })).json()) as MadeKey;
  const addresses = (await (await fetch(`${room}/ingest`, { headers })).json()) as Addresses;
  return { ...addresses, ...made, room, headers };
}

type MadeKey = { key: string; rtmp: { server: string; key: string } | null };
type Addresses = { whip: string; srt: { url: string } | null };

/** The first picture counts from the moment that the page is asked for. */
export async function openPicture(page: Page, url: string, { webrtc }: Pick<Way, "webrtc">): Promise<number> {
  const began = performance.now();
  await page.goto(url);
  await page.waitForFunction(hasPicture, null, { timeout: pictureWithinMs, polling: "raf" });
  const firstFrameMs = performance.now() - began;
  if (!webrtc) await page.evaluate(preferSteady);
  return firstFrameMs;
}

function hasPicture(): boolean {
  const video = document.querySelector("chorus-player")?.shadowRoot?.querySelector("video");
  return (video?.readyState ?? 0) > 2 && (video?.currentTime ?? 0) > 0;
}

function preferSteady(): void {
  const player = document.querySelector("chorus-player");
  if (player !== null && "prefer" in player && typeof player.prefer === "function") player.prefer("steady");
}

/** @throws when nobody can play it in time. */
export async function untilPlayable(room: string): Promise<void> {
  const until = performance.now() + liveWithinMs;
  while (!(await isPlayable(room))) {
    if (performance.now() > until) throw new Error("No picture came in that can be played.");
    await setTimeout(100);
  }
}

async function isPlayable(room: string): Promise<boolean> {
  const { paths } = (await (await fetch(`${room}/broadcast`)).json()) as { paths: { hls: string | null } };
  return paths.hls !== null && (await fetch(paths.hls)).ok;
}

export async function hostToken(lifeSeconds = 600): Promise<string> {
  const host = {
    sub: "host",
    rooms: ["demo"],
    role: "host",
    grants: null,
    name: "Host",
    kind: null,
  } as const;
  const claims = claimsFor(host, Math.floor(Date.now() / 1_000), lifeSeconds);
  const token = "problem" in claims ? claims : await signToken(claims, Buffer.from(developmentKey, "utf8"));
  if (typeof token !== "string") throw new Error(token.problem);
  return token;
}
