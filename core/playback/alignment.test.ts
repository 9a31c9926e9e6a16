import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import { type AlignedEntry, type AlignedLane, type AlignmentFacts, createAlignment } from "./alignment.ts";

const start = 1_700_000_000_000;
let made = 0;
function said(at: number, lane: AlignedLane = "ordinary"): AlignedEntry {
  made += 1;
  return { id: `m${made}`, at: start + at, seq: made, lane };
}
/** At `now` the picture shows `wall`; both since the start. */
function facts(now: number, wall: number | null, rewound = false): AlignmentFacts {
  const picture = wall === null ? null : { wall: start + wall, rewound };
  return { now: start + now, mode: "aligned", picture };
}
const ids = (entries: readonly AlignedEntry[]): string[] => entries.map(({ id }) => id);

test("V1.4 an entry is shown when its picture is, and not before", () => {
  const alignment = createAlignment();
  const [early, late] = [said(1_000), said(5_100)];
  const before = alignment.look([early, late], facts(8_000, 5_000));
  assert.deepEqual(ids(before.shown), [early.id]);
  assert.deepEqual([before.asOf, before.withheld, before.nextMs], [start + 5_000, 1, 100]);
  const after = alignment.look([early, late], facts(8_100, 5_100));
  assert.deepEqual([ids(after.shown), after.withheld], [[early.id, late.id], 0]);
});

test("V1.5 one's own words, staff and what keeps people safe are shown at once", () => {
  const alignment = createAlignment();
  const all = [said(9_000), said(9_000, "own"), said(9_000, "staff"), said(9_000, "safety")];
  const { shown } = alignment.look(all, facts(9_000, 1_000));
  assert.deepEqual(ids(shown), ids(all.slice(1)));
});

test("V1.6 what is shown stands in the order in which it came to be seen", () => {
  const alignment = createAlignment();
  const first = said(9_000);
  const own = said(9_200, "own");
  const behind = said(4_000);
  assert.deepEqual(ids(alignment.look([first, own, behind], facts(9_500, 5_000)).shown), [own.id, behind.id]);
  const { shown } = alignment.look([first, own, behind], facts(14_000, 9_500));
  assert.deepEqual(ids(shown), [own.id, behind.id, first.id]);
});

test("V1.7 in live mode, and where there is no picture, everything is shown at once", () => {
  const alignment = createAlignment();
  const entry = said(9_000);
  assert.equal(alignment.look([entry], facts(9_000, 1_000)).withheld, 1);
  assert.equal(alignment.look([entry], { ...facts(9_000, 1_000), mode: "live" }).withheld, 0);
  assert.equal(createAlignment().look([entry], facts(9_000, null)).withheld, 0);
});

test("V1.14 what was seen stays when a picture comes or falls back a little, until the person goes back", () => {
  const alignment = createAlignment();
  const all = [said(1_000), said(9_000)];
  alignment.look(all, facts(9_000, null));
  assert.equal(alignment.look(all, facts(9_100, 6_000)).withheld, 0);
  assert.equal(alignment.look(all, facts(9_200, 3_000)).withheld, 0);
  assert.equal(alignment.look(all, facts(9_300, 3_100, true)).withheld, 1);
  assert.equal(alignment.look(all, facts(9_300, 9_200)).withheld, 0);
  assert.equal(alignment.look(all, facts(60_300, 60_200 - limits.alignBackMs)).withheld, 0);
  assert.equal(alignment.look(all, facts(60_300, 500)).withheld, 2);
});

test("V1.8 a picture that is gone for a moment goes on in the mind, and then the chat is live", () => {
  const alignment = createAlignment();
  const entry = said(20_000);
  alignment.look([entry], facts(20_000, 10_000));
  const gone = alignment.look([entry], facts(22_000, null));
  assert.deepEqual([gone.asOf, gone.withheld], [start + 12_000, 1]);
  assert.equal(alignment.look([entry], facts(20_001 + limits.alignPictureLostMs, null)).withheld, 0);
});

