import assert from "node:assert/strict";
import { test } from "node:test";
import { createBurstStage, type Stage, type StageOrder } from "./burst-stage.ts";

/** A stage whose frames come when the test says so, and which tells how many particles were drawn last. */
function aStage(frameMs = 16) {
  const waiting: ((time: number) => void)[] = [];
  const drawn: number[] = [];
  let now = 0;
  const stage: Stage = createBurstStage({
    chance: () => 0.5,
    now: () => now,
    onFrame: (run) => void waiting.push(run),
    surfaceOf: () => ({ resize() {}, draw: (burst) => void drawn.push(burst.count) }),
  });
  return {
    drawn,
    waiting,
    tell: (...orders: StageOrder[]) => {
      for (const order of orders) stage.obey(order);
    },
    frames(many: number) {
      for (let nth = 0; nth < many; nth++) waiting.shift()?.((now += frameMs));
    },
    rest: (ms: number) => (now += ms),
  };
}

/** The surface of these tests looks at no canvas; any object that is not there will do for one. */
const opened: StageOrder[] = [
  { t: "canvas", canvas: Object.create(null) },
  { t: "size", width: 300, height: 500, ratio: 2 },
];
const tenHearts: StageOrder = { t: "spawn", emoji: "❤️", count: 10 };

test("W2.6 while there are no particles no frame is waited for", () => {
  const stage = aStage();
  stage.tell(...opened);
  assert.equal(stage.waiting.length, 0);
  stage.tell(tenHearts, tenHearts);
  assert.equal(stage.waiting.length, 1);
  stage.frames(1_000);
  assert.equal(stage.waiting.length, 0);
  assert.equal(stage.drawn.at(-1), 0);
  stage.tell(tenHearts);
  assert.equal(stage.waiting.length, 1);
});

test("W2.9 nothing is drawn oftener than thirty-three times a second", () => {
  for (const [frameMs, least, most] of [
    [8, 25, 33],
    [16, 25, 33],
    [33, 25, 31],
  ] as const) {
    const stage = aStage(frameMs);
    stage.tell(...opened, tenHearts);
    stage.frames(Math.round(1_000 / frameMs));
    const { length } = stage.drawn;
    assert.ok(length >= least && length <= most, `${length} pictures at ${frameMs} ms a frame`);
  }
});

test("W2.6 without a canvas or without a size nothing flies", () => {
  const stage = aStage();
  stage.tell(tenHearts);
  stage.tell({ t: "canvas", canvas: Object.create(null) }, tenHearts);
  stage.tell({ t: "size", width: 0, height: 500, ratio: 1 }, tenHearts);
  assert.equal(stage.waiting.length, 0);
});

test("W2.6 what is called off is gone at once", () => {
  const stage = aStage();
  stage.tell(...opened, tenHearts);
  stage.frames(3);
  stage.tell({ t: "clear" });
  assert.equal(stage.drawn.at(-1), 0);
  stage.frames(2);
  assert.equal(stage.waiting.length, 0);
});

test("W2.5 slow frames halve what flies, and slower ones end it", () => {
  const slow = aStage(40);
  slow.tell(...opened, tenHearts);
  slow.frames(30);
  const before = slow.drawn.at(-1) ?? 0;
  slow.tell(tenHearts);
  slow.frames(1);
  assert.equal((slow.drawn.at(-1) ?? 0) - before, 5);

  const stuck = aStage(120);
  stuck.tell(...opened, tenHearts);
  stuck.frames(10);
  assert.equal(stuck.drawn.at(-1), 0);
  stuck.tell(tenHearts);
  assert.equal(stuck.waiting.length, 0);
});

test("W2.5 what holds the page up cuts the animation too, and not for ever", () => {
  const stage = aStage();
  stage.tell(...opened);
  for (let nth = 0; nth < 6; nth++) stage.tell({ t: "strained", ms: 120 });
  stage.tell(tenHearts);
  assert.equal(stage.waiting.length, 0);
  stage.rest(10_000);
  stage.tell(tenHearts);
  assert.equal(stage.waiting.length, 1);
});
