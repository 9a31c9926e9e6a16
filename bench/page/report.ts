import { loadavg } from "node:os";
import { atMost, type Check, machine, type Report } from "../report.ts";
import type { CrowdTold } from "./crowd.ts";
import { droppedPercent, interactionsOf, longFramesOf, longTasksOf, percentile } from "./findings.ts";
import type { Scrolled } from "./scroll-back.ts";
import type { Watched } from "./watching.ts";

export type Run = { watched: Watched; crowd: CrowdTold };
export type Round = { open: Run; closed: Run };

const interactionP75MaxMs = 200;
const droppedMorePointsMax = 2;
const heapGrowthMaxMegabytes = 10;
const rowsMax = 200;
/** How far one reads back. */
export const messagesBack = 5_000;
/** Of messages and taps, by the second. */
export const wanted = { messagesPerSecond: 100, tapsPerSecond: 50 };
const missingPercentMax = 2;
/** Of keys, and of touches and clicks; somebody has to use the page while it is watched. */
const usesPerSecondMin = 0.25;
const crowdShareMax = 0.85;

/** Of several rounds the worst counts, but for frames of the video, which are counted together. */
export function reportOf(rounds: readonly Round[], back: Scrolled, plain: Scrolled): Report {
  const open = rounds.map((round) => round.open);
  const closed = rounds.map((round) => round.closed);
  const interactions = open.flatMap(({ watched }) => interactionsOf(watched));
  const drops = {
    open: droppedPercent(framesOf(open)),
    closed: droppedPercent(framesOf(closed)),
  };
  const frames = longFramesOf(back);
  const tasks = open.map(({ watched }) => longTasksOf(watched));
  const heapMegabytes = Math.max(...open.map(({ watched }) => watched.heapGrowthBytes / 2 ** 20));
  return {
    scenario: "page",
    machine: machine(),
    figures: rounded({
      ...figuresOf(open),
      loadAverage: loadavg()[0] ?? 0,
      interactions: interactions.length,
      "interactions.p50Ms": percentile(interactions, 0.5),
      "interactions.p98Ms": percentile(interactions, 0.98),
      "interactions.maxMs": Math.max(0, ...interactions),
      "longTasks.longestMs": Math.max(...tasks.map(({ longestMs }) => longestMs)),
      ...scrollFigures(back),
    }),
    controls: {
      chatClosed: rounded(figuresOf(closed)),
      plainList: rounded(scrollFigures(plain)),
    },
    checks: [
      atMost(
        "longTasksOfTheChat",
        sum(tasks, ({ rest }) => rest),
        0,
      ),
      atMost("interactionP75Ms", percentile(interactions, 0.75), interactionP75MaxMs),
      atMost("droppedFramesMorePoints", round(drops.open - drops.closed), droppedMorePointsMax),
      atMost("heapGrowthMB", round(heapMegabytes), heapGrowthMaxMegabytes),
      atMost("rowsInTheDom", Math.max(...open.map(({ watched }) => watched.recording.rows)), rowsMax),
      atMost("scrollBack.framesOver50Ms", frames.own, 0),
      atMost("scrollBack.messagesNotReached", Math.max(0, messagesBack - back.messages), 0),
      ...validity(rounds),
    ],
  };
}

/** A run whose load did not come, or whose load had no core to come from, proves nothing. */
function validity(rounds: readonly Round[]): Check[] {
  const runs = rounds.flatMap(({ open, closed }) => [open, closed]);
  const watched = rounds.map(({ open }) => open.watched);
  const { messagesPerSecond, tapsPerSecond } = wanted;
  const sent = runs.map(({ crowd }) => missingPercent(crowd.sent / crowd.seconds, messagesPerSecond));
  const arrived = watched.map(({ recording, seconds }) =>
    missingPercent(recording.messages / seconds, messagesPerSecond),
  );
  const taps = watched.map(({ recording, seconds }) =>
    missingPercent(recording.taps / seconds, tapsPerSecond),
  );
  const used = watched.map(({ hands, seconds }) => {
    const least = seconds * usesPerSecondMin;
    return Math.max(0, least - hands.keys) + Math.max(0, least - hands.pointers);
  });
  return [
    atMost("valid.notSentPercent", round(Math.max(...sent)), missingPercentMax),
    atMost("valid.notArrivedPercent", round(Math.max(...arrived)), missingPercentMax),
    atMost("valid.tapsNotArrivedPercent", round(Math.max(...taps)), missingPercentMax),
    atMost("valid.interactionsMissing", round(Math.max(...used)), 0),
    atMost(
      "valid.crowdShareOfACore",
      round(Math.max(...runs.map(({ crowd }) => crowd.cpuShare))),
      crowdShareMax,
    ),
  ];
}

function missingPercent(perSecond: number, of: number): number {
  return Math.max(0, 100 * (1 - perSecond / of));
}

function figuresOf(runs: readonly Run[]): Record<string, number> {
  const tasks = runs.map(({ watched }) => longTasksOf(watched));
  const frames = framesOf(runs);
  return {
    seconds: sum(runs, ({ watched }) => watched.seconds),
    messages: sum(runs, ({ watched }) => watched.recording.messages),
    taps: sum(runs, ({ watched }) => watched.recording.taps),
    "longTasks.all": sum(tasks, ({ all }) => all),
    "longTasks.withoutACore": sum(tasks, ({ starved }) => starved),
    "longTasks.ofOtherScripts": sum(tasks, ({ others }) => others),
    "longTasks.ofTheChat": sum(tasks, ({ rest }) => rest),
    "page.withoutACorePercent": Math.max(...runs.map(({ watched }) => watched.withoutACorePercent)),
    "video.frames": frames.shown,
    "video.droppedPercent": droppedPercent(frames),
    heapGrowthMB: Math.max(...runs.map(({ watched }) => watched.heapGrowthBytes / 2 ** 20)),
  };
}

function scrollFigures(scrolled: Scrolled): Record<string, number> {
  const { all, own } = longFramesOf(scrolled);
  return {
    "scroll.messages": scrolled.messages,
    "scroll.seconds": scrolled.seconds,
    "scroll.frames": scrolled.frames.length,
    "scroll.frameP50Ms": percentile(scrolled.frames, 0.5),
    "scroll.frameP95Ms": percentile(scrolled.frames, 0.95),
    "scroll.frameMaxMs": Math.max(0, ...scrolled.frames),
    "scroll.framesOver50Ms": all,
    "scroll.framesOver50MsWithACore": own,
  };
}

function framesOf(runs: readonly Run[]): Watched["frames"] {
  return {
    shown: sum(runs, ({ watched }) => watched.frames.shown),
    dropped: sum(runs, ({ watched }) => watched.frames.dropped),
  };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
