import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Tier, tiers } from "@chorus/protocol/tiers.ts";
import { calm, climb, heatAt, isAt, type Ladder, type Load, slowMsAt } from "./ladder.ts";

const open = tiers.filter((tier) => tier !== "segments");
const quiet: Load = {
  sockets: 10_000,
  expected: 0,
  entries: 5,
  bytes: 800,
  tallies: 0.2,
  slowness: 1,
  crowding: 1,
  share: 0.35,
  open,
};
/** What a room does in so long under one load, judged as often as gateways do. */
function through(ladder: Ladder, load: Load, ms: number, from: number): Ladder[] {
  const passed: Ladder[] = [];
  for (let at = 0; at < ms; at += limits.heatEveryMs)
    passed.push((ladder = climb(ladder, load, time(from + at))));
  return passed;
}
const after = (ladder: Ladder, load: Load, ms: number, from = 0): Ladder =>
  through(ladder, load, ms, from).at(-1) ?? ladder;
const busy = (entries: number): Load => ({ ...quiet, entries, bytes: entries * 160 });

test("D1.60 a calm room stays calm, whatever its size", () => {
  assert.equal(after(calm, quiet, 60_000).tier, "calm");
  assert.equal(after(calm, { ...busy(100), sockets: 20 }, 60_000).tier, "calm");
});

