import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Audience, StoredOverlay } from "../record.ts";
import { aRoomsRecords, born, joined, removed, restored, rewritten, type Said } from "./records.fixture.ts";
import { createRing, floorOf, headOf, personal, push, reaches, type Ring, slice } from "./ring.ts";

const filler = Array.from({ length: limits.ringEntriesMax - 1 }, (_, i) => `filler-${i}`);

test("D1.1 a slice holds the entries of its audience in order, cut anywhere", () => {
  const { ring } = aRing(
    ["a", { text: "s1", scope: "staff" }, "b"],
    [{ text: "p1", scope: "person", person: "ada" }],
    ["c"],
    [{ text: "s2", scope: "staff" }],
    ["d", "e"],
  );
  assert.equal(read(ring, "public", 0, 5), "1-5:a,b,c,d,e");
  assert.equal(read(ring, "staff", 0, 7), "1-7:a,s1,b,c,s2,d,e");
  assert.equal(read(ring, "public", 1, 4), "2-4:b,c,d");
  assert.equal(read(ring, "staff", 4, 5), "5-5:s2");
  assert.equal(read(ring, "public", 5, 5), "6-5:");
});

test("D1.1 a slice ends with the record that passes its bytes, and holds at least one", () => {
  const { ring } = aRing(["aaaa"], ["bbbb"], ["cccc"]);
  assert.equal(read(ring, "public", 0, 3, 1), "1-1:aaaa");
  assert.equal(read(ring, "public", 0, 3, 5), "1-2:aaaa,bbbb");
  assert.equal(read(ring, "public", 2, 3, 0), "3-2:");
});

test("D1.2 a record whose entries are all for the reader is passed on uncopied", () => {
  const record = aRoomsRecords().next(["a", "b"]);
  const ring = createRing(born, 0, seq(0), seq(0));
  push(ring, record);
  const { parts } = slice(ring, { audience: "public", cohort: 0 }, seq(0), seq(2), Infinity);
  assert.equal(parts[0], record.bytes);
});

test("D1.3 a ring takes the record that follows and no other", () => {
  const records = aRoomsRecords();
  const [first, second] = [records.next(["a"]), records.next(["b"])];
  const ring = createRing(born, 0, seq(0), seq(0));
  assert.throws(() => push(ring, second), /demo at born\/0 got born\/2/);
  push(ring, first);
  assert.throws(() => push(ring, first));
  assert.throws(() => push(ring, { ...second, epoch: ring.epoch.replace("born", "again") as typeof born }));
});

test("D1.4 the oldest record leaves a ring that holds too many entries or bytes; the newest always stays", () => {
  const { ring, takes } = aRing();
  const half = Array.from({ length: limits.ringEntriesMax / 2 }, (_, i) => `${i}`);
  for (let i = 0; i < 3; i++) takes(half);
  assert.equal(ring.entries, limits.ringEntriesMax);
  assert.deepEqual([floorOf(ring, "public"), headOf(ring, "public")], [half.length, half.length * 3]);
  takes(["x".repeat(limits.ringBytesMax + 1)]);
  assert.deepEqual([ring.slots.length, ring.entries, ring.bytes], [1, 1, limits.ringBytesMax + 1]);
  takes(["small"]);
  assert.deepEqual([ring.slots.length, ring.bytes], [1, 5]);
});

test("D1.5 each audience has its own floor and head", () => {
  const { ring } = aRing(["a"], [{ text: "s1", scope: "staff" }]);
  assert.deepEqual([headOf(ring, "public"), headOf(ring, "staff")], [1, 2]);
  const later = createRing(born, 9, seq(5), seq(8));
  assert.deepEqual([floorOf(later, "public"), floorOf(later, "staff")], [5, 8]);
  assert.deepEqual([headOf(later, "public"), headOf(later, "staff")], [5, 8]);
});

test("D1.7 a ring reaches back to all after its floor, and to its floor only from the room's beginning on", () => {
  assert.ok(reaches(aRing(["a"]).ring, "public", seq(0)));
  const later = createRing(born, 9, seq(5), seq(8));
  assert.deepEqual(
    [5, 6].map((after) => reaches(later, "public", seq(after))),
    [false, true],
  );
});

