import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesIn } from "./box-fields.ts";
import { box, bytesOf, fullBox, type Pieces, sizeOf, uint32, uint64 } from "./box-writer.ts";
import { fragment } from "./fragment.ts";
import { initSegment } from "./init-segment.ts";
import { bothTracks, type Reading, readingOf, someAudioSamples, someVideoSamples } from "./stream.fixture.ts";

/** Of the movie's timescale of 1,000: an empty edit of so long, and then one from a time of the media on. */
type Edits = { readonly emptyMs?: number; readonly from?: number; readonly long?: boolean };

test("V2.6 what an edit list leaves out before both tracks moves their times, and no time is below 0", () => {
  // As ffmpeg writes B-frames that delay pictures by 80 ms, and the 1,024 samples that AAC needs to begin.
  const [picture, sound] = firstTimes({ from: 7_200 }, { from: 1_024 });
  assert.deepEqual(picture, { dts: 90_000 - 7_200, pts: 90_000 - 3_600 });
  assert.deepEqual(sound, { dts: 44_100 - 1_024, pts: 44_100 - 1_024 });
});

test("V2.6 an empty edit delays its track alone, and what needs no room before 0 gets none", () => {
  const [picture, sound] = firstTimes({ emptyMs: 100, from: 3_600, long: true }, {});
  assert.deepEqual(picture, { dts: 5_400, pts: 9_000 });
  assert.deepEqual(sound, { dts: 0, pts: 0 });
  assert.deepEqual(firstTimes({ emptyMs: 100 }, {})[0], { dts: 9_000, pts: 12_600 });
});

test("V2.6 a track that begins seconds before the other's zero still begins at 0 or later", () => {
  const [picture, sound] = firstTimes({ from: 90_000 * 2 + 1 }, {});
  assert.deepEqual(picture, { dts: 90_000 - 1, pts: 90_000 + 3_599 });
  assert.deepEqual(sound, { dts: 44_100 * 3, pts: 44_100 * 3 });
});

test("V2.7 what a run does not say is taken from its fragment, and what that does not say from the movie", () => {
  const data = Uint8Array.from({ length: 30 }, (_, n) => n);
  const expected = [0, 1, 2].map((n) => {
    const dts = 500 + n * 1_024;
    return {
      track: "audio",
      dts,
      pts: dts,
      duration: 1_024,
      key: true,
      data: data.subarray(n * 10, n * 10 + 10),
    };
  });
  const inRun = {
    tfhd: fullBox("tfhd", 0, 0x20000, uint32(2)),
    flags: 0x301,
    fields: uint32(1_024, 10, 1_024, 10, 1_024, 10),
  };
  const inFragment = { tfhd: fullBox("tfhd", 0, 0x20018, uint32(2, 1_024, 10)), flags: 0x1, fields: [] };
  const inMovie = { tfhd: fullBox("tfhd", 0, 0x20000, uint32(2)), flags: 0x1, fields: [] };
  const trex = uint32(2, 1, 1_024, 10, 0);
  for (const [form, defaults] of [
    [inRun, uint32(2, 1, 9, 9, 0)],
    [inFragment, uint32(2, 1, 9, 9, 0)],
    [inMovie, trex],
  ] as const) {
    const { samples, problems } = readingOf(withTrex(defaults), traf(form, tfdt0(500), data));
    assert.deepEqual(problems, []);
    assert.deepEqual(samples, expected);
  }
});

test("V2.7 a fragment without a time goes on where the one before ended, and one that goes back is refused", () => {
  const form = { tfhd: fullBox("tfhd", 0, 0x20018, uint32(2, 1_024, 1)), flags: 0x1, fields: [] };
  const init = initSegment(bothTracks);
  const three = Uint8Array.of(1, 2, 3);
  const { samples } = readingOf(init, traf(form, tfdt0(500), three), traf(form, [], three));
  assert.deepEqual(
    samples.map(({ dts }) => dts),
    [0, 1, 2, 3, 4, 5].map((n) => 500 + n * 1_024),
  );
  const back = readingOf(init, traf(form, tfdt0(5_000), three), traf(form, tfdt0(4_999), three));
  assert.deepEqual(back.problems, ["The times of the stream went back: start the encoder again."]);
  const beyond = fullBox("tfdt", 1, 0, uint64(2 ** 60));
  assert.equal(readingOf(init, traf(form, beyond, three)).problems.length, 1);
});

test("V2.7 data is found from the start of the stream, of the fragment, or behind the track before", () => {
  const init = initSegment(bothTracks);
  const absolute = (moofBytes: number) => uint64(init.length + moofBytes + 8);
  const form = {
    tfhd: fullBox("tfhd", 0, 0x19, uint32(2), absolute(0), uint32(1_024, 1)),
    flags: 0,
    fields: [],
  };
  const moofBytes = traf(form, tfdt0(0), new Uint8Array()).length - 8;
  const right = { ...form, tfhd: fullBox("tfhd", 0, 0x19, uint32(2), absolute(moofBytes), uint32(1_024, 1)) };
  const { samples, problems } = readingOf(init, traf(right, tfdt0(0), Uint8Array.of(7, 8, 9)));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    samples.map(({ data }) => Buffer.from(data).toString("hex")),
    ["07", "08", "09"],
  );
  assert.equal(readingOf(init, traf(form, tfdt0(0), Uint8Array.of(7, 8, 9))).problems.length, 1);
});

