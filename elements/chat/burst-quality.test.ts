import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createQualityChoice, type Quality, type QualityChoice, restMs } from "./burst-quality.ts";

/** Lets frames of one length pass for a while. @returns the time after them. */
function frames(choice: QualityChoice, frameMs: number, forMs: number, from: number): number {
  let now = from;
  for (; now < from + forMs; now += frameMs) choice.measured(frameMs, now);
  return now;
}

test("W2.5 quick frames keep the full animation, and one long frame does not end it", () => {
  const choice = createQualityChoice();
  let now = frames(choice, 16, 2_000, 0);
  choice.measured(60, now);
  now = frames(choice, 16, 500, now);
  assert.equal(choice.at(now), "full");
});

test("W2.5 animation is cut by half, and then off, within a second of load", () => {
  const choice = createQualityChoice();
  let now = frames(choice, 35, 1_000, 0);
  assert.equal(choice.at(now), "half");
  now = frames(choice, 90, 1_000, now);
  assert.equal(choice.at(now), "off");
});

test("W2.5 a screen of 30 pictures a second stays at half", () => {
  const choice = createQualityChoice();
  const now = frames(choice, 33, 60_000, 0);
  assert.equal(choice.at(now), "half");
});

test("W2.5 what fell rises after a rest of calm, by one step at a time", () => {
  const choice = createQualityChoice();
  let now = frames(choice, 90, 1_000, 0);
  assert.equal(choice.at(now), "off");
  now += restMs;
  assert.equal(choice.at(now), "half");
  now = frames(choice, 16, restMs - 100, now);
  assert.equal(choice.at(now), "half");
  now = frames(choice, 16, 200, now);
  assert.equal(choice.at(now), "full");
});

test("W2.5 a machine at its limit swings ever more rarely", () => {
  const choice = createQualityChoice();
  let now = 0;
  let changes = 0;
  let last: Quality = "full";
  while (now < 600_000) {
    const quality = choice.at(now);
    if (quality !== last) changes++;
    last = quality;
    if (quality === "off") now += 250;
    else choice.measured(quality === "full" ? 95 : 70, (now += 95));
  }
  assert.ok(changes < 2 * 15, `${changes} changes in ten minutes`);
});

test("W2.5 whatever is measured, one of the three is chosen and off is left after a rest at most", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 5_000, noNaN: true }), { maxLength: 60 }), (measured) => {
      const choice = createQualityChoice();
      let now = 0;
      for (const ms of measured) choice.measured(ms, (now += Math.max(0, ms)));
      assert.ok(["full", "half", "off"].includes(choice.at(now)));
      assert.notEqual(choice.at(now + 64_000), "off");
    }),
    { numRuns: 200 },
  );
});
