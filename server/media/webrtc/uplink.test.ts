import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createBandwidth } from "./bandwidth.ts";
import { createCaptureClock } from "./capture-clock.ts";
import { createInOrder } from "./in-order.ts";
import { createMissing } from "./missing.ts";
import type { Packet } from "./packet.ts";
import { createPacketRing } from "./packet-ring.ts";
import { createUnwrapper, low16, low32 } from "./sequence.ts";
import { createUplink } from "./uplink.ts";

const bounds = { holesMax: 64, requestMax: 16, giveUpMs: 400 };

function aPacket(sequence: number): Packet {
  return { sequence, timestamp: sequence * 3_000, marker: true, payload: Buffer.from([1]) };
}

test("V3.6 numbers that begin again at zero become ones that only grow, whatever order packets come in", () => {
  fc.assert(
    fc.property(
      fc.nat(65_535),
      fc.array(fc.integer({ min: -200, max: 400 }), { maxLength: 200 }),
      (first, steps) => {
        const { unwrap } = createUnwrapper(16);
        const zero = unwrap(first) - first;
        let truth = first;
        for (const step of steps) {
          truth = Math.max(first, truth + step);
          assert.equal(unwrap(low16(truth)) - zero, truth);
          if (step < 0) truth -= step;
        }
      },
    ),
  );
  const { unwrap } = createUnwrapper(32);
  const zero = unwrap(2 ** 32 - 100) - (2 ** 32 - 100);
  assert.equal(unwrap(low32(2 ** 32 + 50)) - zero, 2 ** 32 + 50);
});

test("V3.7 a lost packet is asked for at once and again each round trip, until nobody could use it any more", () => {
  const missing = createMissing(bounds);
  for (const sequence of [1, 2, 5]) missing.arrived(sequence, 1_000);
  assert.deepEqual(missing.due(1_001, 50), [], "it may only have gone another way");
  assert.deepEqual(missing.due(1_010, 50), [3, 4]);
  assert.deepEqual(missing.due(1_030, 50), []);
  assert.equal(missing.arrived(3, 1_050), true);
  assert.equal(missing.arrived(3, 1_051), false, "twice");
  assert.deepEqual(missing.due(1_080, 50), [4]);
  let requests = 0;
  for (let now = 1_081; now < 3_000; now += 1) requests += missing.due(now, 50).length;
  assert.ok(requests >= 3 && requests < 8, String(requests));
  assert.equal(missing.open, 0);
  assert.equal(missing.lost, 1);
});

test("V3.7 however many packets are missing, so many at most are remembered and so many asked for at once", () => {
  const missing = createMissing(bounds);
  missing.arrived(0, 0);
  missing.arrived(100_000, 0);
  assert.equal(missing.open, 64);
  assert.equal(missing.due(10, 50).length, 16);
  for (let sequence = 100_002; sequence < 100_400; sequence += 2) missing.arrived(sequence, 1);
  assert.equal(missing.open, 64);
});

test("V3.8 packets come out in order and once, and what follows a hole that was waited for says so", () => {
  const order = fc.shuffledSubarray(
    Array.from({ length: 60 }, (_, index) => index + 1),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(order, fc.array(fc.integer({ min: 1, max: 60 })), (arriving, again) => {
      const out: { sequence: number; afterLoss: boolean }[] = [];
      const inOrder = createInOrder({ waitMs: 100, packetsMax: 1_000 }, ({ sequence }, afterLoss) => {
        out.push({ sequence, afterLoss });
      });
      inOrder.add(aPacket(0), 0);
      for (const sequence of [...arriving, ...again.filter((each) => arriving.includes(each))]) {
        inOrder.add(aPacket(sequence), 1);
      }
      for (let now = 200; now < 10_000; now += 100) inOrder.tick(now);
      const sorted = arriving.toSorted((a, b) => a - b);
      assert.deepEqual(
        out.map(({ sequence }) => sequence),
        [0, ...sorted],
      );
      for (const [index, sequence] of sorted.entries()) {
        assert.equal(out[index + 1]?.afterLoss, sequence !== (sorted[index - 1] ?? 0) + 1);
      }
    }),
  );
});

