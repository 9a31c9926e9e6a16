import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { personId, seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Allowance, cohortOf, cohortsFor, createAllowance, cut, isNobodys, isShown } from "./cut.ts";
import { aRoomsRecords, born, joined, type Said } from "./records.fixture.ts";
import { createRing, push, slice } from "./ring.ts";

const cohorts = [2, 4, 8];
const places = Array.from({ length: limits.cohortsMax }, (_, place) => place);
const crowd = Array.from({ length: 4_000 }, (_, i) => `person-${i}`);

function cutOne(said: (Said | string)[], count = 8, allowance: Allowance = createAllowance(time(0))) {
  return cut(aRoomsRecords().next(said), count, allowance, time(0));
}

function readersOf(made: ReturnType<typeof cut>, entry: number): number[] {
  return places.filter((cohort) => isShown(made, entry, { audience: "public", cohort }));
}

test("D1.51 people are spread evenly over the cohorts, in any number of them", () => {
  for (const count of cohorts) {
    const sizes = new Map<number, number>();
    for (const one of crowd) {
      const cohort = cohortOf(personId(one)) & (count - 1);
      sizes.set(cohort, (sizes.get(cohort) ?? 0) + 1);
    }
    const even = crowd.length / count;
    for (const size of sizes.values()) assert.ok(Math.abs(size - even) < even * 0.2, `${size} of ${even}`);
    assert.equal(sizes.size, count);
  }
});

test("D1.51 everybody is among those who read what they say", () => {
  for (const count of cohorts) {
    const said = crowd.slice(0, 100).map((by) => ({ text: by, by }));
    const made = cutOne(said, count);
    for (const [i, { by }] of said.entries())
      assert.ok(isShown(made, i, { audience: "public", cohort: cohortOf(personId(by)) }), by);
  }
});

test("D1.52 an ordinary message is in exactly one cohort, as long as that has room for it", () => {
  for (const count of cohorts) {
    const made = cutOne(
      crowd.slice(0, 100).map((by) => ({ text: by, by })),
      count,
    );
    for (let i = 0; i < 100; i++) assert.equal(readersOf(made, i).length, places.length / count);
  }
});

test("D1.50 nobody is shown more than 200 ordinary messages a second, however they are said", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...crowd.slice(0, 20)), { maxLength: 400 }), { maxLength: 20 }),
      fc.array(fc.nat(400), { minLength: 20, maxLength: 20 }),
      (turns, waits) => {
        const records = aRoomsRecords();
        const allowance = createAllowance(time(0));
        const shown = places.map(() => 0);
        let now = 0;
        for (const [i, authors] of turns.entries()) {
          now += waits[i] ?? 0;
          const made = cut(records.next(authors.map((by) => ({ text: by, by }))), 4, allowance, time(now));
          for (let entry = 0; entry < authors.length; entry++)
            for (const place of readersOf(made, entry)) shown[place] = (shown[place] ?? 0) + 1;
        }
        const most = limits.cappedPerSecond * (1 + now / 1_000);
        for (const count of shown) assert.ok(count <= most + 1e-6, `${count} in ${now} ms`);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test("D1.50 what is not ordinary is shown to all, however much is said", () => {
  const flood = Array.from({ length: 5_000 }, (_, i) => ({ text: `${i}`, by: `flooder-${i % 50}` }));
  const others: Said[] = [
    { text: "a word of staff", by: "mo", staff: true },
    { text: "an edit", k: "edited", by: "ada" },
    { text: "a removal", k: "removed" },
    { text: "a pin", k: "pinned", by: "ada" },
    { text: "new settings", k: "settings" },
  ];
  const made = cutOne([...flood, ...others]);
  for (let i = flood.length; i < flood.length + others.length; i++) {
    assert.deepEqual(readersOf(made, i), places);
    assert.ok(isShown(made, i, { audience: "staff", cohort: 0 }));
  }
});

test("D1.52 what no cohort had room for is told apart", () => {
  const flood = Array.from({ length: limits.cappedPerSecond + 3 }, (_, i) => ({ text: `${i}`, by: "one" }));
  const made = cutOne(flood);
  const nobodys = flood.filter((_, i) => isNobodys(made, i));
  assert.equal(nobodys.length, 3);
  for (const [i] of flood.entries()) assert.equal(isNobodys(made, i), readersOf(made, i).length === 0);
});

test("D1.55 staff read all cohorts, up to a bound of their own", () => {
  const flood = crowd.slice(0, limits.cappedForStaffPerSecond + 50).map((by) => ({ text: by, by }));
  const made = cutOne(flood);
  const shown = flood.filter((_, i) => isShown(made, i, { audience: "staff", cohort: 0 }));
  assert.equal(shown.length, limits.cappedForStaffPerSecond);
});

test("D1.54 a slice says which seqs it holds and how many it left out, and each is left out or there", () => {
  const records = aRoomsRecords();
  const ring = createRing(born, 0, seq(0), seq(0));
  const allowance = createAllowance(time(0));
  push(ring, records.next(["before"]));
  const said = crowd.slice(0, 60).map((by) => ({ text: by, by }));
  for (let i = 0; i < 60; i += 10) {
    const record = records.next(said.slice(i, i + 10));
    push(ring, record, cut(record, 4, allowance, time(0)));
  }
  push(ring, records.next(["after"]));
  const seen = new Map<number, number>();
  for (const cohort of [0, 1, 2, 3]) {
    const { from, to, seqs, shed, parts } = slice(
      ring,
      { audience: "public", cohort },
      seq(0),
      seq(62),
      Infinity,
    );
    assert.ok(seqs !== null);
    assert.deepEqual([from, to, seqs.length + shed], [1, 62, 62]);
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
    const texts = joined(parts).split(",");
    assert.equal(texts.length, seqs.length);
    for (const [i, at] of seqs.entries()) {
      assert.equal(texts[i], at === 1 ? "before" : at === 62 ? "after" : crowd[at - 2]);
      seen.set(at, (seen.get(at) ?? 0) + 1);
    }
  }
  for (let at = 2; at < 62; at++) assert.equal(seen.get(at), 1);
  assert.deepEqual([seen.get(1), seen.get(62)], [4, 4]);
  const { seqs } = slice(ring, { audience: "public", cohort: 0 }, seq(61), seq(62), Infinity);
  assert.equal(seqs, null);
});

test("D1.51 there are as few cohorts as let each read its part", () => {
  assert.deepEqual([10, 200, 201, 400, 401, 1_000, 50_000].map(cohortsFor), [2, 2, 4, 4, 8, 8, 8]);
});
