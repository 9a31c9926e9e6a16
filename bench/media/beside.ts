import { setTimeout } from "node:timers/promises";
import { chromium, type Page } from "playwright-core";
import { startTestEncoder } from "@chorus/server/cli/test-encoder.ts";
import { coreMs, cpuMs, pin } from "../cores.ts";
import { type Crowd, loadShare, loadShareMax, openCrowd } from "../crowd/crowd.ts";
import { percentile } from "../crowd/tallies.ts";
import { freePort, pidsOfRole, type Server, startServer } from "../processes.ts";
import { atMost, type Check, machine, type Report } from "../report.ts";
import { type Shown, shownIn, watchPicture } from "./beside-page.ts";
import { browserFlags, openIngest, openPicture, untilPlayable } from "./glass.ts";

/**
 * Whether a chat of thousands disturbs the picture that is watched beside it: the page of a room in Chromium, in turns without and with
 * what 2,500 others in the room are told. The whole server has one core; the encoder, the browser and the others share the second.
 */
const viewers = 2_500;
const talkers = 50;
const readers = 25;
const messagesPerSecond = 10;
/** What a browser that draws by the processor shows without loss on half a core. */
const picture = { width: 640, height: 360, framesPerSecond: 25, kilobits: 800 } as const;
const partMs = 200;
const settleMs = 8_000;
const restMs = 2_000;
const marginPoints = 2;
const notToldMax = 2;
const framesMissingMax = 5;
const phases = ["a1", "b1", "a2", "b2"] as const;

type PhaseName = (typeof phases)[number];
type Phase = {
  frames: number;
  framesPerSecond: number;
  droppedPercent: number;
  rebuffers: number;
  rebufferMs: number;
  rebufferPercent: number;
  /** Of a core: the server's processes, and what both cores did, for whomever. */
  serverShare: number;
  firstCore: number;
  secondCore: number;
  crowdShare: number;
  /** From the time that a message was said until another had it; zero where nothing was said. */
  publishP95Ms: number;
  /** Of what the room's others should have been told, the part that they were not. */
  notToldPercent: number;
};

export async function beside({ seconds }: { seconds: number }): Promise<Report> {
  const measured = await measure(seconds);
  const figures = Object.fromEntries(
    phases.flatMap((name) =>
      Object.entries(measured[name]).map(([what, value]) => [`${name}.${what}`, round(value)]),
    ),
  );
  return {
    scenario: "beside",
    machine: machine(),
    figures: { viewers, messagesPerSecond, ...picture, partMs, ...figures },
    controls: {},
    checks: [
      ...checksOf(measured, "droppedPercent"),
      ...checksOf(measured, "rebufferPercent"),
      ...valid(measured),
    ],
  };
}

/** With the chat it may be worse than without by what two times without differ, and some points. */
function checksOf(
  { a1, a2, b1, b2 }: Record<PhaseName, Phase>,
  what: "droppedPercent" | "rebufferPercent",
): Check[] {
  const more = (b1[what] + b2[what] - a1[what] - a2[what]) / 2;
  const limit = Math.abs(a1[what] - a2[what]) + marginPoints;
  return [atMost(`${what}More`, round(more), round(limit))];
}

function valid({ a1, a2, b1, b2 }: Record<PhaseName, Phase>): Check[] {
  const slowest = Math.min(a1.framesPerSecond, a2.framesPerSecond);
  return [
    atMost("valid.loadShareOfACore", Math.max(b1.crowdShare, b2.crowdShare), loadShareMax),
    atMost("valid.notToldPercent", Math.max(b1.notToldPercent, b2.notToldPercent), notToldMax),
    atMost(
      "valid.framesMissingPercent",
      round(100 * (1 - slowest / picture.framesPerSecond)),
      framesMissingMax,
    ),
  ];
}

async function measure(seconds: number): Promise<Record<PhaseName, Phase>> {
  const rtmpPort = await freePort();
  const server = await startServer(
    ["--part-ms", String(partMs), "--rtmp-port", String(rtmpPort), "--srt-ports", "0", "--gateways", "1"],
    true,
  );
  const pids = [
    server.pid,
    ...["media", "keeper", "gateway"].flatMap((role) => pidsOfRole(server.pid, role)),
  ];
  pin(pids, 0);
  /* What is started from here on inherits it. */
  pin([process.pid], 1);
  const encoder = await goLive(server);
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: browserFlags,
  });
  try {
    const group = { room: "demo", rooms: 1, viewers, talkers, readers, moderators: 0 };
    const crowd = await openCrowd({ port: server.port, groups: [group], chat: undefined });
    try {
      const page = await browser.newPage();
      await openPicture(page, `${server.url}/rooms/demo`, { webrtc: true });
      await setTimeout(settleMs);
      await watchPicture(page);
      return await inTurns({ page, crowd, pids, seconds });
    } finally {
      await crowd.stop();
    }
  } finally {
    await browser.close();
    encoder.stop();
    await server.stop();
  }
}

async function goLive(server: Server): Promise<{ stop(): void }> {
  const { room, rtmp } = await openIngest(server);
  if (rtmp === null) throw new Error("This server takes nothing by RTMP.");
  const encoder = startTestEncoder({
    ffmpeg: process.env["FFMPEG"] ?? "ffmpeg",
    url: `${rtmp.server}/${rtmp.key}`,
    format: "flv",
    ...picture,
  });
  await untilPlayable(room);
  return encoder;
}

type Run = {
  readonly page: Page;
  readonly crowd: Crowd;
  /** The server's. */
  readonly pids: readonly number[];
  readonly seconds: number;
};

async function inTurns(run: Run): Promise<Record<PhaseName, Phase>> {
  const a1 = await phase(run, false);
  const b1 = await phase(run, true);
  const a2 = await phase(run, false);
  const b2 = await phase(run, true);
  return { a1, b1, a2, b2 };
}

async function phase({ page, crowd, pids, seconds }: Run, loud: boolean): Promise<Phase> {
  await setTimeout(restMs);
  await crowd.phase();
  const [before, worked] = [await shownIn(page), workedBy(pids)];
  if (loud) await crowd.say(0, messagesPerSecond, seconds * 1_000);
  else await setTimeout(seconds * 1_000);
  const [after, later] = [await shownIn(page), workedBy(pids)];
  await setTimeout(restMs);
  const told = await crowd.phase();
  const due = told.counts.said * viewers;
  const share = (of: "server" | "first" | "second") => (later[of] - worked[of]) / (later.at - worked.at);
  return {
    ...between(before, after),
    serverShare: share("server"),
    firstCore: share("first"),
    secondCore: share("second"),
    crowdShare: loadShare(told),
    publishP95Ms: due === 0 ? 0 : percentile(told.groups[0]?.publish ?? [], 95),
    notToldPercent: due === 0 ? 0 : 100 * (1 - told.counts.covered / due),
  };
}

function workedBy(pids: readonly number[]) {
  const server = pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  return { at: performance.now(), server, first: coreMs(0), second: coreMs(1) };
}

function between(before: Shown, after: Shown) {
  const ms = after.atMs - before.atMs;
  const frames = after.frames - before.frames;
  const rebufferMs = after.rebufferMs - before.rebufferMs;
  return {
    frames,
    framesPerSecond: (frames * 1_000) / ms,
    droppedPercent: (100 * (after.dropped - before.dropped)) / Math.max(1, frames),
    rebuffers: after.rebuffers - before.rebuffers,
    rebufferMs,
    rebufferPercent: (100 * rebufferMs) / ms,
  };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