test("M3.1 what is removed is replaced for the public wherever it stands in the ring, and stays for staff", () => {
  const about = { k: "edited", about: "bad" } as const;
  const { ring, takes } = aRing(["a", "bad"], [{ text: "changed", ...about }, "b"]);
  takes(["r"], removed("bad"));
  assert.equal(read(ring, "public", 0, 5), "1-5:a,-bad-,-bad-,b,r");
  assert.equal(read(ring, "staff", 0, 5), "1-5:a,bad,changed,b,r");
});

test("M3.1 a removal that comes in one record with its message counts", () => {
  assert.equal(read(aRing().takes(["bad"], removed("bad")), "public", 0, 1), "1-1:-bad-");
});

test("M3.2 a newer text replaces the message alone, and what is restored is the original again", () => {
  const { ring, takes } = aRing(["old", { text: "edit", k: "edited", about: "old" }]);
  takes(["x"], rewritten("old", "new"));
  assert.equal(read(ring, "public", 0, 3), "1-3:new,edit,x");
  takes(["y"], removed("old"));
  takes(["z"], restored("old"));
  assert.equal(read(ring, "public", 0, 3), "1-3:old,edit,x");
});

test("M3.3 a replacement is kept as long as anything it replaces, and no longer", () => {
  const { ring, takes } = aRing(["bad"]);
  takes(["x"], removed("bad"), removed("long gone"));
  assert.deepEqual([...ring.overlays.keys()], ["bad"]);
  takes(filler);
  assert.deepEqual([ring.overlays.size, ring.carriers.has(removed("bad").id)], [0, false]);
});

test("M3.3 a removal outlives its message as long as a pin or a restoration repeats the text", () => {
  const { ring, takes } = aRing(["bad"], filler, [{ text: "bad again", k: "pinned", about: "bad" }]);
  takes(["x"], removed("bad"));
  const head = headOf(ring, "public");
  assert.equal(read(ring, "public", head - 2, head), `${head - 1}-${head}:-bad-,x`);
});

test("R5.1 entries for one person are found by that person alone, from their position on, as they are now", () => {
  const mine = { scope: "person", person: "ada" } as const;
  const { ring, takes } = aRing(
    ["a", { text: "old", ...mine }],
    ["b", { text: "mine", ...mine }, { text: "eve's", scope: "person", person: "eve" }],
    [{ text: "notice", k: "notice", ...mine }],
  );
  takes(["c"], removed("mine"));
  const found = (after: number): string =>
    joined(personal(ring, { audience: "public", cohort: 0 }, personId("ada"), seq(after)));
  assert.equal(found(2), "-mine-,notice");
  assert.equal(found(0), "old,-mine-,notice");
});

test("M3.4 a reply loses its quote of a message that is gone, and has it again when that is back", () => {
  const { ring, takes } = aRing(
    ["A"],
    [
      { text: "re<A>", quoting: "A" },
      { text: "mine<A>", quoting: "A", scope: "person", person: "ada" },
    ],
  );
  takes(["c"], removed("A"));
  assert.equal(read(ring, "public", 0, 3), "1-3:-A-,re<>,c");
  assert.equal(read(ring, "staff", 0, 3), "1-3:A,re<A>,c");
  assert.equal(joined(personal(ring, { audience: "public", cohort: 0 }, personId("ada"), seq(0))), "mine<>");
  takes(["d"], restored("A"));
  assert.equal(read(ring, "public", 0, 3), "1-3:A,re<A>,c");
});

test("M3.5 a quote is taken out though the message itself has left memory", () => {
  const { ring, takes } = aRing([{ text: "re<A>", quoting: "A" }]);
  takes(["b"], removed("A"));
  assert.equal(read(ring, "public", 0, 2), "1-2:re<>,b");
});

/** A ring and the room that it follows. */
function aRing(...records: readonly (readonly (Said | string)[])[]) {
  const source = aRoomsRecords();
  const ring = createRing(born, 0, seq(0), seq(0));
  const takes = (said: readonly (Said | string)[], ...overlays: StoredOverlay[]): Ring => {
    push(ring, source.next(said, overlays));
    return ring;
  };
  for (const said of records) takes(said);
  return { ring, takes };
}

function read(ring: Ring, audience: Audience, after: number, to: number, bytesMax = Infinity): string {
  const {
    from,
    to: upTo,
    parts,
    bytes,
  } = slice(ring, { audience, cohort: 0 }, seq(after), seq(to), bytesMax);
  assert.equal(
    bytes,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  return `${from}-${upTo}:${joined(parts)}`;
}
