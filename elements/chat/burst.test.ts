import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Burst, createBurst, particlesMax, spritesMax, staggerMs } from "./burst.ts";

/** Park and Miller's generator: the same seed, the same flights. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function pictureOf(burst: Burst): readonly string[] {
  return Array.from({ length: burst.count }, (_, index) => {
    const places = [burst.xOf(index), burst.riseOf(index), burst.sizeOf(index), burst.opacityOf(index)];
    const emoji = burst.sprites[burst.spriteOf(index)] ?? "";
    return `${emoji} ${places.map((place) => place.toFixed(3)).join(" ")}`;
  });
}

const aSpawn = fc.record({
  emoji: fc.constantFrom("❤️", "😂", "👏", "🔥"),
  count: fc.integer({ min: -2, max: 300 }),
});
const anAct = fc.oneof(aSpawn, fc.record({ ms: fc.integer({ min: -5, max: 1_500 }) }));

function run(burst: Burst, acts: readonly ({ emoji: string; count: number } | { ms: number })[]): void {
  for (const act of acts) {
    if ("ms" in act) burst.step(act.ms);
    else burst.spawn(act.emoji, act.count);
  }
}

test("W2.1 whatever is spawned, there are never more particles than the cap, and each is on the canvas", () => {
  fc.assert(
    fc.property(fc.array(anAct, { maxLength: 30 }), fc.integer({ min: 1, max: 99_999 }), (acts, seed) => {
      const burst = createBurst(seeded(seed));
      run(burst, acts);
      assert.ok(burst.count <= particlesMax);
      for (let index = 0; index < burst.count; index++) {
        assert.ok(burst.xOf(index) > 0 && burst.xOf(index) < 1);
        assert.ok(burst.riseOf(index) >= 0 && burst.riseOf(index) <= 1);
        assert.ok(burst.sizeOf(index) >= 0 && burst.sizeOf(index) <= 1);
        assert.ok(burst.opacityOf(index) >= 0 && burst.opacityOf(index) <= 1);
        assert.ok(burst.spriteOf(index) < burst.sprites.length);
      }
    }),
    { numRuns: 200 },
  );
});

test("W2.1 the oldest particles give way to new ones", () => {
  const burst = createBurst(seeded(1));
  burst.spawn("❤️", 50);
  burst.step(staggerMs);
  burst.spawn("🔥", particlesMax - 20);
  assert.equal(burst.count, particlesMax);
  const emoji = pictureOf(burst).map((one) => one.split(" ")[0]);
  assert.deepEqual(emoji, [...Array(20).fill("❤️"), ...Array(particlesMax - 20).fill("🔥")]);
  burst.spawn("👏", 10 * particlesMax);
  assert.deepEqual(new Set(pictureOf(burst).map((one) => one.split(" ")[0])), new Set(["👏"]));
});

test("W2.2 the same chance makes the same flights, in many small steps or in one", () => {
  fc.assert(
    fc.property(
      fc.array(aSpawn, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 99_999 }),
      (spawns, steps, seed) => {
        const often = createBurst(seeded(seed));
        const once = createBurst(seeded(seed));
        run(often, spawns);
        run(once, spawns);
        for (const ms of steps) often.step(ms);
        once.step(steps.reduce((sum, ms) => sum + ms, 0));
        assert.deepEqual(pictureOf(often), pictureOf(once));
      },
    ),
    { numRuns: 100 },
  );
});

test("W2.2 every particle is gone after three seconds and its wait", () => {
  const burst = createBurst(seeded(7));
  burst.spawn("❤️", particlesMax);
  burst.step(1_500);
  assert.equal(burst.count, particlesMax);
  for (let passed = 1_500; passed < 3_000 + staggerMs; passed += 16) burst.step(16);
  assert.equal(burst.count, 0);
});

test("W2.1 more kinds of emoji than there are sprites take the place of the one not seen for longest", () => {
  const burst = createBurst(seeded(3));
  for (let kind = 0; kind < spritesMax; kind++) burst.spawn(`kind ${kind}`, 1);
  burst.spawn("kind 0", 1);
  burst.spawn("another", 1);
  assert.equal(burst.sprites.length, spritesMax);
  assert.ok(!burst.sprites.includes("kind 1"));
  assert.ok(burst.sprites.includes("kind 0") && burst.sprites.includes("another"));
  assert.equal(burst.count, spritesMax + 1);
});
