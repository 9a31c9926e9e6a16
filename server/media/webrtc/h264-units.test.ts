import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type AccessUnit, createH264Units, startsKeyFrame } from "./h264-units.ts";
import { createInOrder } from "./in-order.ts";
import { opusLength } from "./opus-length.ts";
import type { Packet } from "./packet.ts";
import { aFrame, type Frame, packetsOf, payloadsOf } from "./pictures.fixture.ts";

function unitsOf(packets: readonly Packet[]): { units: AccessUnit[]; lost: number } {
  const units: AccessUnit[] = [];
  let lost = 0;
  const reader = createH264Units(
    100_000,
    (unit) => units.push(unit),
    () => (lost += 1),
  );
  const inOrder = createInOrder({ waitMs: 10, packetsMax: 1_000 }, (packet, after) =>
    reader.add(packet, after),
  );
  for (const packet of packets) inOrder.add(packet, 0);
  for (let now = 100; now < 20_000; now += 100) inOrder.tick(now);
  return { units, lost };
}

function someFrames(count: number, keyEvery = 10): readonly Frame[] {
  return Array.from({ length: count }, (_, index) => aFrame(index, keyEvery, 200 + ((index * 977) % 4_000)));
}

test("V3.13 single NAL units, STAP-A and FU-A become the frames that they were, with their parameter sets", () => {
  const frames = someFrames(25);
  const { units, lost } = unitsOf(packetsOf(frames));
  assert.equal(lost, 0);
  assert.equal(units.length, 25);
  for (const [index, { key, units: nals, timestamp, sps }] of units.entries()) {
    assert.equal(key, index % 10 === 0);
    assert.equal(timestamp, 900_000 + index * 3_000);
    assert.deepEqual(Buffer.concat(nals), frames[index]?.nals.at(-1));
    assert.deepEqual(sps, frames[0]?.nals[0]);
  }
});

test("V3.14 whatever is lost, comes twice or in another order, each frame that comes out is whole and can be decoded", () => {
  const frames = someFrames(40);
  const packets = packetsOf(frames);
  const slices = new Map(frames.map((frame, index) => [900_000 + index * 3_000, frame.nals.at(-1)]));
  const losses = fc.uniqueArray(fc.nat(packets.length - 1), { maxLength: 12 });
  const swaps = fc.array(fc.tuple(fc.nat(packets.length - 1), fc.nat(6)), { maxLength: 20 });
  fc.assert(
    fc.property(losses, swaps, (lost, swapped) => {
      const arriving = packets.filter((_, index) => index === 0 || !lost.includes(index));
      for (const [from, by] of swapped) {
        const packet = arriving[from];
        // The first stays where it is: what comes before it is not waited for.
        if (packet !== undefined && from > 0)
          arriving.splice(Math.min(arriving.length, from + by), 0, packet);
      }
      const { units } = unitsOf(arriving);
      let last: number | null = null;
      for (const unit of units) {
        assert.deepEqual(Buffer.concat(unit.units), slices.get(unit.timestamp));
        assert.ok(unit.key || last === unit.timestamp - 3_000, "a frame follows the one that it refers to");
        last = unit.timestamp;
      }
    }),
    { numRuns: 200 },
  );
});

test("V3.14 after a loss nothing comes before the next key frame, and that is wished for once", () => {
  const frames = someFrames(30);
  const packets = packetsOf(frames).filter(({ timestamp }) => timestamp !== 900_000 + 12 * 3_000);
  const { units, lost } = unitsOf(packets);
  assert.equal(lost, 1);
  const shown = units.map(({ timestamp }) => (timestamp - 900_000) / 3_000);
  assert.deepEqual(shown, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
});

test("V3.14 any bytes as payloads make no frame and no fault", () => {
  const payload = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 30 }), (payloads) => {
      const packets = payloads.map((each, index) => ({
        sequence: index,
        timestamp: index >> 1,
        marker: index % 3 === 0,
        payload: each,
      }));
      for (const { units } of unitsOf(packets).units) assert.ok(units.length > 0);
      for (const each of payloads) startsKeyFrame(each);
    }),
  );
});

test("V3.15 a viewer's picture may begin where parameter sets stand before a key frame, and nowhere else", () => {
  const starts = payloadsOf(aFrame(0)).map((payload) => startsKeyFrame(payload));
  assert.deepEqual(starts, [true, false, false, false]);
  assert.ok(payloadsOf(aFrame(1)).every((payload) => !startsKeyFrame(payload)));
});

test("V3.16 an Opus packet says how long it plays by its first bytes", () => {
  assert.equal(opusLength(Buffer.from([0x78, 1])), 960);
  assert.equal(opusLength(Buffer.from([0x08, 1])), 960);
  assert.equal(opusLength(Buffer.from([0x79, 1])), 1_920);
  assert.equal(opusLength(Buffer.from([0x7b, 3])), 2_880);
  assert.equal(opusLength(Buffer.from([0xe0, 1])), 120);
  for (const none of [[], [0x7b], [0x7b, 0], [0x7b, 63]]) assert.equal(opusLength(Buffer.from(none)), null);
});