test("D1.60 each tier is cooler than the one before, for every load", () => {
  fc.assert(
    fc.property(
      fc.record({
        sockets: fc.nat(100_000),
        expected: fc.nat(100_000),
        entries: fc.double({ min: 0, max: 50_000, noNaN: true }),
        bytes: fc.double({ min: 0, max: 1e7, noNaN: true }),
        tallies: fc.double({ min: 0, max: 4, noNaN: true }),
        slowness: fc.double({ min: 0.1, max: 20, noNaN: true }),
        crowding: fc.double({ min: 1, max: 20, noNaN: true }),
      }),
      (drawn) => {
        const load = { ...quiet, ...drawn };
        const heats = tiers.map((tier) => heatAt(tier, load));
        for (let i = 1; i < heats.length; i++) assert.ok((heats[i] ?? 0) <= (heats[i - 1] ?? 0));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test("D1.80 what is more than a person can read counts as many times as it is too much, until the room is capped", () => {
  const readable = { ...busy(limits.cappedPerSecond), sockets: 2_000, bytes: 1_000 };
  const tooMuch = { ...readable, entries: 3 * limits.cappedPerSecond };
  assert.equal(heatAt("calm", tooMuch).toFixed(6), (3 * heatAt("calm", readable)).toFixed(6));
  assert.ok(heatAt("capped", tooMuch) <= heatAt("wide", readable));
  assert.equal(after(calm, { ...tooMuch, sockets: 20 }, 60_000).tier, "calm");
});

test("D1.77 a room that does nothing but tap is calm, and one that talks too is hot with what totals cannot give way", () => {
  const tapping: Load = { ...quiet, sockets: 19_000, entries: 0, bytes: 0, tallies: 4 };
  assert.equal(after(calm, tapping, 60_000).tier, "calm");
  const talking: Load = { ...busy(20), sockets: 16_000 };
  assert.equal(after(calm, talking, 60_000).tier, "calm");
  assert.equal(after(calm, { ...talking, tallies: 4 }, 60_000).tier, "cosmetic");
});

test("D1.61 a hot room climbs one tier after the other, and waits for people where it has slowed them", () => {
  const load = { ...quiet, sockets: 45_000, entries: 1, bytes: 160 };
  assert.ok(heatAt("capped", load) >= 1 && heatAt("calm", load) < 1.5, "hot at every tier, and not blazing");
  const passed = through(calm, load, 12_000, 1_000_000);
  const steps = new Map<Tier, number>();
  for (const [i, { tier }] of passed.entries()) if (!steps.has(tier)) steps.set(tier, i * limits.heatEveryMs);
  assert.deepEqual([...steps.keys()], ["cosmetic", "wide", "slow", "capped"]);
  const at = (tier: Tier): number => steps.get(tier) ?? Infinity;
  assert.equal(at("wide") - at("cosmetic"), limits.tierStepMs);
  assert.equal(at("capped") - at("slow"), limits.tierSlowMs);
});

test("D1.62 a room that is far too hot goes at once where it is cool enough", () => {
  const load = busy(1_000);
  assert.ok(heatAt("calm", load) > 2);
  const [first] = through(calm, load, limits.heatEveryMs, 0);
  assert.deepEqual([first?.tier, first?.cohorts], ["capped", 8]);
});

test("D1.63 a tier is left when one below would have done for ten seconds, for the first that does, and no sooner", () => {
  const hot = after(calm, busy(1_000), 20_000);
  const cooling = through(hot, quiet, 60_000, 20_000);
  const tiersPassed = [...new Set(cooling.map(({ tier }) => tier))];
  assert.deepEqual(tiersPassed, ["capped", "calm"]);
  const capped = cooling.filter(({ tier }) => tier === "capped").length * limits.heatEveryMs;
  assert.equal(capped, limits.tierLeaveMs);
});

test("D1.63 a load that wavers about its bound does not move the room to and fro", () => {
  const hot = busy(1_000);
  let ladder = after(calm, hot, 5_000);
  let moves = 0;
  for (let second = 5; second < 120; second++) {
    const next = after(ladder, second % 8 === 0 ? hot : busy(10), 1_000, second * 1_000);
    if (next.tier !== ladder.tier) moves += 1;
    ladder = next;
  }
  assert.equal(moves, 0);
});

test("D1.64 people are warned before anything is done", () => {
  const load = [50, 80, 100, 120, 140].map(busy).find((one) => {
    const heat = heatAt("calm", one);
    return heat >= 0.7 && heat < 1;
  });
  assert.ok(load !== undefined);
  const { tier, warned } = after(calm, load, 5_000);
  assert.deepEqual([tier, warned], ["calm", true]);
  const still = { ...quiet, entries: 1, bytes: 160 };
  assert.equal(after(after(calm, load, 5_000), still, 1_000, 5_000).warned, false);
});

test("D1.65 a room that may not be slowed down goes on without that tier", () => {
  const never = open.filter((tier) => tier !== "slow");
  const up = through(calm, { ...busy(1_000), open: never }, 5_000, 0);
  const down = through(up.at(-1) ?? calm, { ...quiet, open: never }, 60_000, 5_000);
  const passed = [...up, ...down];
  assert.equal(down.at(-1)?.tier, "calm");
  assert.ok(passed.some(({ tier }) => tier === "capped"));
  assert.ok(passed.every(({ tier }) => tier !== "slow"));
  assert.deepEqual(tiers.map(slowMsAt), [0, 0, 0, 5_000, 15_000, 30_000]);
});

test("D1.66 a room that expects many is prepared, and nothing is kept from those who are there", () => {
  const load = { ...quiet, sockets: 100, expected: 1_000_000, entries: 20, bytes: 3_000 };
  assert.equal(after(calm, load, 60_000).tier, "wide");
  assert.equal(after(after(calm, load, 60_000), { ...load, expected: 0 }, 60_000, 60_000).tier, "calm");
});

test("D1.67 there are more cohorts at once, and fewer when those have long been enough", () => {
  const some = { ...busy(150), sockets: 50_000 };
  const ladder = after(calm, some, 20_000);
  assert.deepEqual([ladder.tier, ladder.cohorts], ["capped", 2]);
  const [more] = through(ladder, { ...busy(2_000), sockets: 50_000 }, limits.heatEveryMs, 20_000);
  assert.equal(more?.cohorts, 8);
  const fewer = through(more ?? ladder, some, 20_000, 21_000);
  assert.equal(fewer.filter(({ cohorts }) => cohorts === 8).length * limits.heatEveryMs, limits.tierLeaveMs);
});

test("D1.60 a tier has the means of all before it", () => {
  for (const [i, tier] of tiers.entries())
    for (const [j, other] of tiers.entries()) assert.equal(isAt(tier, other), i >= j);
});
