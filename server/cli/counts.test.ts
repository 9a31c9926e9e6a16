import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, time } from "@chorus/protocol/ids.ts";
import { createLatencies, percentilesOf } from "./latencies.ts";
import { isSound, loadResult, loadSummary } from "./load-count.ts";
import { createReplayCount, replaySummary } from "./replay-count.ts";
import type { ViewerSum } from "./viewer-check.ts";

test("X9.14 percentiles are nearest ranks, to a tenth of a millisecond and a minute at most", () => {
  const latencies = createLatencies();
  assert.deepEqual(percentilesOf(latencies), { p50: null, p95: null, p99: null });
  for (let ms = 100; ms >= 1; ms--) latencies.record(ms);
  assert.deepEqual(percentilesOf(latencies), { p50: 50, p95: 95, p99: 99 });
  const few = createLatencies();
  for (const ms of [-3, 0.26, 1e9]) few.record(ms);
  assert.deepEqual([few.percentile(1), few.percentile(50), few.percentile(99)], [0, 0.3, 60_000]);
});

test("X9.15 what was sent is acked, refused by reason or failed; held is part of acked", () => {
  const count = createReplayCount();
  const done = { id: entryId("entry-1234"), time: time(0) };
  for (let i = 0; i < 7; i++) count.sent();
  count.settled({ status: "confirmed", ...done }, 3);
  count.settled({ status: "held", ...done }, 5);
  count.settled({ status: "refused", reason: "pace", sentence: "" }, 1);
  count.settled({ status: "refused", reason: "pace", sentence: "" }, 1);
  count.settled({ status: "refused", reason: "duplicate", sentence: "" }, 1);
  count.settled({ status: "failed", reason: "expired", sentence: "" }, 1);
  assert.equal(count.pending, 1);
  count.settled({ status: "failed", reason: "closed", sentence: "" }, 1);
  const result = count.result({ skipped: { paid: 4 }, authors: 2, seconds: 1.5 });
  assert.deepEqual(result, {
    sent: 7,
    acked: 2,
    held: 1,
    refused: { pace: 2, duplicate: 1 },
    failed: 2,
    failures: { expired: 1, closed: 1 },
    skipped: { paid: 4 },
    authors: 2,
    seconds: 1.5,
    ackMs: { p50: 3, p95: 5, p99: 5 },
  });
  assert.equal(count.pending, 0);
  assert.match(replaySummary(result).join("\n"), /Refused: 3 \(pace 2, duplicate 1\)/);
});

test("X9.16 a load is summed over its viewers, and sound when nothing is missing, doubled or unanswered", () => {
  const sum: ViewerSum = {
    expected: 10,
    delivered: 10,
    lost: 0,
    shed: 0,
    doubled: 0,
    outOfOrder: 0,
    gaps: 0,
  };
  const said = { sent: 0, acked: 0, refused: {}, failed: 0, unheard: 0 };
  const measured = { receive: createLatencies(), publish: createLatencies() };
  measured.receive.record(7);
  const ends = [
    { sum, reconnects: 2, slowestReconnectMs: 1_200.6 },
    { sum: { ...sum, delivered: 9, shed: 1 }, reconnects: 1, slowestReconnectMs: 80 },
  ];
  const result = loadResult(ends, measured, said);
  assert.deepEqual(
    [
      result.viewers,
      result.expected,
      result.delivered,
      result.shed,
      result.reconnects,
      result.slowestReconnectMs,
    ],
    [2, 20, 19, 1, 3, 1_201],
  );
  assert.deepEqual(
    [result.receiveMs, result.publishMs],
    [
      { p50: 7, p95: 7, p99: 7 },
      { p50: null, p95: null, p99: null },
    ],
  );
  assert.ok(isSound(result));
  for (const name of ["lost", "doubled", "outOfOrder", "gaps"] as const)
    assert.ok(!isSound({ ...result, [name]: 1 }), name);
  for (const name of ["failed", "unheard"] as const)
    assert.ok(!isSound({ ...result, said: { ...said, [name]: 1 } }), name);
  assert.equal(loadSummary(result).length, 4);
  assert.equal(loadSummary({ ...result, said: { ...said, sent: 1 } }).length, 6);
});
