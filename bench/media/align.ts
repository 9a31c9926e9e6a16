import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";
import { time } from "@chorus/protocol/ids.ts";
import { developmentSigningKey } from "@chorus/server/cli/signing-key.ts";
import { socketTransport } from "@chorus/server/cli/socket-transport.ts";
import { type Target, tokenFor } from "@chorus/server/cli/target.ts";
import { type ChorusRoom, connect } from "@chorus/sdk/client.ts";
import { roomId } from "@chorus/protocol/ids.ts";
import { percentile } from "../page/findings.ts";
import { freePort, startServer } from "../processes.ts";
import { atMost, type Check, chosen, machine, type Report } from "../report.ts";
import { browserFlags, goLive, openPicture, type Source, type Way } from "./glass.ts";
import { type Seen, watchFlashes } from "./flashes.ts";

const limitMs = 100;
const samplesUsual = 50;
const everyMs = 1_600;
const flashMs = 240;
const settleMs = 5_000;
const awayMs = 2_000;
/** A row and a flash that are further apart are not of one moment. */
const togetherMs = 1_500;
const watchExtraMs = 8_000;

type Case = {
  readonly name: string;
  readonly way: Way;
  /** The encoder goes and comes before somebody watches, or while they do; or who watches goes back. */
  readonly prepare?: "return" | "discontinuity" | "rewind";
};
const llhls: Way = { name: "llhls", by: "rtmp", partMs: 200, webrtc: false, limitMs: 0 };
const whep: Way = { name: "whep", by: "whip", partMs: 200, webrtc: true, limitMs: 0 };
const cases: readonly Case[] = [
  { name: "whep", way: whep },
  { name: "llhls", way: llhls },
  { name: "return", way: llhls, prepare: "return" },
  { name: "discontinuity", way: llhls, prepare: "discontinuity" },
  { name: "rewind", way: llhls, prepare: "rewind" },
];

/** A flash in the picture at a moment, and a message about that moment: how far apart they are on a viewer's screen. */
export async function align({
  rounds = samplesUsual,
  only,
}: {
  rounds?: number;
  only: string | undefined;
}): Promise<Report> {
  const figures: Record<string, number> = {};
  const checks: Check[] = [];
  for (const one of chosen(cases, only)) {
    const apart = await measure(one, rounds);
    const mean = apart.reduce((sum, ms) => sum + ms, 0) / Math.max(1, apart.length);
    const sizes = apart.map(Math.abs);
    Object.assign(figures, {
      [`${one.name}.samples`]: apart.length,
      [`${one.name}.meanMs`]: Math.round(mean),
      [`${one.name}.p95Ms`]: Math.round(percentile(sizes, 0.95)),
      [`${one.name}.worstMs`]: Math.round(Math.max(...sizes)),
    });
    const enough = Math.floor(rounds * 0.9);
    checks.push(
      { name: `valid.${one.name}.samples`, value: -apart.length, limit: -enough, ok: apart.length >= enough },
      atMost(`${one.name}.meanMs`, Math.round(Math.abs(mean)), limitMs),
      atMost(`${one.name}.worstMs`, Math.round(Math.max(...sizes)), limitMs),
      atMost(`${one.name}.p95Ms`, Math.round(percentile(sizes, 0.95)), limitMs),
    );
  }
  return { scenario: "align", machine: machine(), figures, controls: {}, checks };
}

/** @returns by how much each row came later than its flash; earlier is below zero. */
async function measure({ way, prepare }: Case, samples: number): Promise<number[]> {
  const rtmp = await freePort();
  const args = ["--part-ms", String(way.partMs), "--rtmp-port", String(rtmp), "--srt-ports", "0"];
  const server = await startServer(args, true);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: browserFlags,
  });
  const speaker = await aSpeaker(server.url);
  const flashes = planned(speaker, samples);
  let source: Source | null = null;
  async function comeBack(from: Source): Promise<Source> {
    from.stop();
    await setTimeout(awayMs);
    const back = await goLive(way, server, browser, { flash: flashes.at });
    await setTimeout(settleMs);
    return back;
  }
  try {
    source = await goLive(way, server, browser, { flash: flashes.at });
    await setTimeout(settleMs);
    if (prepare === "return") source = await comeBack(source);
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    await openPicture(page, `${server.url}/rooms/demo`, way);
    await setTimeout(settleMs);
    if (prepare === "discontinuity") source = await comeBack(source);
    flashes.begin();
    if (prepare === "rewind") {
      await setTimeout(samples * everyMs);
      await page.evaluate(goBack, samples * everyMs + settleMs);
      await page.waitForFunction(saysNothing, null, { timeout: settleMs * 2 });
    }
    const seen = await watchFlashes(page, samples * everyMs + watchExtraMs);
    return paired(seen);
  } finally {
    source?.stop();
    speaker.close();
    await browser.close();
    await server.stop();
  }
}

type Speaker = { room: ChorusRoom; close(): void };

async function aSpeaker(url: string): Promise<Speaker> {
  if ("problem" in developmentSigningKey) throw new Error(developmentSigningKey.problem);
  const target: Target = { url, room: roomId("demo"), secret: developmentSigningKey.secret };
  const identity = { sub: "speaker", name: "Speaker" };
  const client = connect({
    url,
    token: () => tokenFor(target, { ...identity, grants: ["read", "say", "replay"] }),
    storage: null,
    transport: socketTransport,
  });
  const room = client.join(target.room);
  await new Promise<void>((live) => room.on("state", ({ state }) => state === "live" && live()));
  return { room, close: () => client.close() };
}

/** Each flash is told of by a message at the moment of its first frame. */
function planned({ room }: Speaker, samples: number): { at(atMs: number): boolean; begin(): void } {
  let began: number | null = null;
  let told = -1;
  return {
    begin() {
      began = Date.now() + everyMs;
    },
    at(atMs) {
      if (began === null || atMs < began) return false;
      const number = Math.floor((atMs - began) / everyMs);
      if (number >= samples || atMs - began - number * everyMs >= flashMs) return false;
      if (number > told) {
        told = number;
        room.say(`flash ${number}`, { at: time(Math.round(atMs)) });
      }
      return true;
    },
  };
}

function paired(seen: readonly Seen[]): number[] {
  const flashes = seen.filter(({ kind }) => kind === "flash");
  return seen
    .filter(({ kind }) => kind === "row")
    .flatMap((row) => {
      const apart = flashes.map(({ at }) => row.at - at).filter((ms) => Math.abs(ms) < togetherMs / 2);
      return apart.toSorted((a, b) => Math.abs(a) - Math.abs(b)).slice(0, 1);
    });
}

/** The chat is as it was before the first flash. */
function saysNothing(): boolean {
  return !/flash \d/.test(document.querySelector("chorus-chat")?.shadowRoot?.textContent ?? "");
}

function goBack(byMs: number): void {
  const player = document.querySelector("chorus-player");
  if (player === null || !("seek" in player) || typeof player.seek !== "function") return;
  player.seek(Date.now() - byMs);
}
