import assert from "node:assert/strict";
import { test } from "node:test";
import { hindranceTo, joined, lengthStep, type SendFacts } from "./composer-state.ts";
import { lengthOf, textCharsMax } from "./composer-text.ts";

function hindrance(text: string, facts: Partial<SendFacts> = {}) {
  return hindranceTo({ text, length: lengthOf(text), purpose: "say", closed: false, waitMs: 0, ...facts });
}

test("W7.15 a text is not sent while it is blank or too long, the chat is closed, or slow mode lasts", () => {
  assert.equal(hindrance("hi"), null);
  assert.equal(hindrance(" \n "), "blank");
  assert.equal(hindrance("x".repeat(textCharsMax)), null);
  assert.equal(hindrance("x".repeat(textCharsMax + 1)), "over");
  assert.equal(hindrance("hi", { closed: true }), "closed");
  assert.equal(hindrance("hi", { waitMs: 1 }), "wait");
});

test("W7.15 slow mode keeps neither commands nor edits", () => {
  assert.equal(hindrance("/ignore Ben", { waitMs: 1 }), null);
  assert.equal(hindrance("hi", { waitMs: 1, purpose: "edit" }), null);
  assert.equal(hindrance("hi", { waitMs: 1, purpose: "reply" }), "wait");
});

test("W7.16 the countdown is read out in steps, and once when it is over", () => {
  assert.deepEqual(
    [500, 101, 100, 99, 51, 50, 20, 10, 1, 0, -1, -9].map(lengthStep),
    [0, 0, 1, 1, 1, 2, 3, 4, 4, 5, 6, 6],
  );
});

test("W7.17 what is put behind a text has one blank before it", () => {
  assert.equal(joined("", "hi"), "hi");
  assert.equal(joined("so", "hi"), "so hi");
  assert.equal(joined("so ", "hi"), "so hi");
});
