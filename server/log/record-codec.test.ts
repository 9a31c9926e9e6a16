import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { entryId, epoch, roomId } from "@chorus/protocol/ids.ts";
import { emptyHead } from "./append-verdict.ts";
import { decodeRecord, encodeRecord, RecordDamaged } from "./record-codec.ts";
import { bytesOf, noBytes, plain, recordAfter } from "./record.fixture.ts";
import type { Said } from "./record.fixture.ts";

const head = emptyHead(epoch("born"));
const room = roomId("demo");

const anySaid: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    text: fc.string({ unit: "grapheme" }),
    scope: fc.constantFrom("all" as const, "staff" as const),
    staff: fc.boolean(),
    meant: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
  }),
  fc.record({
    text: fc.string(),
    scope: fc.constant("person" as const),
    k: fc.constantFrom("notice" as const, "message" as const),
    person: fc.string({ minLength: 1 }),
  }),
);
const anyOverlay = fc.record(
  {
    id: fc.string().map(entryId),
    redacts: fc.boolean(),
    bytes: fc.option(fc.uint8Array()),
  },
  { noNullPrototype: true },
);

test("L8.1 a record MUST be the same after its head went through JSON and its body through any copy", () => {
  fc.assert(
    fc.property(fc.array(anySaid), fc.array(anyOverlay), fc.string(), (said, overlays, journal) => {
      const record = recordAfter(room, head, 3, said, { overlays, journal });
      const { head: encoded, body } = encodeRecord(record);
      const travelled = { head: JSON.parse(JSON.stringify(encoded)), body: Buffer.concat([body]) };
      assert.deepEqual(plain([decodeRecord(travelled)]), [record]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("L8.4 a record of an earlier version, whose index ends sooner, MUST be read", () => {
  const { head: encoded, body } = encodeRecord(recordAfter(room, head, 1, [{ text: "<one>", quoting: "A" }]));
  const [item] = decodeRecord({ head: encoded, body }).index;
  assert.deepEqual([encoded.index[0]?.length, item?.ordinary, item?.meant], [9, true, []]);
});

test("L8.2 a record of entries alone MUST be encoded and decoded without copying them", () => {
  const record = recordAfter(room, head, 1, [{ text: "one" }, { text: "two" }]);
  const { head: encoded, body } = encodeRecord(record);
  assert.equal(body, record.bytes);
  assert.equal(decodeRecord({ head: encoded, body }).bytes.buffer, record.bytes.buffer);
});

test("L8.3 what is no record MUST be told as damage", () => {
  const { head: encoded, body } = encodeRecord(
    recordAfter(room, head, 1, [{ text: "one" }], {
      overlays: [{ id: entryId("A"), redacts: true, bytes: bytesOf("b") }],
    }),
  );
  const wrong = [
    { head: null, body },
    { head: "record", body },
    { head: {}, body },
    { head: { ...encoded, index: "none" }, body },
    { head: { ...encoded, index: [] }, body },
    { head: { ...encoded, index: [[3, "message", 99, 0, "A", null, null, null]] }, body },
    { head: { ...encoded, bytes: 2 }, body },
    { head: { ...encoded, bytes: -1 }, body },
    { head: { ...encoded, public: [1, 2] }, body },
    { head: encoded, body: noBytes },
  ];
  for (const encoded of wrong) assert.throws(() => decodeRecord(encoded), RecordDamaged);
});
