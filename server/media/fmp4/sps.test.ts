import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "./stream.fixture.ts";
import { parseSps, payloadOf } from "./sps.ts";

/** What x264 wrote for a size and pixel format. */
const written: readonly (readonly [string, string, number, number, number, number])[] = [
  ["6742c00cda05067e7c0440000003004000000c83c50aa8", "320x180", 66, 12, 1, 8],
  ["6742c028da01e0089f97011000000300100000030320f1832a", "1920x1080", 66, 40, 1, 8],
  ["6742c00dda05467889b011000003000100000300320f142aa0", "322x182", 66, 13, 1, 8],
  ["6742c033da00f0010fb011000003000100000300320f1832a0", "3840x2160", 66, 51, 1, 8],
  ["674d401ef405a126c044000003000400000300c87c50aa80", "720x576", 77, 30, 1, 8],
  ["67640015f2d0363fcfe02d9000000300100000030320f162ea", "426x240", 100, 21, 0, 8],
  ["67640028acb402201e3cbe0220000003002000000641e30654", "1080x1920", 100, 40, 1, 8],
  ["676e001ea6cb406c1ef37808800000030080000019078b1750", "854x480", 110, 30, 1, 10],
  ["677a001fbcb402802dd808800000030080000019078c1950", "1280x720", 122, 31, 2, 8],
  ["67f4001e919680a02ff9f011000003000100000300320f162ea0", "640x362", 244, 30, 3, 8],
];

test("V2.15 a sequence parameter set says size after cropping, profile, level and chroma, of progressive and interlaced video", () => {
  for (const [digits, size, profile, level, chromaFormat, depth] of written) {
    const sps = parseSps(hex(digits));
    assert.equal(`${sps.width}x${sps.height}`, size);
    assert.deepEqual([sps.profile, sps.level, sps.chromaFormat], [profile, level, chromaFormat]);
    assert.deepEqual([sps.bitDepthLuma, sps.bitDepthChroma, sps.id], [depth, depth, 0]);
  }
});

test("V2.15 bytes that prevent the emulation of start codes are taken out of a parameter set", () => {
  assert.deepEqual([...payloadOf(hex("00000301000003000003"))], [0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual([...payloadOf(hex("0300030003"))], [3, 0, 3, 0, 3]);
});

test("V2.15 what is cut off or no sequence parameter set is refused", () => {
  const [[digits] = [""]] = written;
  for (let length = 0; length < 8; length++) assert.throws(() => parseSps(hex(digits).subarray(0, length)));
  assert.throws(() => parseSps(hex("68ce0fc8")));
  assert.throws(() => parseSps(new Uint8Array(40)));
});
