import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import type { Sample, Tracks } from "../samples.ts";
import { box, bytesOf, text } from "./box-writer.ts";
import { fragment } from "./fragment.ts";
import { avcDescription } from "./h264.ts";
import { initSegment } from "./init-segment.ts";
import {
  bothTracks,
  hex,
  largeSps,
  nal,
  type Reading,
  readingOf,
  smallSps,
  someAac,
  someAudioSamples,
  someAud,
  someOpus,
  somePps,
  someStream,
  someVideo,
  someVideoSamples,
} from "./stream.fixture.ts";

const whole = readingOf(someStream());

test("V2.1 tracks are read from an init segment as they were given, together and alone", () => {
  const kinds: readonly Tracks[] = [
    bothTracks,
    { video: someVideo, audio: someOpus },
    { video: someVideo, audio: null },
    { video: null, audio: someAac },
    { video: null, audio: someOpus },
  ];
  for (const tracks of kinds) {
    assert.deepEqual(readingOf(initSegment(tracks)), { tracks: [tracks], samples: [], problems: [] });
  }
});

test("V2.2 samples come out of fragments as they went in", () => {
  const size = fc.integer({ min: 0, max: 40 });
  const video = fc.record({ step: size, late: fc.integer({ min: -50, max: 50 }), key: fc.boolean(), size });
  const audio = fc.record({ step: size, size });
  const start = fc.maxSafeInteger().map((time) => Math.floor(Math.abs(time) / 8));
  const input = fc.tuple(start, fc.array(video, { maxLength: 20 }), fc.array(audio, { maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(input, { maxLength: 3 }), (inputs) => {
      const stream = [initSegment(bothTracks)];
      const expected: Sample[] = [];
      let from = 0;
      for (const [gap, video, audio] of inputs) {
        from += Math.floor(gap / 4);
        const pictures = placed(from, video, (step, at) => pictureOf(step, at));
        const sounds = placed(from, audio, (step, at) => soundOf(step, at));
        stream.push(fragment({ sequence: 1, tracks: bothTracks, video: pictures, audio: sounds }));
        expected.push(...pictures, ...sounds);
        from += 2_000;
      }
      const { samples, problems } = readingOf(...stream);
      assert.deepEqual(problems, []);
      for (const track of ["video", "audio"] as const) {
        assert.deepEqual(of(track, samples), of(track, expected));
      }
    }),
    { numRuns: 200 },
  );
});

test("V2.3 times in a fragment are those of its samples, whatever durations they claim", () => {
  const audio = someAudioSamples(6).map((sample, n) =>
    Object.assign(sample, { duration: n === 5 ? 1_024 : 7 }),
  );
  const bytes = fragment({ sequence: 1, tracks: bothTracks, video: [], audio });
  const { samples } = readingOf(initSegment(bothTracks), bytes);
  assert.deepEqual(samples, someAudioSamples(6));
});

test("V2.3 a fragment that would begin before 0 or at a fraction of a tick is not made", () => {
  for (const from of [-1, 0.5]) {
    const audio = someAudioSamples(1, from);
    assert.throws(() => fragment({ sequence: 1, tracks: bothTracks, video: [], audio }), RangeError);
  }
});

test("V2.5 a stream gives the same samples however it is cut", () => {
  const stream = someStream();
  assert.equal(whole.samples.length, 39);
  assert.deepEqual(readingOf(...Array.from(stream, (byte) => Uint8Array.of(byte))), whole);
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 900 })), (cuts) => {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < stream.length;) {
        const { value: size } = cuts.next();
        chunks.push(stream.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(readingOf(...chunks), whole);
    }),
    { numRuns: 100 },
  );
});

test("V2.5 both tracks come in turns, in the order of decoding", () => {
  const seconds = whole.samples.map(({ track, dts }) => dts / (track === "video" ? 90_000 : 44_100));
  assert.deepEqual(
    seconds,
    seconds.toSorted((one, other) => one - other),
  );
});

test("V2.8 parameter sets and delimiters are taken out of samples, wherever in them they stand", () => {
  const slice = nal(0x65, 1, 2);
  const sei = nal(6, 5, 4);
  const sets = [nal(...smallSps), nal(...somePps)];
  const forms = [
    [nal(...someAud), ...sets, sei, slice],
    [sei, nal(...someAud), ...sets, slice],
    [sei, slice, ...sets, nal(), nal(...someAud)],
  ];
  for (const form of forms) {
    const { samples, problems, tracks } = readingOf(...streamOf(Buffer.concat(form)));
    assert.deepEqual(problems, []);
    assert.equal(tracks.length, 1);
    assert.deepEqual(
      samples.map(({ data }) => Buffer.from(data)),
      [Buffer.concat([sei, slice])],
    );
  }
});

