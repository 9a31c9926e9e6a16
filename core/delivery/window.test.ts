import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import * as fc from "fast-check";
import { crowding, firstPace, nextFlush, type Pace, paceAfter, windowMs, type Worked } from "./window.ts";

const { windowMs: least, windowMsMax: most } = limits;
const quiet = { ms: 1_000, busyMs: 100, cpuMs: 100, writes: 0, bytes: 0, writingMs: 0, totals: 0 };
const full = { ms: 1_000, busyMs: 950, cpuMs: 950, writes: 60_000, bytes: 0, writingMs: 600, totals: 0 };

/** After so many seconds of the same. */
function paceOf(worked: Worked, seconds: number): Pace {
  let pace = firstPace;
  for (let second = 0; second < seconds; second++) pace = paceAfter(pace, worked, time(second * 1_000));
  return pace;
}

test("D1.16 the first entry after silence leaves at once, the next one window after it", () => {
  assert.equal(nextFlush(time(0), time(1_000), 50), 1_000);
  assert.equal(nextFlush(time(1_000), time(1_001), 50), 1_050);
  assert.equal(nextFlush(time(1_000), time(1_050), 50), 1_050);
});

test("D1.77 totals, which take what is left, make no window wider and no room hotter", () => {
  const pace = paceOf({ ...full, totals: 50_000 }, 20);
  const alone = paceOf(full, 20);
  assert.equal(pace.stretch, 1);
  assert.ok(alone.stretch > 1 && crowding(pace, 0.35) < crowding(alone, 0.35));
});

test("D1.16 a clock that was set back delays nothing by more than a window", () => {
  assert.equal(nextFlush(time(3_600_000), time(1_000), 250), 1_250);
});

test("D1.35 few sockets have the shortest window, many a longer one, so that writing takes no more than its share", () => {
  const pace: Pace = { ...firstPace, writeUs: 6 };
  assert.equal(windowMs(0, pace, true), least);
  assert.equal(windowMs(2_000, pace, true), least);
  const at20000 = windowMs(20_000, pace, true);
  assert.ok(at20000 >= 330 && at20000 <= 360, `${at20000} ms for 20,000 sockets`);
  assert.equal(windowMs(500_000, pace, true), most);
  fc.assert(
    fc.property(
      fc.nat({ max: 1_000_000 }),
      fc.nat({ max: 10_000 }),
      fc.double({ min: 1, max: 1_000, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      (sockets, more, writeUs, stretch) => {
        const window = windowMs(sockets, { ...firstPace, writeUs, stretch }, true);
        assert.ok(window >= least && window <= most);
        assert.ok(windowMs(sockets + more, { ...firstPace, writeUs, stretch }, true) >= window);
      },
    ),
  );
});

test("D1.35 what a write costs is measured where there were enough of them", () => {
  const worked = { ...quiet, busyMs: 300, cpuMs: 300, writes: 50_000, bytes: 5_000_000, writingMs: 250 };
  const pace = paceOf(worked, 20);
  assert.ok(Math.abs(pace.writeUs - 5) < 0.1, `${pace.writeUs} µs`);
  const few = { ...worked, writes: 10, bytes: 1_000, writingMs: 100 };
  assert.equal(paceAfter(pace, few, time(20_000)).writeUs, pace.writeUs);
});

test("D1.71 a room has its share of the loop, less where others need the time, and never nothing", () => {
  const share = 0.35;
  assert.equal(crowding(firstPace, share), 1);
  assert.equal(crowding({ ...firstPace, writing: 0.4, other: 0.4 }, share), 1);
  const half = crowding({ ...firstPace, other: 0.6 }, share);
  assert.ok(Math.abs(half - share / 0.2) < 1e-9);
  assert.equal(crowding({ ...firstPace, other: 1 }, share), share / 0.15);
  const widest = limits.windowMsMax / limits.windowMs;
  assert.ok(crowding({ ...firstPace, stretch: widest, writing: 0.9 }, share) > 1.1, "in the widest windows");
  assert.equal(crowding({ ...firstPace, stretch: 2, writing: 0.7, other: 0.1 }, share), 1);
});

test("D1.71 a process that is given half a core has half as much for rooms", () => {
  const pace = paceOf({ ...quiet, busyMs: 990, cpuMs: 495, writes: 10_000, writingMs: 300 }, 30);
  assert.ok(Math.abs(pace.capacity - 0.5) < 0.01);
  assert.ok(crowding(pace, 0.35) > crowding({ ...pace, capacity: 1 }, 0.35));
});

test("D1.74 where the loop is full it is the large rooms that wait", () => {
  const pace: Pace = { ...firstPace, stretch: 4 };
  assert.equal(windowMs(20, pace, false), limits.windowMs);
  assert.equal(windowMs(20, pace, true), 4 * limits.windowMs);
});

test("D1.36 where rooms together fill the loop windows widen at once, and narrow by steps after five seconds of calm", () => {
  let pace = firstPace;
  for (let second = 0; second < 4; second++) pace = paceAfter(pace, full, time(second * 1_000));
  assert.ok(windowMs(100, pace, true) > 4 * least);
  const wide = pace.stretch;
  for (let second = 4; second < 9; second++) pace = paceAfter(pace, quiet, time(second * 1_000));
  assert.equal(pace.stretch, wide);
  pace = paceAfter(pace, quiet, time(9_000));
  assert.ok(pace.stretch < wide && pace.stretch > wide / 2);
  for (let second = 10; second < 40; second++) pace = paceAfter(pace, quiet, time(second * 1_000));
  assert.equal(windowMs(100, pace, true), least);
});

test("D1.36 between full and spare nothing changes, and a loop that others fill is not helped by waiting", () => {
  const pace: Pace = { ...firstPace, stretch: 3 };
  for (const worked of [
    { ...full, busyMs: 650, cpuMs: 650 },
    { ...full, writingMs: 50, totals: 0 },
  ])
    assert.equal(paceAfter(pace, worked, time(0)).stretch, 3);
  let widest = pace;
  for (let second = 0; second < 60; second++) widest = paceAfter(widest, full, time(second * 1_000));
  assert.equal(windowMs(1, widest, true), most);
  const once = paceAfter({ ...pace, spareSince: time(0) }, { ...full, busyMs: 650, cpuMs: 650 }, time(4_000));
  assert.equal(paceAfter(once, quiet, time(5_500)).stretch, 3, "calm begins anew");
});
