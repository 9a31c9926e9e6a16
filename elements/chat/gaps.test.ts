import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, key, seq } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { addGap, type Gap, placeGaps } from "./gaps.ts";
import { aMessage } from "./shown.fixture.ts";

/** A message of somebody else at its place in the room. */
function messageAt(at: number): Shown {
  return aMessage({ id: entryId(`message-${at}`), seq: seq(at) });
}

/** One's own message, before the room has given it a place. */
function aPending(counter: number): Shown {
  return aMessage({ id: null, key: key(`session0:${counter}`), status: "pending" });
}

function aGap(from: number, to: number, reason: Gap["reason"] = "too-many"): readonly Gap[] {
  return addGap([], { from: seq(from), to: seq(to), reason });
}

test("X4.13 a gap stands before the first message behind it, and counts what is missing until there", () => {
  const messages = [messageAt(5), aPending(0), messageAt(30), messageAt(31)];
  assert.deepEqual(placeGaps(aGap(6, 40), messages), [
    { from: 6, to: 29, reason: "too-many", before: "message-30" },
  ]);
});

test("X4.13 a gap without anything behind it waits at the end", () => {
  const [gap] = placeGaps(aGap(6, 40), [messageAt(5)]);
  assert.equal(gap?.before, null);
});

test("X4.13 a gap that the view has filled is none", () => {
  assert.deepEqual(placeGaps(aGap(6, 9), [messageAt(5), messageAt(6)]), []);
});

test("X4.13 a placed gap stays before its message and leaves with it", () => {
  const placed = placeGaps(aGap(6, 9), [messageAt(10)]);
  assert.deepEqual(placeGaps(placed, [messageAt(10), messageAt(11)]), placed);
  assert.deepEqual(placeGaps(placed, [messageAt(11)]), []);
});

test("X4.13 a restored history is said to begin at its first message", () => {
  const [gap] = placeGaps(aGap(0, 0, "epoch"), [messageAt(1)]);
  assert.deepEqual([gap?.before, gap?.reason], ["message-1", "epoch"]);
});

test("X4.13 the oldest of too many gaps is forgotten", () => {
  let gaps: readonly Gap[] = [];
  for (let at = 1; at <= 50; at++) gaps = addGap(gaps, { from: seq(at), to: seq(at), reason: "lost" });
  assert.equal(gaps.length, 20);
  assert.equal(gaps.at(-1)?.from, 50);
});
