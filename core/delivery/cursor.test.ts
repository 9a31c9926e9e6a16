import assert from "node:assert/strict";
import { test } from "node:test";
import { seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { createCursor, isLost, mayWrite, report } from "./cursor.ts";

test("D1.10 a viewer is written to until it is behind the line with something unseen", () => {
  const cursor = createCursor(seq(10));
  cursor.sent = seq(20);
  assert.ok(mayWrite(cursor, seq(10), 0, time(0)));
  assert.ok(!mayWrite(cursor, seq(11), 0, time(1)));
  assert.equal(cursor.stalledSince, 1);
  cursor.seen = cursor.sent;
  assert.ok(mayWrite(cursor, seq(30), 0, time(2)), "nothing is unseen, however far the others are");
});

test("D1.11 a viewer whose socket holds too much is not written to until it holds less", () => {
  const cursor = createCursor(seq(10));
  assert.ok(mayWrite(cursor, seq(0), limits.stalledBytesMax, time(0)));
  assert.ok(!mayWrite(cursor, seq(0), limits.stalledBytesMax + 1, time(1)));
  assert.ok(mayWrite(cursor, seq(0), 0, time(2)), "it had nothing to report, all was seen");
  assert.equal(cursor.stalledSince, null);
});

test("D1.12 a report is believed only ahead of the last and within what was sent", () => {
  const cursor = createCursor(seq(10));
  cursor.sent = seq(20);
  assert.deepEqual(
    [10, 9, 21, 15, 15, 14, 20].map((seen) => report(cursor, seq(seen))),
    [false, false, false, true, false, false, true],
  );
  assert.equal(cursor.seen, 20);
});

test("D1.13 a stalled viewer is lost after a time, and any progress begins that time anew", () => {
  const cursor = createCursor(seq(0));
  cursor.sent = seq(2);
  mayWrite(cursor, seq(1), 0, time(1_000));
  mayWrite(cursor, seq(2), 0, time(30_000));
  assert.ok(!isLost(cursor, time(1_000 + limits.stalledCloseMs)));
  assert.ok(isLost(cursor, time(1_001 + limits.stalledCloseMs)));
  report(cursor, seq(1));
  assert.ok(!isLost(cursor, time(1_001 + limits.stalledCloseMs)));
});
