import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  createTallyBursts,
  ownTapMs,
  type Rise,
  risesAtOnceMax,
  risesPerSecondMax,
  tallyBursts,
} from "./burst-tally.ts";

const someTaps = fc.dictionary(
  fc.constantFrom("❤️", "😂", "👏", "🔥", "😮"),
  fc.integer({ min: 0, max: 20_000 }),
  { maxKeys: 5 },
);

function sumOf(rises: readonly Rise[]): number {
  return rises.reduce((sum, { count }) => sum + count, 0);
}

test("W2.3 what rose since the last tally flies, what fell does not", () => {
  const rises = tallyBursts({ "❤️": 5, "🔥": 9 }, { "❤️": 7, "🔥": 1, "👏": 1 }, 100);
  assert.deepEqual(rises, [
    { emoji: "❤️", count: 2 },
    { emoji: "👏", count: 1 },
  ]);
  assert.deepEqual(tallyBursts({}, { constructor: 2 }, 100), [{ emoji: "constructor", count: 2 }]);
});

test("W2.3 a share is never more than what rose, of as many kinds as possible, and together within the bound", () => {
  fc.assert(
    fc.property(someTaps, someTaps, fc.integer({ min: 0, max: 20 }), (before, after, most) => {
      const all = new Map(tallyBursts(before, after, Infinity).map(({ emoji, count }) => [emoji, count]));
      const rises = tallyBursts(before, after, most);
      assert.ok(sumOf(rises) <= most);
      assert.equal(rises.length, Math.min(all.size, most));
      for (const { emoji, count } of rises) assert.ok(count >= 1 && count <= (all.get(emoji) ?? 0));
    }),
    { numRuns: 300 },
  );
});

test("W2.3 10,000 taps in a second are a calm picture", () => {
  const bursts = createTallyBursts();
  bursts.told({}, 0);
  let shown = 0;
  for (let tick = 1; tick <= 40; tick++) shown += sumOf(bursts.told({ "❤️": tick * 2_500 }, tick * 250));
  assert.ok(shown <= risesAtOnceMax + 10 * risesPerSecondMax, `${shown}`);
  assert.ok(shown >= 10 * risesPerSecondMax - risesAtOnceMax, `${shown}`);
});

test("W2.3 what was tapped before the first tally does not fly", () => {
  const bursts = createTallyBursts();
  assert.deepEqual(bursts.told({ "❤️": 5_000 }, 0), []);
  assert.deepEqual(bursts.told({ "❤️": 5_001 }, 250), [{ emoji: "❤️", count: 1 }]);
});

test("W2.4 one's own tap flies once: the tally that has it shows the others' alone", () => {
  const bursts = createTallyBursts();
  bursts.told({}, 0);
  bursts.tapped("❤️", 10);
  bursts.tapped("❤️", 20);
  assert.deepEqual(bursts.told({ "❤️": 1 }, 250), []);
  assert.deepEqual(bursts.told({ "❤️": 4 }, 500), [{ emoji: "❤️", count: 2 }]);
});

test("W2.4 an own tap that was lost hides nobody else's for longer than two seconds", () => {
  const bursts = createTallyBursts();
  bursts.told({}, 0);
  bursts.tapped("❤️", 0);
  assert.deepEqual(bursts.told({ "❤️": 1 }, ownTapMs), [{ emoji: "❤️", count: 1 }]);
});
