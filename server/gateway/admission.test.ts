import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { time } from "@chorus/protocol/ids.ts";
import { admits, openAdmission } from "./admission.ts";

const bounds = { perSecond: 10, burst: 25 };

test("C8.33 a burst is taken in at once, and then so many a second", () => {
  const admission = openAdmission(time(1_000), bounds);
  const among = (now: number, many: number) =>
    Array.from({ length: many }, () => admits(admission, time(now))).filter(Boolean).length;
  assert.equal(among(1_000, 100), 25);
  assert.equal(among(1_099, 100), 0);
  assert.equal(among(2_000, 100), 10);
  assert.equal(among(100_000, 100), 25);
});

test("C8.33 whatever comes, never more are let in than the burst and what the time allows", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ ms: fc.nat(500), many: fc.nat(20) }), { maxLength: 50 }), (comes) => {
      const admission = openAdmission(time(0), bounds);
      let [now, came] = [0, 0];
      for (const { ms, many } of comes) {
        now += ms;
        for (let one = 0; one < many; one++) if (admits(admission, time(now))) came += 1;
      }
      assert.ok(came <= bounds.burst + (now * bounds.perSecond) / 1_000);
    }),
  );
});
