import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { nextFlush } from "./window.ts";

test("D1.16 the first entry after silence leaves at once, the next one window after it", () => {
  assert.equal(nextFlush(time(0), time(1_000)), 1_000);
  assert.equal(nextFlush(time(1_000), time(1_001)), 1_000 + limits.windowMs);
  assert.equal(nextFlush(time(1_000), time(1_000 + limits.windowMs)), 1_000 + limits.windowMs);
});

test("D1.16 a clock that was set back delays nothing by more than a window", () => {
  assert.equal(nextFlush(time(3_600_000), time(1_000)), 1_000 + limits.windowMs);
});