test("V2.12 samples that share their bytes are refused", () => {
  const stream = (second: number) => {
    const tfhd = fullBox("tfhd", 0, 0x20018, uint32(2, 1_024, 2));
    const runs = (at: number) => [at, at + second].map((from) => fullBox("trun", 0, 1, uint32(1, from)));
    const moof = (at: number) => box("moof", box("traf", tfhd, tfdt0(0), ...runs(at)));
    const data = box("mdat", [Uint8Array.of(1, 2, 3)], second === 2 ? [Uint8Array.of(4)] : []);
    return readingOf(initSegment(bothTracks), bytesOf(moof(sizeOf(moof(0)) + 8), data));
  };
  assert.deepEqual([stream(2).samples.length, stream(2).problems.length], [2, 0]);
  assert.deepEqual([stream(1).samples.length, stream(1).problems.length], [0, 1]);
});

test("V2.7 a key frame is what the flags of the first sample say, or what holds an IDR picture", () => {
  const slices = Uint8Array.of(0, 0, 0, 1, 0x41, 0, 0, 0, 1, 0x41, 0, 0, 0, 1, 0x65);
  const tfhd = fullBox("tfhd", 0, 0x20038, uint32(1, 3_600, 5, 0x01010000));
  const form = { tfhd, flags: 0x5, fields: uint32(0x02000000) };
  const { samples } = readingOf(initSegment(bothTracks), traf(form, tfdt0(0), slices));
  assert.deepEqual(
    samples.map(({ key }) => key),
    [true, false, true],
  );
});

function firstTimes(video: Edits, audio: Edits): readonly unknown[] {
  const init = withEdits(video, audio);
  const input = { sequence: 1, tracks: bothTracks, video: someVideoSamples(3), audio: someAudioSamples(3) };
  const reading: Reading = readingOf(init, fragment(input));
  assert.deepEqual(reading.problems, []);
  return (["video", "audio"] as const).map((track) => {
    const first = reading.samples.find((sample) => sample.track === track);
    return { dts: first?.dts, pts: first?.pts };
  });
}

function withEdits(...edits: readonly Edits[]): Uint8Array {
  let track = 0;
  return changed((type, body) => {
    if (type !== "trak") return [box(type, [body])];
    return [box(type, [body], edts(edits[track++] ?? {}))];
  });
}

function edts({ emptyMs, from, long = false }: Edits): Pieces {
  const field = long ? uint64 : uint32;
  const rate = uint32(0x10000);
  // An empty edit is from -1, which is all ones.
  const minusOne = long ? uint32(-1, -1) : uint32(-1);
  const entries: Pieces[] = [];
  if (emptyMs !== undefined) entries.push([...field(emptyMs), ...minusOne, ...rate]);
  if (from !== undefined) entries.push([...field(0, from), ...rate]);
  return box("edts", fullBox("elst", long ? 1 : 0, 0, uint32(entries.length), ...entries));
}

function withTrex(fields: Pieces): Uint8Array {
  const trex = fullBox("trex", 0, 0, uint32(1, 1, 0, 0, 0));
  return changed((type, body) =>
    type === "mvex" ? [box("mvex", trex, fullBox("trex", 0, 0, fields))] : [box(type, [body])],
  );
}

/** An init segment of both tracks, with other boxes in its `moov`. */
function changed(change: (type: string, body: Uint8Array) => readonly Pieces[]): Uint8Array {
  const boxes = [...boxesIn(initSegment(bothTracks))].map(({ type, body }) =>
    type === "moov"
      ? box(type, ...[...boxesIn(body)].flatMap((inside) => change(inside.type, inside.body)))
      : box(type, [body]),
  );
  return bytesOf(...boxes);
}

type Form = { readonly tfhd: Pieces; readonly flags: number; readonly fields: Pieces };

/** A fragment of three samples of one track. */
function traf({ tfhd, flags, fields }: Form, tfdt: Pieces, data: Uint8Array): Uint8Array {
  const moof = (dataAt: number) => {
    const offset = (flags & 1) === 0 ? [] : uint32(dataAt);
    return box("moof", box("traf", tfhd, tfdt, fullBox("trun", 0, flags, uint32(3), offset, fields)));
  };
  return bytesOf(moof(sizeOf(moof(0)) + 8), box("mdat", [data]));
}

function tfdt0(time: number): Pieces {
  return fullBox("tfdt", 0, 0, uint32(time));
}