test("V2.8 lengths of one, two or three bytes become four", () => {
  const init = Buffer.from(initSegment(bothTracks));
  for (const lengthBytes of [1, 2, 3]) {
    init[init.indexOf("avcC") + 8] = 0xfc | (lengthBytes - 1);
    const nals = [someAud, hex("0605"), hex("6588aa")].map((bytes) =>
      Buffer.concat([new Uint8Array(lengthBytes - 1), Uint8Array.of(bytes.length), bytes]),
    );
    const [, part] = streamOf(Buffer.concat(nals));
    const { samples, tracks } = readingOf(init, part ?? init);
    assert.deepEqual(
      samples.map(({ data }) => Buffer.from(data).toString("hex")),
      ["000000020605000000036588aa"],
    );
    assert.deepEqual(tracks, [bothTracks]);
  }
});

test("V2.9 parameter sets within a sample that are others than before give new tracks, once", () => {
  const change = Buffer.concat([nal(...largeSps), nal(...somePps), nal(0x65, 1)]);
  const { tracks, samples } = readingOf(...streamOf(nal(0x65, 1), change, nal(0x41, 2), change));
  assert.equal(samples.length, 4);
  const description = avcDescription(largeSps, somePps);
  const video = { ...someVideo, description, width: 1_280, height: 720 };
  assert.deepEqual(tracks, [bothTracks, { ...bothTracks, video }]);
});

test("V2.10 another moov gives new tracks, whose times begin anew", () => {
  const audio = someAudioSamples(3, 44_100);
  const tracks = { video: null, audio: someAac };
  const second = Buffer.concat([initSegment(tracks), fragment({ sequence: 1, tracks, video: [], audio })]);
  const reading = readingOf(someStream(), second);
  assert.deepEqual(reading.problems, []);
  assert.deepEqual(reading.tracks, [bothTracks, tracks]);
  assert.deepEqual(reading.samples.slice(39), audio);
});

test("V2.11 a stream that was changed anywhere is read or refused with one sentence, and nothing is thrown", () => {
  const stream = someStream();
  const change = fc.tuple(fc.nat(stream.length - 1), fc.integer({ min: 0, max: 255 }));
  const cut = fc.tuple(fc.nat(stream.length), fc.nat(64));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), cut, (changes, [from, length]) => {
      const bytes = Uint8Array.from(stream);
      for (const [at, value] of changes) bytes[at] = value;
      const { problems, samples } = readingOf(bytes.subarray(0, from), bytes.subarray(from + length));
      assert.ok(problems.length <= 1 && samples.length <= limits.mediaFragmentSamplesMax);
      for (const sentence of problems) assert.match(sentence, /^[A-Z].*\.$/);
    }),
    { numRuns: 2_000 },
  );
});

test("V2.11 any bytes are refused, and what follows is not read", () => {
  const garbage = fc.uint8Array({ minLength: 16, maxLength: 200 });
  fc.assert(
    fc.property(garbage, (bytes) => {
      assert.equal(readingOf(bytes, someStream(), bytes).problems.length, 1);
    }),
  );
  const dead = readingOf(hex("0000000000000000"), someStream());
  assert.deepEqual([dead.tracks, dead.samples, dead.problems.length], [[], [], 1]);
});

test("V2.11 a length within a sample that leads out of it is refused", () => {
  const { problems } = readingOf(...streamOf(hex("000000096501")));
  assert.equal(problems.length, 1);
});

test("V2.12 a box beyond the limit is refused at its head", () => {
  const tooLarge = "A fragment of the stream is too large: set the encoder to a lower bit rate.";
  for (const [type, bytesMax] of [
    ["mdat", limits.mediaDataBytesMax],
    ["moof", limits.mediaBoxBytesMax],
    ["free", limits.mediaBoxBytesMax],
  ] as const) {
    assert.deepEqual(readingOf(someStream(), headOf(type, bytesMax + 1)).problems, [tooLarge]);
    assert.match(readingOf(someStream(), headOf(type, bytesMax)).problems[0] ?? "", /broke off/);
  }
});

