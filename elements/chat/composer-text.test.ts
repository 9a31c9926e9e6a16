import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { personId } from "@chorus/protocol/ids.ts";
import {
  countdownFromChars,
  lastSaidAt,
  lengthOf,
  secondsLeft,
  slowLeftMs,
  textCharsMax,
} from "./composer-text.ts";

const me = personId("me");
const other = personId("other");
type Said = Parameters<typeof lastSaidAt>[0][number];

function said(time: number, changes: Partial<Said> = {}): Said {
  return { key: null, by: me, status: "confirmed", time, ...changes };
}

test("W7.5 the length of a text is the protocol's", () => {
  assert.equal(textCharsMax, limits.textCharsMax);
});

test("W7.8 a text is as long as the room will count it: code points, composed, without blanks around it", () => {
  assert.equal(lengthOf("  hi\n ").chars, 2);
  assert.equal(lengthOf("😀👩‍🚀").chars, 4);
  assert.equal(lengthOf("e\u0301").chars, 1);
  assert.equal(lengthOf("a\r\nb").chars, 3);
  assert.deepEqual(lengthOf(" \n"), { chars: 0, left: textCharsMax, blank: true, worthSaying: false });
});

test("W7.8 near the limit and beyond it the length is worth saying", () => {
  const near = textCharsMax - countdownFromChars;
  assert.equal(lengthOf("x".repeat(near - 1)).worthSaying, false);
  assert.equal(lengthOf("x".repeat(near)).worthSaying, true);
  assert.deepEqual(lengthOf("😀".repeat(textCharsMax)).left, 0);
  assert.deepEqual(lengthOf("x".repeat(textCharsMax + 3)).left, -3);
});

test("W7.9 slow mode counts from what was last said, waiting or stored, and not from what was refused", () => {
  const key = null;
  const messages = [
    said(100),
    said(200, { status: "refused" }),
    said(300, { by: other }),
    said(400, { key, by: null }),
  ];
  assert.equal(lastSaidAt(messages, me, 0), 100);
  assert.equal(lastSaidAt(messages, personId("nobody"), 0), null);
  assert.equal(lastSaidAt([said(100, { status: "held" })], me, 50), 100);
  assert.equal(lastSaidAt([said(100, { status: "pending" })], me, 50), 150);
  assert.equal(lastSaidAt([], me, 0), null);
});

test("W7.9 the countdown ends with the pause and is never longer than it", () => {
  assert.equal(slowLeftMs(10_000, 5_000, 6_000), 9_000);
  assert.equal(slowLeftMs(10_000, 5_000, 15_000), 0);
  assert.equal(slowLeftMs(10_000, 5_000, 90_000), 0);
  assert.equal(slowLeftMs(10_000, 90_000, 5_000), 10_000);
  assert.equal(slowLeftMs(10_000, null, 5_000), 0);
  assert.equal(slowLeftMs(0, 5_000, 5_000), 0);
  assert.deepEqual([9_001, 1, 0].map(secondsLeft), [10, 1, 0]);
});
