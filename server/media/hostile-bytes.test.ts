import assert from "node:assert/strict";
import { test } from "node:test";
import { aacDescription, parseAacDescription } from "./fmp4/aac.ts";
import { FormatError } from "./fmp4/box-fields.ts";
import { parseAvcDescription } from "./fmp4/h264.ts";
import { opusDescription, parseOpusDescription } from "./fmp4/opus.ts";
import { parseSps } from "./fmp4/sps.ts";
import { readTag } from "./ingest/flv-tag.ts";
import { readFragment } from "./webrtc/fragment.ts";
import { readOffer } from "./webrtc/offer.ts";
import { anOffer } from "./webrtc/offers.fixture.ts";
import { spsOf } from "./webrtc/pictures.fixture.ts";
import { readRtcp, writeNack, writeReceiverReport, writeRemb } from "./webrtc/rtcp.ts";

const cases = 20_000;
const aFragment =
  "a=ice-ufrag:rIA3\r\na=ice-pwd:B14o2XYEZ4Zf6Q/kugU40sFQ\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n";
const reports = [writeReceiverReport(1, [], "x"), writeNack(1, 2, [3, 9]), writeRemb(1, 1_000_000, [2])];
const avc = [1, 66, 0, 30, 255, 225, 0, 4, 103, 66, 0, 30, 1, 0, 2, 104, 1];

/** The same numbers in every run: a case that fails can be had again. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function damage(valid: Buffer, dice: (below: number) => number): Buffer {
  if (dice(4) === 0) return Buffer.from(Array.from({ length: dice(64) }, () => dice(256)));
  const bytes = Buffer.from(valid);
  for (let left = dice(6) + 1; left > 0; left--) bytes[dice(bytes.length)] = dice(256);
  return dice(3) > 0 ? bytes : bytes.subarray(0, dice(bytes.length + 1));
}

function attack(valid: Buffer, read: (bytes: Buffer) => unknown, seed = 1): void {
  const dice = createDice(seed);
  for (let at = 0; at < cases; at++) {
    const bytes = damage(valid, dice);
    try {
      read(bytes);
    } catch (error) {
      assert.ok(error instanceof FormatError, `case ${at}, ${bytes.toString("hex")}: ${String(error)}`);
    }
  }
}

test("V8.1 damaged offers and fragments are answered and never throw", () => {
  const dice = createDice(1);
  for (let at = 0; at < cases; at++) {
    readOffer(damage(Buffer.from(anOffer()), dice).toString("latin1"), "sends");
    readFragment(damage(Buffer.from(aFragment), dice).toString("latin1"));
  }
});

test("V8.2 damaged RTCP never throws", () => {
  const dice = createDice(1);
  for (let at = 0; at < cases; at++) readRtcp(damage(Buffer.concat(reports), dice));
});

test("V8.3 damaged codec descriptions and FLV tags fail with a FormatError or are read", () => {
  attack(spsOf(640, 360), parseSps);
  attack(Buffer.from(aacDescription(2, 48_000)), parseAacDescription);
  attack(Buffer.from(opusDescription(2, 48_000)), parseOpusDescription);
  attack(Buffer.from(avc), parseAvcDescription);
  attack(Buffer.from([0x17, 1, 0, 0, 0, 0, 0, 0, 2, 101, 1]), (bytes) => readTag("video", bytes));
  attack(Buffer.from([0xaf, 1, 1, 2, 3]), (bytes) => readTag("audio", bytes));
});
