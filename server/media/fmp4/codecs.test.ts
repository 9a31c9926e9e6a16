import assert from "node:assert/strict";
import { test } from "node:test";
import { aacDescription, parseAacDescription } from "./aac.ts";
import { codecsOf } from "./codecs.ts";
import { opusDescription, parseOpusDescription } from "./opus.ts";
import { bothTracks, hex, someAac, someOpus, someVideo } from "./stream.fixture.ts";

test("V2.4 codecs are named as RFC 6381 has it, video first", () => {
  assert.equal(codecsOf(bothTracks), "avc1.42c00c,mp4a.40.2");
  assert.equal(codecsOf({ video: null, audio: someOpus }), "opus");
  assert.equal(codecsOf({ video: someVideo, audio: null }), "avc1.42c00c");
  const description = hex("2b8a0800");
  assert.equal(codecsOf({ video: null, audio: { ...someAac, description } }), "mp4a.40.5");
});

test("V2.17 an audio configuration says what comes out of the decoder", () => {
  assert.deepEqual(parseAacDescription(hex("118856e500")), {
    objectType: 2,
    sampleRate: 48_000,
    channels: 1,
  });
  assert.deepEqual(parseAacDescription(hex("1210")), { objectType: 2, sampleRate: 44_100, channels: 2 });
  assert.deepEqual(parseAacDescription(hex("2b8a0800")), { objectType: 5, sampleRate: 44_100, channels: 1 });
  assert.equal(parseAacDescription(hex("1180")).channels, null);
  assert.throws(() => parseAacDescription(hex("16")));
});

test("V2.17 descriptions that are made are read as what they were made of", () => {
  for (const [channels, sampleRate] of [
    [1, 8_000],
    [2, 48_000],
    [6, 96_000],
  ] as const) {
    const made = parseAacDescription(aacDescription(channels, sampleRate));
    assert.deepEqual(made, { objectType: 2, sampleRate, channels });
  }
  assert.throws(() => aacDescription(2, 47_999));
  assert.deepEqual(parseOpusDescription(opusDescription(2, 44_100)), {
    channels: 2,
    inputSampleRate: 44_100,
  });
  assert.throws(() => opusDescription(3, 48_000));
  assert.throws(() => parseOpusDescription(hex("0002")));
});