test("V1.9 nothing waits longer than its limit, unless the person went back", () => {
  const alignment = createAlignment();
  const entry = said(0);
  const past = limits.alignWaitMs;
  assert.equal(alignment.look([entry], facts(past - 1, -500_000)).withheld, 1);
  assert.equal(alignment.look([entry], facts(past, -500_000)).withheld, 0);
  const back = alignment.look([entry], facts(10 * past, -500_000, true));
  assert.deepEqual([back.withheld, back.asOf], [1, start - 500_000]);
});

test("V1.10 of too many that wait the oldest are shown, and it is counted", () => {
  const alignment = createAlignment();
  const all = Array.from({ length: limits.alignWithheldMax + 3 }, (_, i) => said(1_000 + i));
  const sight = alignment.look(all, facts(5_000, 0, true));
  assert.deepEqual([ids(sight.shown), alignment.early], [ids(all.slice(0, 3)), 3]);
  assert.equal(alignment.look(all, facts(5_100, 10, true)).shown.length, 3);
  assert.equal(alignment.early, 3);
});

test("V1.11 who goes back sees the chat of that moment, and coming back all of it", () => {
  const alignment = createAlignment();
  const all = [said(1_000), said(2_000), said(3_000)];
  assert.equal(alignment.look(all, facts(9_000, 9_000)).withheld, 0);
  const back = alignment.look(all, facts(9_100, 1_500, true));
  assert.deepEqual([ids(back.shown), back.asOf], [ids(all.slice(0, 1)), start + 1_500]);
  assert.equal(alignment.look(all, facts(9_200, 9_100)).withheld, 0);
});

test("V1.12 what is removed while it waits is never seen, and what is edited is seen as it is then", () => {
  const alignment = createAlignment();
  const [gone, edited] = [said(5_000), { ...said(5_000), text: "old" }];
  assert.equal(alignment.look<AlignedEntry>([gone, edited], facts(5_000, 0)).withheld, 2);
  const { shown } = alignment.look([{ ...edited, text: "new" }], facts(10_000, 5_000));
  assert.deepEqual(shown, [{ ...edited, text: "new" }]);
});

type Act =
  | { do: "say"; delay: number; lane: AlignedLane }
  | { do: "play"; ms: number }
  | { do: "remove"; which: number };

const acts = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("say" as const),
      delay: fc.nat(20_000),
      lane: fc.constantFrom<AlignedLane>("ordinary", "ordinary", "ordinary", "own", "staff", "safety"),
    }),
    fc.record({ do: fc.constant("play" as const), ms: fc.nat(3_000) }),
    fc.record({ do: fc.constant("remove" as const), which: fc.nat(50) }),
  ),
  { maxLength: 80 },
);

test("V1.13 whatever is said, removed and played, nothing is lost, doubled, seen before its picture or moved", () => {
  fc.assert(
    fc.property(acts, fc.nat(15_000), (drawn: Act[], behindMs) => {
      const alignment = createAlignment();
      let now = 0;
      let list: AlignedEntry[] = [];
      let before: string[] = [];
      for (const act of drawn) {
        if (act.do === "say") list = list.concat(said(now - act.delay, act.lane));
        if (act.do === "play") now += act.ms;
        if (act.do === "remove") list = list.filter((_, i) => i !== act.which);
        const { shown, withheld } = alignment.look(list, facts(now, now - behindMs));
        const seen = ids(shown);
        assert.equal(new Set(seen).size, seen.length);
        assert.equal(shown.length + withheld, list.length);
        for (const { at, lane } of shown) assert.ok(lane !== "ordinary" || at <= start + now - behindMs);
        const kept = before.filter((id) => list.some((entry) => entry.id === id));
        assert.deepEqual(seen.slice(0, kept.length), kept, "what was shown stays where it was");
        before = seen;
      }
      assert.equal(alignment.look(list, facts(now + behindMs, now)).withheld, 0);
    }),
    { seed: 1, numRuns: 300 },
  );
});
