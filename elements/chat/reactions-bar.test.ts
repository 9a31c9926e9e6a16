import assert from "node:assert/strict";
import { test } from "node:test";
import { movedTo } from "./moved-to.ts";
import { countOf, createCountWords } from "./reactions-bar.ts";

test("W2.8 arrow keys move along the bar and round its ends, Home and End to them", () => {
  assert.equal(movedTo("ArrowRight", 0, 3, false), 1);
  assert.equal(movedTo("ArrowRight", 2, 3, false), 0);
  assert.equal(movedTo("ArrowLeft", 0, 3, false), 2);
  assert.equal(movedTo("Home", 2, 3, false), 0);
  assert.equal(movedTo("End", 0, 3, false), 2);
  assert.equal(movedTo("Enter", 0, 3, false), null);
  assert.equal(movedTo("ArrowRight", -1, 3, false), null);
  assert.equal(movedTo("End", 0, 0, false), null);
});

test("W2.8 from right to left the arrows lead where they point", () => {
  assert.equal(movedTo("ArrowLeft", 0, 3, true), 1);
  assert.equal(movedTo("ArrowRight", 1, 3, true), 0);
});

test("W2.7 counts are short, in the language of the page, and never a property that every object has", () => {
  const words = createCountWords();
  assert.deepEqual(
    [0, 7, 999, 1_234, 1_000_000].map((count) => words(count, "en")),
    ["0", "7", "999", "1.2K", "1M"],
  );
  assert.equal(words(1_234, "de"), "1234");
  assert.equal(countOf(null, "❤️"), 0);
  assert.equal(countOf({ "❤️": 3 }, "❤️"), 3);
  assert.equal(countOf({}, "toString"), 0);
});
