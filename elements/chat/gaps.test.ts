import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, key, personId, seq } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { addGap, type Gap, placeGaps } from "./gaps.ts";

/** A message of somebody else at its place in the room. */
function aMessage(at: number): Shown {
  return {
    id: entryId(`message-${at}`),
    key: null,
    seq: seq(at),
    status: "confirmed",
    time: at,
    by: personId("ada"),
    name: "Ada",
    role: "guest",
    text: `Number ${at}`,
    at: null,
    reply: null,
    mentions: [],
    edited: null,
    shadow: false,
    removed: null,
    trouble: null,
  };
}

/** One's own message, before the room has given it a place. */
function aPending(counter: number): Shown {
  return { ...aMessage(0), id: null, key: key(`session0:${counter}`), seq: null, status: "pending" };
}

function aGap(from: number, to: number, reason: Gap["reason"] = "too-many"): readonly Gap[] {
  return addGap([], { from: seq(from), to: seq(to), reason });
}

test("X4.13 a gap stands before the first message behind it, and counts what is missing until there", () => {
  const messages = [aMessage(5), aPending(0), aMessage(30), aMessage(31)];
  assert.deepEqual(placeGaps(aGap(6, 40), messages), [
    { from: 6, to: 29, reason: "too-many", before: "message-30" },
  ]);
});

test("X4.13 a gap without anything behind it waits at the end", () => {
  const [gap] = placeGaps(aGap(6, 40), [aMessage(5)]);
  assert.equal(gap?.before, null);
});

test("X4.13 a gap that the view has filled is none", () => {
  assert.deepEqual(placeGaps(aGap(6, 9), [aMessage(5), aMessage(6)]), []);
});

test("X4.13 a placed gap stays before its message and leaves with it", () => {
  const placed = placeGaps(aGap(6, 9), [aMessage(10)]);
  assert.deepEqual(placeGaps(placed, [aMessage(10), aMessage(11)]), placed);
  assert.deepEqual(placeGaps(placed, [aMessage(11)]), []);
});

test("X4.13 a restored history is said to begin at its first message", () => {
  const [gap] = placeGaps(aGap(0, 0, "epoch"), [aMessage(1)]);
  assert.deepEqual([gap?.before, gap?.reason], ["message-1", "epoch"]);
});

test("X4.13 the oldest of too many gaps is forgotten", () => {
  let gaps: readonly Gap[] = [];
  for (let at = 1; at <= 50; at++) gaps = addGap(gaps, { from: seq(at), to: seq(at), reason: "lost" });
  assert.equal(gaps.length, 20);
  assert.equal(gaps.at(-1)?.from, 50);
});