test("V2.12 more samples in a fragment, NAL units in a sample and bytes in a parameter set than the limits are refused", () => {
  const many = Array.from({ length: limits.mediaFragmentSamplesMax + 1 }, () => noSample);
  const bytes = fragment({ sequence: 1, tracks: bothTracks, video: [], audio: many });
  assert.match(readingOf(initSegment(bothTracks), bytes).problems[0] ?? "", /too many samples/);
  const most = fragment({ sequence: 1, tracks: bothTracks, video: [], audio: many.slice(1) });
  assert.equal(readingOf(initSegment(bothTracks), most).samples.length, limits.mediaFragmentSamplesMax);
  const nals = Array.from({ length: limits.mediaNalsPerSampleMax }, () => nal(0x41));
  assert.equal(readingOf(...streamOf(Buffer.concat(nals))).samples.length, 1);
  assert.equal(readingOf(...streamOf(Buffer.concat([...nals, nal(0x41)]))).problems.length, 1);
  const largePps = new Uint8Array(limits.mediaParameterSetBytesMax + 1).fill(0xff);
  largePps[0] = 0x68;
  assert.equal(readingOf(...streamOf(sampleOfSets(largePps))).problems.length, 1);
  assert.equal(readingOf(...streamOf(sampleOfSets(largePps.subarray(0, -1)))).tracks.length, 2);
});

test("V2.13 what cannot be taken is refused with its name and what to set", () => {
  assert.deepEqual(wrong("avc1", "hvc1").problems, ["The video is HEVC (H.265): set the encoder to H.264."]);
  assert.deepEqual(wrong("mp4a", "ac-3").problems, ["The audio is AC-3: set the encoder to AAC."]);
  assert.deepEqual(wrong("mp4a", "abcd").problems, ["The audio is of another kind: set the encoder to AAC."]);
  assert.match(wrong("mvex", "free").problems[0] ?? "", /without fragments/);
  assert.match(
    readingOf(initSegment({ video: null, audio: null })).problems[0] ?? "",
    /neither video nor audio/,
  );
});

test("V2.14 a stream that ends within a box is a problem, one that ends between boxes is none", () => {
  const stream = someStream();
  assert.deepEqual(readingOf(stream).problems, []);
  assert.match(readingOf(stream.subarray(0, -1)).problems[0] ?? "", /broke off/);
  assert.match(readingOf(stream, hex("0000")).problems[0] ?? "", /broke off/);
});

test("V2.5 boxes that are not needed are passed over, of any version of their size", () => {
  const free = bytesOf(box("free", text("nothing")));
  const long = hex("00000001736964780000000000000012aabb");
  const bytes = fragment({ sequence: 1, tracks: bothTracks, video: [], audio: someAudioSamples(2) });
  const { samples, problems } = readingOf(initSegment(bothTracks), free, long, bytes, free);
  assert.deepEqual([samples.length, problems], [2, []]);
});

/** What is said of an init segment in which one type of box is another. */
function wrong(from: string, to: string): Reading {
  const init = Buffer.from(initSegment(bothTracks)).toString("latin1");
  return readingOf(Buffer.from(init.replace(from, to), "latin1"));
}

/** The head of a box in the long form, which nothing follows. */
function headOf(type: string, bytes: number): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(type, 4, "latin1");
  head.writeBigUInt64BE(BigInt(bytes), 8);
  return head;
}

function sampleOfSets(pps: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(pps.length);
  return Buffer.concat([length, pps, nal(0x65, 1)]);
}

const noSample: Sample = {
  track: "audio",
  dts: 0,
  pts: 0,
  duration: 0,
  key: true,
  data: new Uint8Array(),
};

/** A stream of one video fragment whose samples hold this data. */
function streamOf(...data: readonly Uint8Array[]): readonly Uint8Array[] {
  const video = someVideoSamples(data.length).map((sample, n) => Object.assign(sample, { data: data[n] }));
  return [initSegment(bothTracks), fragment({ sequence: 1, tracks: bothTracks, video, audio: [] })];
}

type Step = { readonly step: number; readonly size: number; readonly late?: number; readonly key?: boolean };

function placed(from: number, steps: readonly Step[], make: (step: Step, at: number) => Sample): Sample[] {
  let at = from;
  return steps.map((step) => {
    const sample = make(step, at);
    at += step.step;
    return sample;
  });
}

function pictureOf({ step, late = 0, key = false, size }: Step, dts: number): Sample {
  const data = nal(key ? 0x65 : 0x41, ...Array.from({ length: size }, (_, n) => n));
  return { track: "video", dts, pts: dts + late, duration: step, key, data };
}

function soundOf({ step, size }: Step, dts: number): Sample {
  return { track: "audio", dts, pts: dts, duration: step, key: true, data: new Uint8Array(size).fill(step) };
}

function of(track: Sample["track"], samples: readonly Sample[]): readonly Sample[] {
  return samples.filter((sample) => sample.track === track);
}
