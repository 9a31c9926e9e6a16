import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import {
  array,
  type Arbitrary,
  assert as check,
  constantFrom,
  nat,
  property,
  record as object,
} from "fast-check";
import { type Audience, inAudience, overlaid, type RoomRecord, type StoredOverlay } from "../record.ts";
import {
  aRoomsRecords,
  born,
  bytesOf,
  joined,
  removed,
  restored,
  rewritten,
  type Said,
} from "./records.fixture.ts";
import { createRing, floorOf, headOf, personal, push, type Ring, slice } from "./ring.ts";

/** Small bounds, so that a few records reach them. */
Object.assign(limits, { ringEntriesMax: 12, ringBytesMax: 150 });

test("D1.6 whatever was pushed, every slice is what a plain list of everything gives", () => {
  check(
    property(array(array(step, { maxLength: 5 }), { maxLength: 25 }), (room) => {
      const records = recordsOf(room);
      const ring = createRing(born, 0, seq(0), seq(0));
      for (const record of records) push(ring, record);
      for (const audience of ["public", "staff"] as const) compareAll(ring, records, audience);
      comparePersonal(ring, records);
      assert.equal(
        ring.entries,
        ring.slots.reduce((sum, { index }) => sum + index.length, 0),
      );
      assert.ok(ring.slots.length <= 1 || ring.entries <= limits.ringEntriesMax);
      assert.ok(ring.slots.length <= 1 || ring.bytes <= limits.ringBytesMax);
      assert.ok(ring.overlays.size <= ring.carriers.size && ring.carriers.size <= 2 * ring.entries);
    }),
    { numRuns: 300 },
  );
});

/** One entry of a record, and what it does to an earlier message. What is removed is neither edited nor pinned. */
type Step = {
  kind: "message" | "reply" | "staff" | "own" | "notice" | "pin" | "edit" | "remove" | "restore";
  of: number;
};
const kinds = [
  "message",
  "message",
  "reply",
  "staff",
  "own",
  "notice",
  "pin",
  "edit",
  "remove",
  "restore",
] as const;
const step: Arbitrary<Step> = object({ kind: constantFrom(...kinds), of: nat(20) });

function recordsOf(room: readonly (readonly Step[])[]): RoomRecord[] {
  const source = aRoomsRecords();
  const messages = ["from before"];
  const gone = new Set<string>();
  let made = 0;
  return room.map((steps) => {
    const overlays: StoredOverlay[] = [];
    const said = steps.map(({ kind, of }): Said => {
      const text = `${kind[0]}${made++}`;
      const about = messages.at(-1 - (of % 6));
      if (about === undefined || (gone.has(about) && kind !== "restore")) return { text, k: "settings" };
      switch (kind) {
        case "message":
        case "own":
          messages.push(text);
          return kind === "own" ? { text, scope: "person", person: of % 2 === 0 ? "ada" : "eve" } : { text };
        case "reply": {
          const reply = `${text}<${about}>`;
          messages.push(reply);
          return { text: reply, quoting: about };
        }
        case "staff":
          return { text, scope: "staff", k: "act" };
        case "notice":
          return { text, scope: "person", person: "ada", k: "notice" };
        case "pin":
          return { text, k: "pinned", about };
        case "edit":
          overlays.push(rewritten(about, `${about}+${made}`));
          return { text, k: "edited", about };
        case "remove":
          gone.add(about);
          overlays.push(removed(about));
          return { text, k: "removed" };
        case "restore":
          gone.delete(about);
          overlays.push(restored(about));
          return { text, k: "restored", about };
      }
    });
    return source.next(said, overlays);
  });
}

function compareAll(ring: Ring, records: readonly RoomRecord[], audience: Audience): void {
  const all = plainly(records, audience);
  const [floor, head] = [floorOf(ring, audience), headOf(ring, audience)];
  assert.equal(head, all.length);
  for (let after = floor; after <= head; after++) {
    for (const to of [after, Math.min(after + 2, head), head]) {
      const whole = slice(ring, { audience, cohort: 0 }, after, seq(to), Infinity);
      assert.deepEqual([whole.from, whole.to], [after + 1, to]);
      assert.equal(joined(whole.parts), all.slice(after, to).join(","));
      const some = slice(ring, { audience, cohort: 0 }, after, seq(to), 1);
      assert.ok(to === after || some.to > after, "reading goes on");
      assert.equal(joined(some.parts), all.slice(after, some.to).join(","));
    }
  }
}

function comparePersonal(ring: Ring, records: readonly RoomRecord[]): void {
  const latest = overlaysOf(records);
  for (const audience of ["public", "staff"] as const) {
    const floor = floorOf(ring, audience);
    const kept = records.slice(records.length - ring.slots.length);
    const expected = kept.flatMap((record) =>
      entriesOf(record, latest, true)
        .filter(({ item }) => item.person === "ada")
        .map(({ text }) => text),
    );
    assert.equal(joined(personal(ring, { audience, cohort: 0 }, personId("ada"), floor)), expected.join(","));
  }
}

function plainly(records: readonly RoomRecord[], audience: Audience): string[] {
  const latest = overlaysOf(records);
  return records.flatMap((record) =>
    entriesOf(record, latest, audience === "public")
      .filter(({ item }) => inAudience(item.scope, audience))
      .map(({ text }) => text),
  );
}

function overlaysOf(records: readonly RoomRecord[]): Map<StoredOverlay["id"], StoredOverlay> {
  return new Map(
    records.flatMap(({ overlays }) => overlays.map((overlay) => [overlay.id, overlay] as const)),
  );
}

function entriesOf(record: RoomRecord, latest: ReturnType<typeof overlaysOf>, replaces: boolean) {
  const texts = joined([record.bytes]).split(",");
  return record.index.map((item, i) => {
    const text = texts[i] ?? "";
    const replacement = replaces ? overlaid(item, bytesOf(text), latest) : null;
    return { item, text: replacement === null ? text : joined([replacement]) };
  });
}
