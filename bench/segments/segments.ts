import { setTimeout } from "node:timers/promises";
import { cpuMs, pin } from "../cores.ts";
import { startNginx } from "../nginx.ts";
import { ended, pidOfRole, pidsOfRole, startScript, startServer, told } from "../processes.ts";
import { atMost, machine, type Report } from "../report.ts";
import type { PollCount } from "./pollers.ts";
import { openRooms, type TalkedRooms } from "./rooms.ts";
import { shownToStrangers, untilGone } from "./witness.ts";

/**
 * Ten rooms that are talked in and polled 100,000 times a minute through nginx, as docs/segments.md has it, while messages are
 * removed. Chorus has one core; nginx, those who poll and those who talk have the other.
 */
const rooms = Array.from({ length: 10 }, (_, i) => `room-${i}`);
const membersRoom = "members";
const viewersARoom = 500;
const messagesPerSecondARoom = 10;
const pollsPerMinute = 100_000;
const cores = { chorus: 0, others: 1 };
const warmUpMs = 8_000;
const max = { requestsPerSecondARoom: 3, secondsUntilGone: 2, missingPercent: 5, shareOfACore: 0.95 };

export async function segmentsBench(options: { chat: string | undefined; seconds: number }): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const server = await startServer(["--gateways", "1", "--trusted-proxies", "127.0.0.1/32"]);
  stack.defer(server.stop);
  const gateway = pidOfRole(server.pid, "gateway");
  pin([server.pid, gateway, ...pidsOfRole(server.pid, "keeper")], cores.chorus);
  const nginx = stack.use(await startNginx(server.port));
  pin([...nginx.pids(), process.pid], cores.others);
  const talked = stack.use(await openRooms(server.url, [...rooms, membersRoom], options.chat));
  const calledOff = new AbortController();
  const talking = talked.talk(messagesPerSecondARoom, calledOff.signal);
  const load = startScript(new URL("./pollers.ts", import.meta.url), [
    String(nginx.port),
    String(rooms.length),
    String(viewersARoom),
  ]);
  stack.defer(() => ended(load));
  await told(load);
  pin([load.pid ?? 0], cores.others);
  await setTimeout(warmUpMs);

  const look = async () => ({
    at: performance.now(),
    polled: await countOf(load.send.bind(load), () => told<PollCount>(load)),
    answered: await answeredBy(server.port + 1),
    gateway: cpuMs(gateway),
    nginx: nginx.pids().reduce((sum, pid) => sum + cpuMs(pid), 0),
    load: cpuMs(load.pid ?? 0),
    own: cpuMs(process.pid),
  });
  const before = await look();
  const gone = await removals(nginx.url, talked, options.seconds * 1_000);
  const after = await look();
  const strangers = await shownToStrangers(nginx.url, talked, membersRoom);
  calledOff.abort();
  await talking;
  return reportOf(before, after, gone, strangers);
}

type Look = {
  at: number;
  polled: PollCount;
  answered: number;
  gateway: number;
  nginx: number;
  load: number;
  own: number;
};

/** One after the other in all rooms, for so long. Milliseconds until each was gone. */
async function removals(cache: string, talked: TalkedRooms, ms: number): Promise<number[]> {
  const end = performance.now() + ms;
  const gone: number[] = [];
  const one = async (room: string): Promise<void> => {
    for (let i = 0; performance.now() < end; i++)
      gone.push(await untilGone(cache, talked, room, `to be removed ${room} ${i}`));
  };
  await Promise.all(rooms.slice(0, 3).map(one));
  return gone;
}

function reportOf(
  before: Look,
  after: Look,
  gone: readonly number[],
  strangers: { asked: number; shown: number; hits: number },
): Report {
  const seconds = (after.at - before.at) / 1_000;
  const perSecond = (of: (one: Look) => number) => (of(after) - of(before)) / seconds;
  const share = (of: (one: Look) => number) => round(perSecond(of) / 1_000);
  const polls = perSecond(({ polled }) => polled.polls) * 60;
  const figures = {
    seconds: Math.round(seconds),
    rooms: rooms.length,
    viewers: rooms.length * viewersARoom,
    messagesPerSecond: rooms.length * messagesPerSecondARoom,
    pollsPerMinute: Math.round(polls),
    segmentsPerMinute: Math.round(perSecond(({ polled }) => polled.segments) * 60),
    requestsToChorusPerSecondARoom: round(perSecond(({ answered }) => answered) / rooms.length),
    mostOfARoomPerSecond: round(perSecond(({ polled }) => polled.mostFromChorus)),
    removals: gone.length,
    secondsUntilGone: round(Math.max(...gone) / 1_000),
    strangersAsked: strangers.asked,
    strangersShown: strangers.shown,
    membersHits: strangers.hits,
    liveP99Ms: round(after.polled.p99Ms),
    kilobytesPerViewerAMinute: round(
      (perSecond(({ polled }) => polled.bytes) * 60) / 1_024 / rooms.length / viewersARoom,
    ),
    goneRevisions: after.polled.gone - before.polled.gone,
    gatewayShareOfACore: share((one) => one.gateway),
    nginxShareOfACore: share((one) => one.nginx),
    loadShareOfACore: share((one) => one.load + one.own),
  };
  return {
    scenario: "segments",
    machine: machine(),
    figures,
    controls: {},
    checks: [
      atMost(
        "requestsToChorusPerSecondARoom",
        figures.requestsToChorusPerSecondARoom,
        max.requestsPerSecondARoom,
      ),
      atMost("mostOfARoomPerSecond", figures.mostOfARoomPerSecond, max.requestsPerSecondARoom),
      atMost("secondsUntilGone", figures.secondsUntilGone, max.secondsUntilGone),
      atMost("strangersShown", strangers.shown, 0),
      atMost("holes", after.polled.holes - before.polled.holes, 0),
      atMost("failed", after.polled.failed - before.polled.failed, 0),
      atMost("valid.pollsMissingPercent", round(100 * (1 - polls / pollsPerMinute)), max.missingPercent),
      atMost(
        "valid.othersShareOfACore",
        round(figures.nginxShareOfACore + figures.loadShareOfACore),
        max.shareOfACore,
      ),
      atMost("valid.removalsMissing", Math.max(0, 10 - gone.length), 0),
      atMost("valid.membersMissed", strangers.hits > 0 ? 0 : 1, 0),
    ],
  };
}

function countOf(ask: (message: object) => void, answer: () => Promise<PollCount>): Promise<PollCount> {
  const told = answer();
  ask({ do: "count" });
  return told;
}

/** How many requests for `live` and for segments have come to Chorus, by its own count. */
async function answeredBy(privatePort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${privatePort}/metrics`);
  const lines = (await answer.text()).split("\n");
  const polled = lines.filter((line) =>
    /^chorus_http_answers_total\{.*route="[^"]*\/(live|segments\/)/.test(line),
  );
  return polled.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
