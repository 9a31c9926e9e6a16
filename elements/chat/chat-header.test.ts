import assert from "node:assert/strict";
import { test } from "node:test";
import { type Audience, viewersIn } from "./chat-header.ts";

function anAudience(changes: Partial<Audience["room"]> = {}): Audience {
  return {
    room: { state: "live", settings: { state: "live" }, tally: { viewers: 12_345 }, ...changes },
  };
}

test("W9.4 how many watch is said while something is on and the number is a present one", () => {
  assert.equal(viewersIn(anAudience()), 12_345);
  assert.equal(viewersIn(null), 0);
  assert.equal(viewersIn(anAudience({ tally: null })), 0);
  assert.equal(viewersIn(anAudience({ settings: null })), 0);
  for (const state of ["joining", "catching-up", "paused", "left", "refused"] as const)
    assert.equal(viewersIn(anAudience({ state })), 0, state);
  for (const state of ["scheduled", "ended", "archived"] as const)
    assert.equal(viewersIn(anAudience({ settings: { state } })), 0, state);
});
