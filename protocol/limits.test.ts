import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "./limits.ts";
import { isNamed } from "./sources.fixture.ts";

test("P3.1 every limit is a positive whole number, and something keeps to it", () => {
  for (const [name, value] of Object.entries(limits))
    assert.ok(Number.isSafeInteger(value) && value > 0, name);
  const unused = Object.keys(limits).filter((name) => !isNamed(new RegExp(`\\blimits\\.${name}\\b`)));
  assert.deepEqual(unused, [], "Nothing keeps to these limits.");
});
