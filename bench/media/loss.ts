import { setTimeout } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { aRoad } from "@chorus/server/media/webrtc/rtc.fixture.ts";
import { startServer } from "../processes.ts";
import { atMost, type Check, chosen, machine, type Report } from "../report.ts";
import { browserFlags, goLive, openPicture, type Way } from "./glass.ts";

/** What is lost of the packets between who goes live and the server. */
type Weather = {
  readonly name: string;
  readonly lose: (draw: number, index: number) => boolean;
  /** Of freezes; null where they are only told. */
  readonly freezesMax: number | null;
};

const weathers: readonly Weather[] = [
  { name: "calm", lose: () => false, freezesMax: 0 },
  { name: "random3", lose: (draw) => draw < 0.03, freezesMax: 0 },
  // Two or three packets, one after the other: three in a hundred on the whole.
  { name: "bursty3", lose: (_draw, index) => index % 83 > 80, freezesMax: 0 },
  { name: "random10", lose: (draw) => draw < 0.1, freezesMax: null },
];
const way: Way = { name: "loss", by: "whip", partMs: 200, webrtc: true, limitMs: 0 };
const settleMs = 5_000;

/** How often a viewer's picture freezes while packets are lost on the way of who goes live, by the browser's own count. */
export async function loss({
  seconds,
  only,
}: {
  seconds: number;
  only: string | undefined;
}): Promise<Report> {
  const figures: Record<string, number> = {};
  const checks: Check[] = [];
  for (const weather of chosen(weathers, only)) {
    const { freezes, frames, dropped } = await measure(weather, seconds);
    Object.assign(figures, {
      [`${weather.name}.freezes`]: freezes,
      [`${weather.name}.framesPerSecond`]: Math.round(frames / seconds),
      [`${weather.name}.packetsLost`]: dropped,
    });
    const enough = seconds * 20;
    checks.push({
      name: `valid.${weather.name}.frames`,
      value: -frames,
      limit: -enough,
      ok: frames >= enough,
    });
    if (weather.freezesMax !== null)
      checks.push(atMost(`${weather.name}.freezes`, freezes, weather.freezesMax));
  }
  return { scenario: "loss", machine: machine(), figures, controls: {}, checks };
}

type Counted = { freezes: number; frames: number };

async function measure(weather: Weather, seconds: number): Promise<Counted & { dropped: number }> {
  const server = await startServer(["--rtmp-port", "0", "--srt-ports", "0"], true);
  const road = await aRoad(weather.lose);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: browserFlags,
  });
  try {
    const source = await goLive(way, server, browser, { through: road.through });
    const page = await aViewer(browser);
    await openPicture(page, `${server.url}/rooms/demo`, way);
    await page.evaluate(stayByWebRtc);
    await setTimeout(settleMs);
    const [before, lostBefore] = [await counted(page), road.dropped];
    await setTimeout(seconds * 1_000);
    const after = await counted(page);
    source.stop();
    return {
      freezes: after.freezes - before.freezes,
      frames: after.frames - before.frames,
      dropped: road.dropped - lostBefore,
    };
  } finally {
    road.close();
    await browser.close();
    await server.stop();
  }
}

/** Its connections can be asked what the browser counts. */
async function aViewer(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    Object.assign(window, { peers });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  });
  return page;
}

/** A player that is free to choose leaves a way that freezes, and then nothing is left to be counted. */
function stayByWebRtc(): void {
  const player = document.querySelector("chorus-player");
  if (player !== null && "prefer" in player && typeof player.prefer === "function") player.prefer("low");
}

function counted(page: Page): Promise<Counted> {
  return page.evaluate(async () => {
    const total = { freezes: 0, frames: 0 };
    const { peers = [] } = window as unknown as { peers?: RTCPeerConnection[] };
    for (const peer of peers)
      for (const [, stat] of await peer.getStats()) {
        const { type, kind, freezeCount = 0, framesDecoded = 0 } = stat as Record<string, unknown> & Inbound;
        if (type !== "inbound-rtp" || kind !== "video") continue;
        total.freezes += freezeCount;
        total.frames += framesDecoded;
      }
    return total;
  });
}
type Inbound = { freezeCount?: number; framesDecoded?: number };
