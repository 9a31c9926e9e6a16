import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  avcDescription,
  isKey,
  nalsOf,
  nalType,
  nalTypes,
  parseAvcDescription,
  sampleOf,
  splitAnnexB,
} from "./h264.ts";
import { hex, largeSps, smallSps, someAud, somePps } from "./stream.fixture.ts";

test("V2.16 a description says profile, level and length size, holds both parameter sets, and chroma of high profiles", () => {
  const plain = avcDescription(smallSps, somePps);
  assert.deepEqual([...plain.subarray(0, 8)], [1, 0x42, 0xc0, 0x0c, 0xff, 0xe1, 0, smallSps.length]);
  assert.deepEqual(parseAvcDescription(plain), { lengthBytes: 4, sps: [smallSps], pps: [somePps] });
  assert.equal(plain.length, 11 + smallSps.length + somePps.length);
  const high = avcDescription(largeSps, somePps);
  assert.deepEqual([...high.subarray(-4)], [0xfe, 0xf8, 0xf8, 0]);
  assert.throws(() => avcDescription(somePps, somePps));
});

test("V2.16 an Annex B stream is split at start codes of three and four bytes", () => {
  const stream = hex(`00000001${"09f0"}000001${"6588"}000000${"00000001"}${"41000003"}0000`);
  assert.deepEqual(
    splitAnnexB(stream).map((nal) => Buffer.from(nal).toString("hex")),
    ["09f0", "6588", "41000003"],
  );
  assert.deepEqual(splitAnnexB(hex("65884100")), []);
});

test("V2.16 NAL units that were joined by start codes are split into the same ones", () => {
  const nal = fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((bytes) => Uint8Array.of(0x41, ...bytes.map((byte) => byte || 1)));
  const start = fc.constantFrom("000001", "00000001", "0000000001").map(hex);
  fc.assert(
    fc.property(fc.array(fc.tuple(start, nal)), (parts) => {
      const stream = Buffer.concat(parts.flat());
      assert.deepEqual(
        splitAnnexB(stream).map((found) => Uint8Array.from(found)),
        parts.map(([, nal]) => nal),
      );
    }),
  );
});

test("V2.8 a sample made of NAL units holds each behind its length, and no parameter set or delimiter", () => {
  const slice = hex("6588aa");
  const sample = sampleOf([someAud, smallSps, somePps, hex("0605"), slice]);
  assert.equal(Buffer.from(sample).toString("hex"), "000000020605000000036588aa");
  assert.deepEqual(nalsOf(sample), [hex("0605"), slice]);
  assert.equal(isKey(nalsOf(sample)), true);
  assert.equal(isKey([hex("41aa"), hex("0605")]), false);
  assert.equal(nalType(slice), nalTypes.idr);
  assert.throws(() => nalsOf(hex("0000000541")));
});
