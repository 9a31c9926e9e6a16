import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { aacDescription } from "../fmp4/aac.ts";
import { avcDescription } from "../fmp4/h264.ts";
import type { Sample, Tracks } from "../samples.ts";
import { createFlvReader } from "./flv.ts";

const small = avcDescription(hex("6742c00bda0a37e4c044000003000400000300c83c50aa80"), hex("68ce0fc8"));
const large = avcDescription(hex("6742c00cda05067e7c0440000003004000000c83c50aa8"), hex("68ce0fc8"));
const stereo = aacDescription(2, 48_000);

test("V4.26 pictures and sound become samples with times, durations and descriptions", () => {
  const stream = aStream();
  stream.picture(0, "configuration", small);
  stream.sound(0, "configuration", stereo);
  assert.deepEqual(stream.tracks, [
    {
      video: { codec: "h264", description: small, width: 160, height: 90, timescale: 1_000 },
      audio: { codec: "aac", description: stereo, sampleRate: 48_000, channels: 2, timescale: 48_000 },
    },
  ]);
  stream.picture(0, "key", frame(0x65), 80);
  stream.sound(0, "sound", Uint8Array.of(1));
  stream.picture(40, "frame", frame(0x41), 0);
  stream.sound(21, "sound", Uint8Array.of(2));
  stream.end();
  const [key, delta] = stream.of("video");
  assert.deepEqual(key, { track: "video", dts: 0, pts: 80, duration: 40, key: true, data: frame(0x65) });
  assert.deepEqual([delta?.dts, delta?.pts, delta?.duration, delta?.key], [40, 40, 40, false]);
  assert.deepEqual(
    stream.of("audio").map(({ dts, duration }) => [dts, duration]),
    [
      [0, 1_024],
      [1_024, 1_024],
    ],
  );
});

test("V4.26 pictures before the first key frame are left out, and parameter sets and delimiters in a frame too", () => {
  const stream = aStream();
  stream.picture(0, "configuration", small);
  stream.sound(0, "configuration", stereo);
  stream.picture(0, "frame", frame(0x41));
  stream.picture(40, "key", Uint8Array.of(...frame(0x09), ...frame(0x67), ...frame(0x65)));
  stream.end();
  assert.deepEqual(
    stream.of("video").map(({ dts, data }) => [dts, data]),
    [[40, frame(0x65)]],
  );
});

test("V4.26 a stream of sound alone, or of pictures alone, begins when the other has not come for a second", () => {
  const stream = aStream();
  stream.sound(0, "configuration", stereo);
  for (let ms = 0; ms < 1_000; ms += 20) stream.sound(ms, "sound", Uint8Array.of(1));
  assert.equal(stream.tracks.length, 0);
  stream.sound(1_000, "sound", Uint8Array.of(1));
  assert.equal(stream.tracks[0]?.video, null);
  assert.equal(stream.of("audio").length, 51);
  stream.picture(1_020, "configuration", small);
  assert.deepEqual(stream.tracks[1]?.video?.width, 160, "what comes later begins anew");
});

test("V4.26 another size begins anew with a key frame, and the same description again changes nothing", () => {
  const stream = aStream();
  stream.sound(0, "configuration", stereo);
  stream.picture(0, "configuration", small);
  stream.picture(0, "key", frame(0x65));
  stream.picture(40, "configuration", small);
  stream.picture(40, "configuration", large);
  stream.picture(40, "frame", frame(0x41));
  stream.picture(80, "key", frame(0x65));
  stream.end();
  assert.deepEqual(
    stream.tracks.map(({ video }) => video?.width),
    [160, 320],
  );
  assert.deepEqual(
    stream.of("video").map(({ dts }) => dts),
    [0, 80],
  );
});

test("V4.26 sound keeps to its own count of samples while times are off by less than jitter, and follows them beyond", () => {
  const stream = aStream();
  stream.picture(0, "configuration", small);
  stream.sound(0, "configuration", stereo);
  for (const ms of [0, 22, 41, 66, 500]) stream.sound(ms, "sound", Uint8Array.of(1));
  assert.deepEqual(
    stream.of("audio").map(({ dts }) => dts),
    [0, 1_024, 2_048, 3_072, 24_000],
  );
});

