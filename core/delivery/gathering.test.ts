import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import * as fc from "fast-check";
import { gather, type Gathering, shortest } from "./gathering.ts";

const { gatherMsMin: least, gatherMsMax: most, gatherLeaveMs, heatEveryMs } = limits;
const longAgo = 1_000_000;

/** People who tap without a pause: each sends once while they gather. Returns every step on the way. */
function through(before: Gathering, people: number, ms: number, from = longAgo, crowding = 1): Gathering[] {
  const passed: Gathering[] = [];
  let gathering = before;
  for (let at = 0; at < ms; at += heatEveryMs) {
    gathering = gather(gathering, (people * 1_000) / gathering.ms, crowding, time(from + at));
    passed.push(gathering);
  }
  return passed;
}

function after(before: Gathering, people: number, ms: number, from = longAgo, crowding = 1): Gathering {
  return through(before, people, ms, from, crowding).at(-1) ?? before;
}

test("D1.75 few who tap do not wait, many gather as long as may be at once, and never for longer than two seconds", () => {
  assert.equal(after(shortest, 1_000, 60_000).ms, least);
  assert.equal(gather(shortest, 20_000, 1, time(longAgo)).ms, most);
  assert.equal(after(shortest, 100_000, 60_000).ms, most);
});

test("D1.75 where the loop has less time for the room, taps are gathered for longer", () => {
  assert.deepEqual(
    [1, 2, 5].map((crowding) => after(shortest, 1_150, 60_000, longAgo, crowding).ms),
    [250, 500, 2_000],
  );
});

test("D1.75 they are gathered for half as long at a time, each after ten seconds in which it would have done", () => {
  const busy = after(shortest, 50_000, 10_000);
  const calm = through(busy, 10, 60_000, longAgo + 10_000);
  const steps = [...new Set(calm.map(({ ms }) => ms))];
  assert.deepEqual(steps, [2_000, 1_000, 500, 250]);
  for (const ms of steps.slice(0, 3))
    assert.ok(calm.filter((one) => one.ms === ms).length >= gatherLeaveMs / heatEveryMs, `${ms} ms`);
});

test("D1.75 as many as before never move it to and fro", () => {
  fc.assert(
    fc.property(fc.nat(60_000), fc.double({ min: 1, max: 4, noNaN: true }), (people, crowding) => {
      const settled = after(shortest, people, 20_000, longAgo, crowding);
      const later = through(settled, people, 60_000, longAgo + 20_000, crowding);
      assert.ok(later.every(({ ms }, i) => ms <= (later[i - 1] ?? settled).ms));
    }),
    { seed: 1, numRuns: 200 },
  );
});
