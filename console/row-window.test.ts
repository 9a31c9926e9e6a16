import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, integer, nat, option, property } from "fast-check";
import { rowsMax, slid, windowOf } from "./row-window.ts";

const lengths = nat({ max: 1_000 });

test("X4.14 whoever follows sees the last messages, whoever reads back the ones from where they are", () => {
  assert.deepEqual(windowOf(500, null), { start: 300, end: 500 });
  assert.deepEqual(windowOf(500, 100), { start: 100, end: 300 });
  assert.deepEqual(windowOf(500, -1), { start: 0, end: 200 });
  assert.deepEqual(windowOf(3, null), { start: 0, end: 3 });
});

test("X4.14 no window is larger than the rows of a page, or reaches beyond the messages", () => {
  check(
    property(lengths, option(integer({ min: -1, max: 999 })), (length, first) => {
      const { start, end } = windowOf(length, first);
      assert.ok(start >= 0 && end - start <= rowsMax && end <= length);
    }),
  );
});

test("X4.14 scrolling on in one direction arrives at that end", () => {
  check(
    property(lengths, nat({ max: 999 }), (length, first) => {
      let window = windowOf(length, Math.min(first, Math.max(0, length - 1)));
      for (let turn = 0; turn < 10; turn++) window = slid(window, length, "end");
      assert.deepEqual(window, windowOf(length, null));
      for (let turn = 0; turn < 10; turn++) window = slid(window, length, "start");
      assert.equal(window.start, 0);
    }),
  );
});
