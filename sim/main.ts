import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { live, type Report } from "./scenario.ts";

/**
 * `npm run sim -- --seeds N [--seed S]` lives through N seeds beginning with S (default: drawn), side by side. With
 * `--seeds 1 --seed S` a failure is lived through again, exactly, and with `--trace` everything that clients heard and
 * said is printed on the way. Exit status 1 when a law was broken.
 */
export type Tally = {
  seeds: number;
  delivered: number[];
  faults: number[];
  clients: number[];
  met: Map<string, number>;
  failures: Failure[];
};
export type Failure = { seed: number; law: string; stack: string };

const failuresMax = 10;

export function liveThrough(from: number, to: number, stride: number): Tally {
  const tally: Tally = { seeds: 0, delivered: [], faults: [], clients: [], met: new Map(), failures: [] };
  for (let seed = from; seed < to && tally.failures.length < failuresMax; seed += stride) {
    tally.seeds += 1;
    try {
      count(tally, live(seed));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      tally.failures.push({ seed, law: `${error.name}: ${error.message}`, stack: error.stack ?? "" });
    }
  }
  return tally;
}

function count(tally: Tally, report: Report): void {
  tally.delivered.push(report.delivered);
  tally.faults.push(report.faults);
  tally.clients.push(report.clients);
  for (const [what, times] of report.met) tally.met.set(what, (tally.met.get(what) ?? 0) + times);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean" },
      trace: { type: "boolean" },
    },
  });
  const seeds = Number(values.seeds ?? 1_000);
  const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  if (!Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(first)) {
    console.error("Usage: npm run sim -- --seeds N [--seed S] [--json] [--trace], with whole numbers.");
    process.exit(2);
  }
  if (values.trace === true) return traced(first);
  const began = performance.now();
  const tallies = await sideBySide(first, first + seeds);
  report(first, seeds, tallies, (performance.now() - began) / 1_000, values.json === true);
}

function traced(seed: number): void {
  live(seed, (line) => console.log(line));
}

function sideBySide(from: number, to: number): Promise<Tally[]> {
  const workers = Math.min(availableParallelism(), to - from);
  if (workers === 1) return Promise.resolve([liveThrough(from, to, 1)]);
  return Promise.all(
    Array.from({ length: workers }, (_, i) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), {
        workerData: { from: from + i, to, stride: workers },
      });
      return new Promise<Tally>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
}

function report(
  first: number,
  asked: number,
  tallies: readonly Tally[],
  seconds: number,
  json: boolean,
): void {
  const failures = tallies.flatMap((tally) => tally.failures).toSorted((a, b) => a.seed - b.seed);
  const met = new Map<string, number>();
  for (const tally of tallies)
    for (const [what, times] of tally.met) met.set(what, (met.get(what) ?? 0) + times);
  const lived = tallies.reduce((sum, tally) => sum + tally.seeds, 0);
  const medians = {
    deliveries: median(tallies.flatMap(({ delivered }) => delivered)),
    faults: median(tallies.flatMap(({ faults }) => faults)),
    clients: median(tallies.flatMap(({ clients }) => clients)),
  };
  if (!json)
    for (const [what, times] of [...met].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${String(times).padStart(10)}  ${what}`);
  for (const { seed, stack } of failures)
    console.log(`\nseed ${seed}: ${stack}\n  again: npm run sim -- --seeds 1 --seed ${seed}`);
  const summary = {
    seeds: asked,
    lived,
    first,
    seconds: Math.round(seconds * 10) / 10,
    medians,
    failures: failures.length,
  };
  console.log(
    json ? JSON.stringify({ ...summary, met: Object.fromEntries(met) }) : `\n${JSON.stringify(summary)}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

if (import.meta.main) await main();
