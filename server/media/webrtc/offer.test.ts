import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { anOffer, h264, vp8, vp9 } from "./offers.fixture.ts";
import { readOffer, type UsedLine } from "./offer.ts";

function read(text: string, theirs: "sends" | "receives" = "sends") {
  const result = readOffer(text, theirs);
  return result.ok ? result.offer : result.refusal;
}
function lineOf(text: string, use: "video" | "audio"): UsedLine | undefined {
  const offer = read(text);
  assert.ok("lines" in offer, JSON.stringify(offer));
  return offer.lines.find((line): line is UsedLine => line.use === use);
}

test("V3.1 H.264 with packetization-mode=1 and Opus are taken from among what is offered, with the type of retransmissions", () => {
  const video = lineOf(anOffer(), "video");
  assert.equal(video?.payloadType, 108);
  assert.equal(video.rtxType, 109);
  assert.equal(lineOf(anOffer(), "audio")?.payloadType, 111);
});

test("V3.1 of several profiles the one that everybody can decode is taken", () => {
  const main = ["a=rtpmap:116 H264/90000", "a=fmtp:116 packetization-mode=1;profile-level-id=4d001f"];
  const mode0 = ["a=rtpmap:114 H264/90000", "a=fmtp:114 packetization-mode=0;profile-level-id=42e01f"];
  assert.equal(lineOf(anOffer({ video: [...main, ...mode0, ...h264] }), "video")?.payloadType, 108);
  assert.equal(lineOf(anOffer({ video: [...mode0, ...main] }), "video")?.payloadType, 116);
});

test("V3.2 an offer of other video codecs alone is refused with a sentence that names H.264 and what was offered", () => {
  const refusal = read(anOffer({ video: [...vp8, ...vp9] }));
  assert.deepEqual(refusal, {
    kind: "unsupported",
    detail:
      "Choose H.264 (profile baseline or main, packetization-mode=1) as the video codec: the offer has VP8, VP9.",
  });
});

test("V3.3 publishers may send picture and sound, or one of them alone", () => {
  assert.equal(lineOf(anOffer({ audio: false }), "audio"), undefined);
  assert.equal(lineOf(anOffer({ video: null }), "video"), undefined);
  assert.equal(lineOf(anOffer({ video: null }), "audio")?.mid, "0");
});

test("V3.4 an offer in the wrong direction, without BUNDLE, without ICE or without a fingerprint is refused in a sentence", () => {
  const offers = [
    anOffer({ direction: "recvonly" }),
    anOffer().replace("a=group:BUNDLE 0 1\r\n", ""),
    anOffer().replaceAll(/a=ice-pwd:.*\r\n/g, ""),
    anOffer().replaceAll(/a=fingerprint:.*\r\n/g, ""),
    "",
    "v=0",
    "hello",
    "v=0\r\nm=audio",
    "v=0\r\n".repeat(40_000),
  ];
  for (const offer of offers) {
    const refusal = read(offer);
    assert.ok("detail" in refusal && /^[A-Z].*\.$/.test(refusal.detail), JSON.stringify(refusal));
  }
  assert.ok("lines" in read(anOffer({ direction: "recvonly" }), "receives"));
});

test("V3.4 any change to an offer is answered with a value", () => {
  const text = anOffer();
  const place = fc.nat({ max: text.length });
  const change = fc.record({
    at: place,
    cut: fc.nat({ max: 40 }),
    put: fc.string({ unit: "binary", maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const changed = changes.reduce(
        (text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut),
        text,
      );
      const result = readOffer(changed, "sends");
      if (result.ok) assert.ok(result.offer.lines.length > 0);
      else assert.match(result.refusal.detail, /\.$|\)\.$/);
    }),
    { numRuns: 500 },
  );
});