test("V3.9 the ring gives back what it has by its number, and nothing that it has not", () => {
  const ring = createPacketRing(8);
  for (let sequence = 100; sequence < 120; sequence += 1) ring.add(aPacket(sequence));
  ring.add(aPacket(105));
  assert.equal(ring.at(119)?.sequence, 119);
  assert.equal(ring.at(112)?.sequence, 112);
  assert.equal(ring.at(111), null);
  assert.equal(ring.at(105), null, "what is too old does not push out what is newer");
  assert.equal(ring.newest?.sequence, 119);
});

test("V3.10 a publisher's sources one after the other become one row of packets, and retransmissions fall into their places", () => {
  const uplink = createUplink({ kind: "video", rtxType: 97, clock: createCaptureClock() });
  const arrival = { ssrc: 1, payloadType: 96, timestamp: 1_000, marker: true, payload: Buffer.from([65]) };
  const first = uplink.take({ ...arrival, sequence: 65_535 }, 0);
  const third = uplink.take({ ...arrival, sequence: 1 }, 1);
  const original = Buffer.from([0, 0, 65]);
  const second = uplink.take({ ...arrival, ssrc: 2, payloadType: 97, sequence: 9, payload: original }, 2);
  assert.ok(first !== null && second !== null && third !== null);
  assert.deepEqual([second.sequence - first.sequence, third.sequence - first.sequence], [1, 2]);
  assert.deepEqual(second.payload, Buffer.from([65]));
  const other = uplink.take({ ...arrival, ssrc: 3, sequence: 40_000, timestamp: 77 }, 100);
  assert.equal((other?.sequence ?? 0) - third.sequence, 1);
  assert.ok((other?.timestamp ?? 0) > third.timestamp);
  uplink.take({ ...arrival, ssrc: 3, sequence: 40_002, timestamp: 77 }, 101);
  assert.deepEqual(uplink.missing(120, 50), [40_001], "asked for by the number that the publisher knows");
});

test("V3.11 the publisher is offered more while nothing is lost and less while much is, within its bounds", () => {
  const bandwidth = createBandwidth({ start: 2_500_000, min: 150_000, max: 6_000_000 });
  for (let second = 0; second < 60; second += 1) bandwidth.second(0, 5_500_000);
  assert.equal(bandwidth.bitsPerSecond, 6_000_000);
  assert.equal(bandwidth.second(0.05, 5_500_000), 6_000_000, "what NACK repairs is no reason to send less");
  const less = bandwidth.second(0.2, 5_500_000);
  assert.ok(less < 6_000_000 && less > 4_000_000);
  for (let second = 0; second < 60; second += 1) bandwidth.second(0.5, 1_000_000);
  assert.equal(bandwidth.bitsPerSecond, 150_000);
});

test("V3.12 sender reports put sound and picture on one clock, and that clock on this machine's", () => {
  const clock = createCaptureClock();
  // The publisher's clock is an hour ahead; the network takes 30 ms, the picture's encoder another 40.
  const ahead = 3_600_000;
  clock.arrived("audio", 48_000, 10_030);
  clock.arrived("video", 900_000, 10_070);
  assert.equal(clock.capturedAt("video", 900_000), 10_070);
  assert.equal(clock.exact("video"), false);
  clock.report("audio", 48_000, 10_000 + ahead, 10_035);
  clock.report("video", 900_000, 10_000 + ahead, 10_030);
  assert.equal(clock.exact("video"), true);
  assert.equal(clock.capturedAt("audio", 48_000), clock.capturedAt("video", 900_000));
  assert.ok(Math.abs((clock.capturedAt("video", 900_000) ?? 0) - 10_030) < 1);
});
