import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { entryId, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { Entries } from "@chorus/protocol/frames.ts";
import * as fc from "fast-check";
import { createLatencies } from "./latencies.ts";
import { createRoomRecord } from "./room-record.ts";
import { createSpans } from "./spans.ts";
import { saidAt, textOf } from "./talkers.ts";
import { createViewerCheck, type Measures } from "./viewer-check.ts";

function measures(): Measures {
  return { record: createRoomRecord(saidAt("run")), receive: createLatencies(), publish: createLatencies() };
}

/** The entry that stands at this seq in every test, unless it is given another id. */
function message(at: number, id = `entry-${at}`, text = "hi"): EntryBody {
  const by = personId("ada");
  return {
    k: "message",
    id: entryId(id.padEnd(8, "-")),
    time: time(1_000),
    by,
    name: "Ada",
    role: "viewer",
    text,
  };
}

function range(from: number, to: number, bodies?: EntryBody[]): Entries {
  const e = bodies ?? Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
  return { t: "entries", room: roomId("demo"), from: seq(from), to: seq(to), e };
}

function aViewer(at: number, shared = measures()) {
  const check = createViewerCheck(shared);
  check.begin(at);
  return check;
}

test("X9.20 a viewer expects everything from its first live position to the last that anybody received", () => {
  const check = createViewerCheck(measures());
  check.received(range(1, 4), 0, true, 1_000);
  assert.deepEqual([check.begun, check.sum(9, 4).expected], [false, 0]);
  check.begin(4);
  check.received(range(5, 9), 4, true, 1_000);
  assert.deepEqual(check.sum(9, 9), {
    expected: 5,
    delivered: 5,
    lost: 0,
    shed: 0,
    doubled: 0,
    outOfOrder: 0,
    gaps: 0,
  });
});

test("X9.21 what never came, or came and was never applied, is lost; what was sampled away is shed", () => {
  const check = aViewer(0);
  check.received(range(1, 3), 0, true, 1_000);
  check.gap();
  check.received(range(8, 9), 7, true, 1_000);
  assert.deepEqual(check.sum(10, 9), {
    expected: 10,
    delivered: 5,
    lost: 5,
    shed: 0,
    doubled: 0,
    outOfOrder: 0,
    gaps: 1,
  });
  assert.deepEqual([check.sum(10, 8).delivered, check.sum(10, 8).lost], [4, 6]);
  const sampled = aViewer(0);
  sampled.received(
    { ...range(1, 5, [message(2), message(4)]), s: [seq(2), seq(4)], shed: 3 },
    0,
    true,
    1_000,
  );
  assert.deepEqual([sampled.sum(5, 5).delivered, sampled.sum(5, 5).shed, sampled.sum(5, 5).lost], [2, 3, 0]);
});

test("X9.22 what the client passes over is no double: what it has applied, and what fills a hole twice", () => {
  const check = aViewer(2);
  check.received(range(3, 6), 2, true, 1_000);
  check.received(range(5, 7), 6, false, 1_000);
  check.received(range(9, 9), 7, true, 1_000);
  check.received(range(8, 9), 7, true, 1_000);
  const { delivered, lost, doubled, outOfOrder } = check.sum(9, 9);
  assert.deepEqual([delivered, lost, doubled, outOfOrder], [7, 0, 0, 0]);
});

test("X9.23 an entry at two places is doubled; another entry than others got is out of order", () => {
  const shared = measures();
  aViewer(0, shared).received(range(1, 2), 0, true, 1_000);
  const twice = aViewer(0, shared);
  twice.received(range(1, 3, [message(1), message(2), message(3, "entry-1")]), 0, true, 1_000);
  assert.deepEqual([twice.sum(3, 3).doubled, twice.sum(3, 3).outOfOrder], [1, 0]);
  const swapped = aViewer(0, shared);
  swapped.received(range(1, 2, [message(2), message(1)]), 0, true, 1_000);
  assert.equal(swapped.sum(2, 2).outOfOrder, 2);
});

test("X9.23 a message that the application is shown twice is doubled, one that is shown late is out of order", () => {
  const check = aViewer(0);
  for (const at of [1, 3, 3, 2, 4]) check.shown(at);
  assert.deepEqual([check.sum(0, 0).doubled, check.sum(0, 0).outOfOrder], [1, 1]);
});

test("X9.24 receipt is measured from the room's time and from say, for what came live alone", () => {
  const shared = measures();
  const check = aViewer(0, shared);
  check.received(range(1, 1, [message(1, "entry-1", textOf("run", 7, 960))]), 0, true, 1_040);
  check.received(range(2, 2), 1, true, 1_050);
  check.received(range(3, 3), 2, false, 60_000);
  assert.deepEqual(
    [shared.receive.count, shared.receive.percentile(50), shared.receive.percentile(99)],
    [2, 40, 50],
  );
  assert.deepEqual([shared.publish.count, shared.publish.percentile(50)], [1, 80]);
  assert.equal(saidAt("other")(message(1, "entry-1", textOf("run", 7, 960))), null);
});

test("X9.25 ranges added in any order are the set of their numbers", () => {
  const ranges = fc.array(fc.tuple(fc.nat(40), fc.nat(8)), { maxLength: 20 });
  fc.assert(
    fc.property(ranges, (added) => {
      const spans = createSpans();
      const numbers = new Set<number>();
      for (const [from, length] of added) {
        spans.add(from, from + length - 1);
        for (let n = from; n < from + length; n++) numbers.add(n);
      }
      for (let n = 0; n < 50; n++) assert.equal(spans.has(n), numbers.has(n));
      assert.equal(spans.count(5, 30), [...numbers].filter((n) => n >= 5 && n <= 30).length);
    }),
    { numRuns: 300 },
  );
});
