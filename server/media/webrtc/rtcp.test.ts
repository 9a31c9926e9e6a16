import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compactMs, compactNtp, ntpOf, unixMsOf } from "./ntp.ts";
import {
  readRtcp,
  writeNack,
  writePli,
  writeReceiverReport,
  writeReferenceTime,
  writeRemb,
  writeRoundTrip,
  writeSenderReport,
} from "./rtcp.ts";

test("V3.5 what is written as RTCP reads the same, alone and in a compound packet", () => {
  const ntp = ntpOf(1_795_412_200_430);
  const block = {
    ssrc: 7,
    fractionLost: 13,
    packetsLost: 99,
    highestSequence: 70_000,
    jitter: 5,
    lastReport: 77,
    delay: 88,
  };
  const compound = Buffer.concat([
    writeSenderReport({ ssrc: 1, ntp, timestamp: 2, packets: 3, octets: 4 }, "a name"),
    writeReceiverReport(1, [block], "a name"),
    writeNack(1, 2, [10, 11, 26, 27, 65_535, 3]),
    writePli(1, 2),
    writeReferenceTime(1, ntp),
    writeRoundTrip(1, 9, 0xabcd, 55),
  ]);
  assert.deepEqual(readRtcp(compound), [
    { type: "sender-report", ssrc: 1, ntp, timestamp: 2, packets: 3, octets: 4, blocks: [] },
    { type: "receiver-report", ssrc: 1, blocks: [block] },
    { type: "nack", ssrc: 1, media: 2, sequences: [10, 11, 26, 27, 65_535, 3] },
    { type: "key-frame", ssrc: 1, media: 2 },
    { type: "reference-time", ssrc: 1, ntp },
    { type: "round-trip", about: 9, lastReference: 0xabcd, delay: 55 },
  ]);
});

test("V3.5 a bitrate of REMB reads back within the precision of its 18 bits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (bits) => {
      const [remb] = readRtcp(writeRemb(1, bits, [5, 6]));
      assert.ok(remb?.type === "remb");
      assert.deepEqual(remb.media, [5, 6]);
      assert.ok(Math.abs(remb.bitsPerSecond - bits) <= bits / 2 ** 16, `${bits} ${remb.bitsPerSecond}`);
    }),
  );
});

test("V3.5 any bytes read as RTCP give a value", () => {
  const head = fc.tuple(
    fc.constantFrom(0x80, 0x81, 0x84, 0x8f, 0x9f),
    fc.constantFrom(200, 201, 203, 205, 206, 207),
  );
  const packet = fc
    .tuple(head, fc.uint8Array({ maxLength: 60 }))
    .map(([start, rest]) => Buffer.from([...start, ...rest]));
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 4 }), (packets) => {
      assert.ok(Array.isArray(readRtcp(Buffer.concat(packets))));
    }),
  );
});

test("V3.5 NTP times read back to a millisecond, and their middle bits measure spans", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }),
      fc.nat(60_000),
      (at, span) => {
        assert.ok(Math.abs(unixMsOf(ntpOf(at)) - at) < 0.001);
        assert.ok(Math.abs(compactMs(compactNtp(ntpOf(at + span)) - compactNtp(ntpOf(at))) - span) < 0.1);
      },
    ),
  );
});
