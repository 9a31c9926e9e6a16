import assert from "node:assert/strict";
import { test } from "node:test";
import { seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import {
  array,
  assert as check,
  boolean,
  constantFrom,
  integer,
  nat,
  property,
  record as object,
} from "fast-check";
import type { RoomRecord, StoredOverlay } from "../record.ts";
import { aRoomsRecords, born, joined, removed, restored, rewritten, type Said } from "./records.fixture.ts";
import { createRing, push, type Ring } from "./ring.ts";
import {
  addRecord,
  closedSegments,
  closedTo,
  entriesOf,
  type Segment,
  type Shelf,
  shelfOf,
} from "./segments.ts";

/** Small bounds, so that a few records reach them. */
Object.assign(limits, { segmentMs: 10, segmentGraceMs: 5, segmentEntriesMax: 4, segmentsKeptMax: 6 });

test("D2.1 a segment holds what the public reads of one slot of time, and the next goes on where it ends", () => {
  const { shelf } = aShelf(
    [100, "a", staff("s1"), "b"],
    [105, own("p1"), "c"],
    [110, staff("s2")],
    [123, "d"],
  );
  assert.deepEqual(all(shelf), ["10@2 1-3: a,b,c", "12@4 4-4: d"]);
});

test("D2.2 a segment is listed when its slot is over and a moment has passed, or something newer is here", () => {
  const { shelf, takes } = aShelf([100, "a"], [111, "b"]);
  const listed = (now: number) => closedSegments(shelf, now).map(({ n }) => n);
  assert.deepEqual([listed(112), closedTo(shelf, 112)], [[10], 1]);
  assert.deepEqual([listed(124), closedTo(shelf, 124)], [[10], 1]);
  assert.deepEqual([listed(125), closedTo(shelf, 125)], [[10, 11], 2]);
  takes(120, [staff("s")]);
  assert.deepEqual([listed(120), closedTo(shelf, 120)], [[10, 11], 2]);
});

test("D2.3 what is taken away, changed or brought back makes another revision, and what is not about it none", () => {
  const { shelf, takes } = aShelf([100, "ape", "bee"], [101, { text: "cat<ape>", quoting: "ape" }]);
  takes(110, ["dog"], [removed("dog")]);
  assert.deepEqual(all(shelf), ["10@2 1-3: ape,bee,cat<ape>", "11@3 4-4: -dog-"]);
  takes(120, [], [rewritten("bee", "bees")]);
  assert.equal(all(shelf)[0], "10@4 1-3: ape,bees,cat<ape>");
  takes(130, [], [removed("ape")]);
  assert.equal(all(shelf)[0], "10@5 1-3: -ape-,bees,cat<>");
  takes(140, [], [restored("ape")]);
  assert.deepEqual(all(shelf), ["10@6 1-3: ape,bees,cat<ape>", "11@3 4-4: -dog-"]);
});

test("D2.4 a record that comes late makes another revision of its slot", () => {
  const { shelf, takes } = aShelf([100, "a"]);
  assert.equal(closedTo(shelf, 200), 1);
  takes(109, ["b"]);
  assert.deepEqual(all(shelf), ["10@2 1-2: a,b"]);
});

test("D2.5 of more than people can read the same messages are left out everywhere, and nothing of staff or safety", () => {
  const many = Array.from({ length: 20 }, (_, i) => `m${i}`);
  const [boss, mod] = [ofStaff("boss"), ofStaff("mod")];
  const { shelf } = aShelf([100, ...many.slice(0, 10), boss], [101, ...many.slice(10), notice("pin"), mod]);
  const [segment] = shelf.segments;
  assert.ok(segment !== undefined);
  assert.deepEqual([segment.shed, segment.from, segment.to], [16, 1, 23]);
  const texts = textsOf(segment);
  assert.equal(texts.length, 7);
  for (const kept of ["boss", "mod", "pin"]) assert.ok(texts.includes(kept), kept);
  const one = aShelf([100, ...many, boss, notice("pin"), mod]).shelf.segments[0];
  assert.deepEqual(one && textsOf(one).toSorted(), texts.toSorted());
});

test("D2.5 an edit goes with its message", () => {
  const both = Array.from({ length: 9 }, (_, i): (Said | string)[] => [`m${i}`, edit(i)]).flat();
  const [segment] = aShelf([100, ...both]).shelf.segments;
  assert.ok(segment !== undefined);
  const byMessage = Map.groupBy(textsOf(segment), (text) => text.slice(1));
  assert.deepEqual(
    [...byMessage.values()].map((texts) => texts.length),
    [2, 2],
  );
});

test("D2.6 the oldest segment goes when there are too many, or too many bytes", () => {
  const { shelf, takes } = aShelf();
  for (let i = 0; i < 9; i++) takes(100 + i * 10, ["x"]);
  assert.deepEqual(
    shelf.segments.map(({ n }) => n),
    [13, 14, 15, 16, 17, 18],
  );
  takes(200, ["x".repeat(limits.segmentsBytesMax)]);
  assert.deepEqual(
    shelf.segments.map(({ n }) => n),
    [20],
  );
});

test("D2.7 a slot that began before what is known is not given, since nobody knows it whole", () => {
  const source = aRoomsRecords();
  const records = [source.next(["a"], [], 100), source.next(["b"], [], 101), source.next(["c"], [], 111)];
  const late = ringFrom(records, 1);
  assert.deepEqual(all(shelfOf(late)), ["11@3 3-3: c"]);
  assert.deepEqual(all(shelfOf(ringFrom(records, 0))), ["10@2 1-2: a,b", "11@3 3-3: c"]);
});

test("D2.8 whoever has seen the same records gives the same bytes under the same number and revision", () => {
  const step = object({
    kind: constantFrom("say", "say", "say", "reply", "edit", "remove", "restore", "staff", "host"),
    of: nat(9),
    later: integer({ min: 0, max: 7 }),
    alone: boolean(),
  });
  check(
    property(array(step, { maxLength: 60 }), nat(30), nat(60), (steps, from, met) => {
      const records = recordsOf(steps);
      const given = new Map<string, string>();
      const whole = shelfOf(ringFrom([], 0));
      for (const record of records) {
        addRecord(whole, record);
        note(given, whole);
      }
      const start = Math.min(from, records.length);
      const begun = Math.max(start, Math.min(met, records.length));
      const late = shelfOf(ringFrom(records.slice(0, begun), start));
      for (const record of records.slice(begun)) {
        note(given, late);
        addRecord(late, record);
      }
      note(given, late);
      const known = new Set(late.segments.map(({ n }) => n));
      assert.deepEqual(
        all({ ...whole, segments: whole.segments.filter(({ n }) => known.has(n)) }),
        all(late),
      );
      for (const { segments } of [whole, late]) {
        for (const [i, segment] of segments.entries()) {
          const before = segments[i - 1];
          assert.ok(before === undefined || (segment.from === before.to + 1 && segment.n > before.n));
          assert.equal(segment.shed + segment.kept.length, segment.to - segment.from + 1);
        }
      }
    }),
    { numRuns: 300 },
  );
});

function note(given: Map<string, string>, { segments }: Shelf): void {
  for (const segment of segments) {
    const name = `${segment.n}@${segment.rev}`;
    const known = given.get(name);
    if (known === undefined) given.set(name, line(segment));
    else assert.equal(line(segment), known);
  }
}

type Step = { kind: string; of: number; later: number; alone: boolean };

function recordsOf(steps: readonly Step[]): RoomRecord[] {
  const source = aRoomsRecords();
  const said: string[] = [];
  let at = 100;
  return steps.map(({ kind, of, later, alone }, i) => {
    at += later;
    const about = said.at(-1 - of);
    const words: (Said | string)[] = alone ? [] : [`w${i}`];
    const overlays: StoredOverlay[] = [];
    if (kind === "staff") words.push(staff(`s${i}`));
    else if (kind === "host") words.push(ofStaff(`h${i}`));
    else if (about === undefined || kind === "say") {
      words.push(`m${i}`);
      said.push(`m${i}`);
    } else if (kind === "reply") words.push({ text: `r${i}<${about}>`, quoting: about });
    else if (kind === "edit") {
      words.push({ text: `e${i}`, k: "edited", about });
      overlays.push(rewritten(about, `${about}+${i}`));
    } else overlays.push(kind === "remove" ? removed(about) : restored(about));
    return source.next(words, overlays, at);
  });
}

function aShelf(...records: [number, ...(Said | string)[]][]) {
  const source = aRoomsRecords();
  const shelf = shelfOf(createRing(born, 0, seq(0), seq(0)));
  const takes = (at: number, said: (Said | string)[], overlays: StoredOverlay[] = []) =>
    addRecord(shelf, source.next(said, overlays, at));
  for (const [at, ...said] of records) takes(at, said);
  return { shelf, takes };
}

function ringFrom(records: readonly RoomRecord[], start: number): Ring {
  const first = records[start];
  const last = records.at(-1);
  const ring =
    first === undefined
      ? createRing(born, last?.offset ?? 0, last?.publicTo ?? seq(0), last?.staffTo ?? seq(0))
      : createRing(born, first.offset - 1, seq(first.publicFrom - 1), seq(first.staffFrom - 1));
  for (const record of records.slice(start)) push(ring, record);
  return ring;
}

function all({ segments }: Pick<Shelf, "segments">): string[] {
  return segments.map(line);
}
function line(segment: Segment): string {
  return `${segment.n}@${segment.rev} ${segment.from}-${segment.to}: ${textsOf(segment).join(",")}`;
}
function textsOf(segment: Segment): string[] {
  return entriesOf(segment).map(({ bytes }) => joined([bytes]));
}
function ofStaff(text: string): Said {
  return { text, staff: true };
}
function edit(i: number): Said {
  return { text: `e${i}`, k: "edited", about: `m${i}` };
}
function staff(text: string): Said {
  return { text, scope: "staff", k: "act" };
}
function own(text: string): Said {
  return { text, scope: "person", person: "ada" };
}
function notice(text: string): Said {
  return { text, k: "pinned" };
}
