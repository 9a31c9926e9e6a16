import assert from "node:assert/strict";
import { test } from "node:test";
import { seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { createMarks, mark, stallLine } from "./marks.ts";

test("D1.14 the line passes what was sent longer ago than the time allowed", () => {
  const marks = createMarks(seq(5));
  mark(marks, seq(6), time(0), 10);
  mark(marks, seq(9), time(1_000), 10);
  assert.equal(stallLine(marks, time(limits.stalledMs)), 5);
  assert.equal(stallLine(marks, time(limits.stalledMs + 1)), 6);
  assert.equal(stallLine(marks, time(limits.stalledMs + 1_001)), 9);
});

test("D1.14 the line passes what was followed by more bytes than may be unseen", () => {
  const marks = createMarks(seq(0));
  for (let i = 1; i <= 4; i++) mark(marks, seq(i), time(i), limits.stalledBytesMax / 2);
  assert.equal(stallLine(marks, time(4)), 1, "two marks make what may be unseen, three more than that");
  mark(marks, seq(5), time(5), 1);
  assert.equal(stallLine(marks, time(5)), 2);
});

test("D1.15 marks behind the line are forgotten, and the line never goes back", () => {
  const marks = createMarks(seq(0));
  for (let i = 1; i <= 1_000; i++) {
    mark(marks, seq(i), time(i * limits.windowMs), 1);
    stallLine(marks, time(i * limits.windowMs));
  }
  assert.ok(marks.list.length <= limits.stalledMs / limits.windowMs + 1);
  const line = stallLine(marks, time(1_000 * limits.windowMs));
  assert.equal(stallLine(marks, time(0)), line);
});
