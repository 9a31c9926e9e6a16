import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  busyPerSecond,
  calmPerSecond,
  createEventRate,
  createPaintSchedule,
  nextPaintAt,
  type PaintClock,
  pauseMsMax,
  turnsMax,
} from "./paint-schedule.ts";

/** A page whose time the test lets pass, with 60 frames a second. */
function aPage(costMs = 1, layoutMs = 0, left = () => false) {
  let now = 1_000;
  let hidden = false;
  const due = new Map<() => void, number>();
  const onShown = new Set<() => void>();
  const at = (time: number, run: () => void) => {
    due.set(run, time);
    return () => void due.delete(run);
  };
  const clock: PaintClock = {
    now: () => now,
    onFrame: (run) => at(Math.floor(now / 16 + 1) * 16, run),
    after: (ms, run) => at(now + ms, run),
    next: (run) => at(now, run),
    hidden: () => hidden,
    onShown(run) {
      onShown.add(run);
      return () => void onShown.delete(run);
    },
  };
  const paints: number[] = [];
  const costs: number[] = [];
  const layouts: number[] = [];
  const schedule = createPaintSchedule(
    {
      paint() {
        paints.push(now);
        now += costMs;
        return !left();
      },
      layOut() {
        layouts.push(now);
        now += layoutMs;
      },
      painted: (cost) => costs.push(cost),
    },
    clock,
  );
  function pass(ms: number): void {
    for (const end = now + ms; now < end;) {
      now++;
      for (const [run, time] of due) if (time <= now && due.delete(run)) run();
    }
  }
  return {
    schedule,
    clock,
    paints,
    costs,
    layouts,
    pass,
    pending: () => due.size,
    turn(to: "hidden" | "shown") {
      hidden = to === "hidden";
      if (!hidden) for (const run of onShown) run();
    },
  };
}

const someFacts = fc.record({
  now: fc.integer({ min: 0, max: 100_000 }),
  paintedAt: fc.integer({ min: 0, max: 100_000 }),
  costMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
  perSecond: fc.integer({ min: 0, max: 10_000 }),
});

test("W1.1 in calm the next paint is at once", () => {
  const facts = { now: 5_000, paintedAt: 4_990, costMs: 2, perSecond: calmPerSecond };
  assert.equal(nextPaintAt(facts), 5_000);
  assert.equal(nextPaintAt({ ...facts, paintedAt: -Infinity, costMs: 500, perSecond: 500 }), 5_000);
});

test("W1.2 under load a paint begins 250 ms after the last one", () => {
  const facts = { now: 5_000, paintedAt: 4_990, costMs: 2, perSecond: busyPerSecond };
  assert.equal(nextPaintAt(facts), 4_990 + pauseMsMax);
  assert.equal(nextPaintAt({ ...facts, costMs: 60, perSecond: 1 }), 4_990 + pauseMsMax);
});

test("W1.2 no paint is in the past, none later than 250 ms after the last, and more load never makes it earlier", () => {
  fc.assert(
    fc.property(someFacts, fc.nat(1_000), fc.nat(100), (facts, events, ms) => {
      const at = nextPaintAt(facts);
      assert.ok(at >= facts.now);
      assert.ok(at <= Math.max(facts.now, facts.paintedAt + pauseMsMax));
      assert.ok(nextPaintAt({ ...facts, perSecond: facts.perSecond + events }) >= at);
      assert.ok(nextPaintAt({ ...facts, costMs: facts.costMs + ms }) >= at);
    }),
  );
});

test("W1.2 the rate is that of the last second, to a tenth", () => {
  const rate = createEventRate();
  for (let now = 0; now < 2_000; now += 20) rate.came(now);
  assert.equal(rate.perSecond(1_999), 50);
  assert.equal(rate.perSecond(2_450), 25);
  assert.equal(rate.perSecond(3_000), 0);
  rate.came(1_000_000, 7);
  assert.equal(rate.perSecond(1_000_050), 7);
  assert.equal(rate.perSecond(999_000), 7);
});

test("W1.1 an event in calm is on the screen with the next frame, and many of one frame are one paint", () => {
  const page = aPage();
  for (let nth = 0; nth < 30; nth++) page.schedule.soon();
  page.pass(16);
  assert.equal(page.paints.length, 1);
  page.pass(2_000);
  page.schedule.soon();
  page.pass(16);
  assert.equal(page.paints.length, 2);
  page.pass(10_000);
  assert.equal(page.paints.length, 2);
});

test("W1.2 four hundred events a second are four paints a second, twenty-five are one each, and the last event is painted", () => {
  for (const [eachMs, least, most] of [
    [2.5, 10, 16],
    [40, 60, 76],
  ] as const) {
    const page = aPage();
    for (let now = 0; now < 5_000; now += eachMs) {
      page.schedule.soon();
      page.pass(eachMs);
    }
    const after = page.paints.filter((at) => at > 2_000 && at <= 5_000).length;
    assert.ok(after >= least && after <= most, `${after} paints in three seconds`);
    page.schedule.soon();
    const before = page.paints.length;
    page.pass(pauseMsMax + 16);
    assert.equal(page.paints.length, before + 1);
  }
});

