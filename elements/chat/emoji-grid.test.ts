import assert from "node:assert/strict";
import { test } from "node:test";
import { cellMovedTo, gridColumns, rowsOf } from "./emoji-grid.ts";

/** Two full rows and three cells. */
const count = 2 * gridColumns + 3;
const last = count - 1;
const to = (key: string, from: number) => cellMovedTo(key, from, count, false);

test("W7.20 arrows move in the grid and stay in it, upwards they leave it", () => {
  assert.equal(to("ArrowRight", 0), 1);
  assert.equal(to("ArrowRight", last), last);
  assert.equal(to("ArrowLeft", 0), 0);
  assert.equal(to("ArrowDown", 1), gridColumns + 1);
  assert.equal(to("ArrowUp", gridColumns + 1), 1);
  assert.equal(to("ArrowUp", 3), -1);
  assert.equal(to("ArrowDown", 2 * gridColumns - 1), last);
  assert.equal(to("ArrowDown", last), last);
  assert.equal(to("a", 3), null);
  assert.equal(cellMovedTo("ArrowDown", 0, 0, false), null);
});

test("W7.20 right to left turns only the arrows that have a side", () => {
  assert.equal(cellMovedTo("ArrowLeft", 0, count, true), 1);
  assert.equal(cellMovedTo("ArrowRight", 1, count, true), 0);
  assert.equal(cellMovedTo("ArrowDown", 0, count, true), gridColumns);
});

test("W7.20 Home and End mean the row, with Ctrl the whole; pages keep the column", () => {
  assert.equal(to("Home", gridColumns + 3), gridColumns);
  assert.equal(to("End", gridColumns), 2 * gridColumns - 1);
  assert.equal(to("End", 2 * gridColumns), last);
  assert.equal(cellMovedTo("Home", last, count, false, true), 0);
  assert.equal(cellMovedTo("End", 0, count, false, true), last);
  assert.equal(to("PageDown", 1), 2 * gridColumns + 1);
  assert.equal(to("PageUp", 2 * gridColumns + 1), 1);
});

test("W7.20 rows are full but for the last", () => {
  assert.deepEqual(rowsOf([]), []);
  const rows = rowsOf(Array.from({ length: count }, (_, index) => index));
  assert.deepEqual(
    rows.map((row) => row.length),
    [gridColumns, gridColumns, 3],
  );
});
