import { setTimeout } from "node:timers/promises";
import { metricsEveryMs } from "@chorus/server/telemetry/metrics-exchange.ts";
import { add, type Counts, type Outcome } from "./findings.ts";

/** What a server has counted, over all its processes, by `name:label`. Gateways tell it every few seconds. */
export async function readCounters(port: number): Promise<Counts> {
  const answer = await fetch(`http://127.0.0.1:${port + 1}/metrics`);
  const counts: Counts = {};
  for (const line of (await answer.text()).split("\n")) {
    const sample = /^chorus_(?<name>\w+)_total\{(?<labels>.*)\} (?<value>\d+)/.exec(line)?.groups;
    if (sample === undefined) continue;
    const label = /(?:^|,)(?!process=)\w+="(?<value>[^"]*)"/.exec(sample["labels"] ?? "")?.groups?.["value"];
    const key = `${sample["name"]}:${label ?? ""}`;
    counts[key] = (counts[key] ?? 0) + Number(sample["value"]);
  }
  return counts;
}

/** How much a counter has risen; several together with `|` between them. */
export function rise(key: string, before: Counts, after: Counts): number {
  return key.split("|").reduce((sum, one) => sum + (after[one] ?? 0) - (before[one] ?? 0), 0);
}

export type Expected = { exactly: Counts; atLeast: Counts };
const lookEveryMs = 250;
const publishedWithinMs = metricsEveryMs + 1_000;

/** The counters once they have risen as expected, or when they have had the time to. */
export async function settledCounters(port: number, before: Counts, expected: Expected): Promise<Counts> {
  const until = performance.now() + publishedWithinMs;
  for (;;) {
    const after = await readCounters(port);
    if (missing(before, after, expected) === 0 || performance.now() > until) return after;
    await setTimeout(lookEveryMs);
  }
}

/** How many counts are not there. */
export function missing(before: Counts, after: Counts, { exactly, atLeast }: Expected): number {
  return [...Object.entries(exactly), ...Object.entries(atLeast)].reduce(
    (sum, [key, count]) => sum + Math.max(0, count - rise(key, before, after)),
    0,
  );
}

export function surplus(before: Counts, after: Counts, exactly: Counts): number {
  return Object.entries(exactly).reduce(
    (sum, [key, count]) => sum + Math.max(0, rise(key, before, after) - count),
    0,
  );
}

export function expectedOf(outcomes: readonly Outcome[]): Expected {
  const expected: Expected = { exactly: {}, atLeast: {} };
  for (const { counted, countedAtLeast } of outcomes) {
    for (const [key, count] of Object.entries(counted)) add(expected.exactly, key, count);
    for (const [key, count] of Object.entries(countedAtLeast)) add(expected.atLeast, key, count);
  }
  return expected;
}
