import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, personId, seq, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import * as fc from "fast-check";
import { cohortOf, createAllowance, cut } from "./cut.ts";
import { holdersOf, mayHold } from "./holders.ts";
import { aRoomsRecords, born, type Said } from "./records.fixture.ts";
import { createRing, personal, push, type Ring, slice } from "./ring.ts";

const people = Array.from({ length: 24 }, (_, i) => `person-${i}`);
const text = new TextDecoder();

/** So few that some messages are nobody's. */
Object.assign(limits, { cappedPerSecond: 6 });

/** Each says one thing, which may answer an earlier one and quote it. */
type Step = { by: number; answers: number | null; staff: boolean };
const step = fc.record({
  by: fc.nat(people.length - 1),
  answers: fc.option(fc.nat(20), { nil: null }),
  staff: fc.boolean(),
});

function aCappedRing(turns: readonly (readonly Step[])[], cohorts: number): Ring {
  const records = aRoomsRecords();
  const ring = createRing(born, 0, seq(0), seq(0));
  const allowance = createAllowance(time(0));
  let said = 0;
  for (const turn of turns) {
    const record = records.next(
      turn.map(({ by, answers, staff }): Said => {
        const id = `m${said++}`;
        const of = answers === null || answers >= said - 1 ? null : `m${answers}`;
        const quote = of === null ? "" : `<(${of})>`;
        const one: Said = { text: `(${id})${quote}`, id, by: people[by] ?? "", staff };
        if (of !== null) one.quoting = of;
        return one;
      }),
    );
    push(ring, record, cut(record, cohorts, allowance, time(0)));
  }
  return ring;
}

function screenOf(ring: Ring, name: string, whole: number): string {
  const person = personId(name);
  const reader = { audience: "public", cohort: cohortOf(person) } as const;
  const everything = { audience: "staff", cohort: 0 } as const;
  const { parts } = slice(ring, reader, seq(whole), ring.publicSeq, Infinity);
  const given = createRing(born, 0, seq(0), seq(0));
  for (const record of ring.slots) push(given, record);
  const before = whole === 0 ? [] : slice(given, everything, seq(0), seq(whole), Infinity).parts;
  return [...before, ...parts, ...personal(ring, reader, person, seq(whole))]
    .map((one) => text.decode(one))
    .join();
}

test("D1.78 whoever was shown a message, or a quote of it, is among those who may hold it", () => {
  let named = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom(2, 4, 8),
      fc.nat(),
      fc.nat(20),
      (turns, cohorts, removed, whole) => {
        const ring = aCappedRing(turns, cohorts);
        if (ring.publicSeq === 0) return;
        const id = `m${removed % ring.publicSeq}`;
        const holders = holdersOf(ring, [entryId(id)]);
        if (holders === null) return;
        for (const name of people) {
          const from = Math.min(whole, ring.publicSeq);
          if (!screenOf(ring, name, from).includes(`(${id})`)) continue;
          named += 1;
          const person = personId(name);
          assert.ok(mayHold(holders, { cohort: cohortOf(person), person, whole: seq(from) }), name);
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(named > 1_000);
});

test("D1.78 of a message that a cohort was shown, the others are not told ahead", () => {
  const ring = aCappedRing([[{ by: 0, answers: null, staff: false }]], 8);
  const holders = holdersOf(ring, [entryId("m0")]);
  assert.deepEqual([...(holders?.places ?? [])], [cohortOf(personId("person-0"))]);
  assert.deepEqual(holders?.from, 1);
});

test("D1.78 what memory does not hold any more, or was shown to all, may be on every screen", () => {
  const ring = aCappedRing([[{ by: 0, answers: null, staff: true }]], 8);
  assert.equal(holdersOf(ring, [entryId("m0")]), null);
  assert.equal(holdersOf(ring, [entryId("long gone")]), null);
});