test("W1.2 painting that is slow by itself has a fifth of the time", () => {
  const page = aPage(20);
  for (let nth = 0; nth < 400; nth++) {
    page.schedule.soon();
    page.pass(25);
  }
  assert.ok(page.paints.length <= 10_000 / 100);
  assert.ok(page.costs.every((cost) => cost === 20));
});

test("W1.2 under load the page is laid out after each paint, in a task of its own, and in calm by the frame", () => {
  const page = aPage(5, 7);
  page.schedule.soon();
  page.pass(16);
  assert.deepEqual([page.paints.length, page.layouts.length, page.costs], [1, 0, [5]]);
  for (let nth = 0; nth < 100; nth++) {
    page.schedule.soon();
    page.pass(10);
  }
  page.pass(pauseMsMax + 16);
  const underLoad = page.paints.filter((at) => at > 1_500);
  assert.ok(underLoad.length >= 3);
  assert.deepEqual(
    page.layouts.filter((at) => at > 1_500),
    underLoad.map((at) => at + 5),
  );
  assert.equal(page.costs.at(-1), 12);
  const before = page.layouts.length;
  page.schedule.now();
  page.schedule.stop();
  page.pass(1_000);
  assert.equal(page.layouts.length, before);
});

test("W1.12 what a paint leaves follows at once in turns, each laid out by itself, and is one paint by its cost", () => {
  let left = 0;
  const page = aPage(5, 7, () => left-- > 0);
  for (let nth = 0; nth < 100; nth++) {
    page.schedule.soon();
    page.pass(10);
  }
  page.pass(1_000);
  const [paints, layouts] = [page.paints.length, page.layouts.length];
  for (let nth = 0; nth < 11; nth++) page.schedule.soon();
  left = 3;
  page.pass(pauseMsMax);
  assert.deepEqual([page.paints.length - paints, page.layouts.length - layouts], [4, 4]);
  const [first = 0, , , last = 0] = page.paints.slice(-4);
  assert.equal(last - first, 3 * (5 + 7));
  assert.equal(page.costs.at(-1), 4 * (5 + 7));
});

test("W1.12 a paint that never has done pauses after eight turns, and goes on by itself", () => {
  let left = 20;
  const page = aPage(5, 0, () => left-- > 0);
  page.schedule.soon();
  page.pass(16 + turnsMax * 6);
  assert.equal(page.paints.length, turnsMax);
  page.pass(100);
  assert.equal(page.paints.length, turnsMax, "it has a fifth of the time");
  page.pass(3 * pauseMsMax);
  assert.equal(page.paints.length, 21);
});

test("W1.12 after the end no turn is taken any more", () => {
  const page = aPage(5, 0, () => {
    if (page.paints.length === 1) page.clock.after(0, page.schedule.stop);
    return true;
  });
  page.schedule.soon();
  page.pass(1_000);
  assert.ok(page.paints.length < turnsMax, `${page.paints.length} paints`);
});

test("W1.3 what a person did is painted with the next frame, whatever the load", () => {
  const page = aPage();
  for (let nth = 0; nth < 200; nth++) {
    page.schedule.soon();
    page.pass(10);
  }
  const before = page.paints.length;
  page.schedule.now();
  page.schedule.now();
  page.pass(16);
  assert.equal(page.paints.length, before + 1);
});

test("W1.4 a hidden document is not painted, and waits for nothing; once it is shown, it is painted at once", () => {
  const page = aPage();
  page.turn("hidden");
  for (let nth = 0; nth < 50; nth++) {
    page.schedule.soon();
    page.schedule.now();
    page.pass(20);
  }
  assert.deepEqual([page.paints.length, page.pending()], [0, 0]);
  page.turn("shown");
  page.pass(16);
  assert.equal(page.paints.length, 1);
  page.turn("hidden");
  page.turn("shown");
  page.pass(1_000);
  assert.equal(page.paints.length, 1);
});

test("W1.4 a document that is hidden while a paint waits is painted when it is shown", () => {
  const page = aPage();
  page.schedule.soon();
  page.turn("hidden");
  page.pass(500);
  assert.equal(page.paints.length, 0);
  page.turn("shown");
  page.pass(16);
  assert.equal(page.paints.length, 1);
});

test("W1.4 after the end nothing is painted", () => {
  const page = aPage();
  page.schedule.soon();
  page.schedule.stop();
  page.schedule.soon();
  page.schedule.now();
  page.pass(1_000);
  assert.equal(page.paints.length, 0);
});