test("V4.26 times that go back by much are those of an encoder that began anew", () => {
  const stream = aStream();
  stream.sound(0, "configuration", stereo);
  stream.picture(0, "configuration", small);
  stream.picture(60_000, "key", frame(0x65));
  stream.picture(0, "key", frame(0x65));
  stream.end();
  assert.equal(stream.tracks.length, 2);
  assert.deepEqual(
    stream.of("video").map(({ dts }) => dts),
    [60_000, 0],
  );
});

test("V4.26 the enhanced framing is read, and other codecs are told by their names, once", () => {
  const stream = aStream();
  stream.tag("video", 0, [0x90, ..."avc1".split("").map(code), ...small]);
  stream.sound(0, "configuration", stereo);
  stream.tag("video", 0, [0x91, ..."avc1".split("").map(code), 0, 0, 7, ...frame(0x65)]);
  stream.tag("video", 40, [0xa3, ..."avc1".split("").map(code), ...frame(0x41)]);
  assert.equal(stream.of("video")[0]?.pts, 7);
  stream.tag("video", 80, [0x90, ..."hvc1".split("").map(code), 1]);
  stream.tag("audio", 80, [0x22, 0]);
  assert.deepEqual(stream.problems, ["The picture comes as H.265 (HEVC): set the encoder to H.264."]);
});

test("V4.26 whatever the tags hold, they are read or told, decode times do not go back and pictures begin with a key", () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(
      bytes(0x17, 0, 0, 0, 0, ...small),
      bytes(0x17, 0, 0, 0, 0, ...large),
      bytes(0x17, 1, 0, 0, 9, ...frame(0x65)),
      bytes(0x27, 1, 255, 255, 0, ...frame(0x41)),
      bytes(0xaf, 0, ...stereo),
      bytes(0xaf, 1, 1, 2, 3),
    ),
  );
  const tag = fc.tuple(fc.constantFrom("audio" as const, "video" as const), fc.nat({ max: 40_000 }), body);
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 60 }), (tags) => {
      const stream = aStream();
      for (const [type, ms, content] of tags) stream.tag(type, ms, content);
      stream.end();
      assert.ok(stream.problems.length <= 1);
      for (const run of stream.runs)
        for (const track of ["audio", "video"] as const) {
          const samples = run.filter((sample) => sample.track === track);
          assert.ok(samples.length === 0 || samples[0]?.key);
          for (const [at, { dts, pts }] of samples.entries())
            assert.ok(pts >= dts && dts >= (samples[at - 1]?.dts ?? -1), `${track} ${dts}`);
        }
    }),
    { numRuns: 400 },
  );
});

function aStream() {
  const tracks: Tracks[] = [];
  const runs: Sample[][] = [];
  const problems: string[] = [];
  const reader = createFlvReader({
    tracks(next) {
      tracks.push(next);
      runs.push([]);
    },
    sample: (sample) => void runs.at(-1)?.push(sample),
    problem: (sentence) => void problems.push(sentence),
  });
  const tag = (type: "audio" | "video", ms: number, body: Iterable<number>): void =>
    reader.tag(type, ms, Uint8Array.from(body));
  return {
    tracks,
    runs,
    problems,
    tag,
    end: reader.end,
    of: (track: Sample["track"]) => runs.flat().filter((sample) => sample.track === track),
    picture(ms: number, what: "configuration" | "key" | "frame", content: Uint8Array, offsetMs = 0): void {
      const first = what === "frame" ? 0x27 : 0x17;
      tag("video", ms, [first, what === "configuration" ? 0 : 1, 0, 0, offsetMs, ...content]);
    },
    sound: (ms: number, what: "configuration" | "sound", content: Uint8Array): void =>
      tag("audio", ms, [0xaf, what === "configuration" ? 0 : 1, ...content]),
  };
}

/** One NAL unit behind its length. */
function frame(header: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 3, header, 1, 2);
}

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

function code(character: string): number {
  return character.charCodeAt(0);
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
