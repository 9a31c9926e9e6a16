import assert from "node:assert/strict";
import { test } from "node:test";
import { bothTracks, readingOf } from "../fmp4/stream.fixture.ts";
import { aPackager, aTake, pictureAlone, plays, samplesOf, zero } from "./broadcast.fixture.ts";
import { time } from "@chorus/protocol/ids.ts";
import type { Segment } from "./timeline.ts";

const isIndependent = ({ parts }: Segment) => parts?.[0]?.independent === true;
const lengthsOf = (those: readonly Segment[]) => those.map(({ ms }) => Math.round(ms));

function readBack(those: readonly Segment[]) {
  const bytes = those.flatMap(({ parts }) => (parts ?? []).map((part) => part.bytes));
  return readingOf(those[0]?.init.bytes ?? new Uint8Array(), ...bytes);
}

test("V2.32 a segment begins at the first key frame from a second on", () => {
  const packager = aPackager({
    heard: { ...silent, keyFramesFar: () => assert.fail("no key frame is far") },
  });
  plays(packager, aTake(10_000, { keyEvery: 10 }));
  packager.finish();
  const { segments } = packager.timeline;
  assert.ok(segments.every(isIndependent));
  assert.deepEqual(lengthsOf(segments).slice(0, -1), Array(8).fill(1_200));
});

test("V2.32 where key frames are farther apart than the target duration a segment ends without one, and that is told", () => {
  let told = 0;
  const packager = aPackager({ heard: { ...silent, keyFramesFar: () => void (told += 1) } });
  plays(packager, aTake(30_000, { keyEvery: 200 }));
  packager.finish();
  const { segments, targetSeconds } = packager.timeline;
  assert.ok(told > 0);
  assert.equal(targetSeconds, 6);
  assert.ok(segments.every(({ ms }) => Math.round(ms / 1_000) <= 6));
  assert.ok(segments.some((one) => !isIndependent(one)));
  assert.equal(readBack(segments).samples.filter(({ track }) => track === "video").length, 750);
});

test("V2.33 no sample is lost and none ends before the next begins, however uneven pictures are", () => {
  const take = aTake(10_000, { unevenMs: [0, 30, 5, 20, 35] });
  const packager = aPackager();
  plays(packager, take);
  packager.finish();
  const { samples, problems } = readBack(packager.timeline.segments);
  assert.deepEqual(problems, []);
  for (const track of ["video", "audio"] as const) {
    const sent = samplesOf(take).filter((one) => one.track === track);
    const read = samples.filter((one) => one.track === track);
    assert.ok(read.length >= sent.length - 2, `${track} ${read.length} of ${sent.length}`);
    const holes = read.filter(
      (one, n) => read[n + 1] !== undefined && one.dts + one.duration !== read[n + 1]?.dts,
    );
    assert.deepEqual(holes, []);
  }
});

test("V2.34 another beginning is a discontinuity with its own init segment, from its first key frame on", () => {
  const packager = aPackager();
  plays(packager, aTake(3_000));
  const late = samplesOf(aTake(4_000, { tracks: pictureAlone })).slice(5);
  packager.begin(pictureAlone, time(zero + 60_000));
  for (const one of late) packager.sample(one);
  packager.finish();
  const { segments } = packager.timeline;
  assert.deepEqual(
    segments.map(({ discontinuity }) => discontinuity),
    [false, false, false, true, false, false],
  );
  const [first, , , second] = segments;
  assert.deepEqual(first?.init.tracks, bothTracks);
  assert.notEqual(first.init.name, second?.init.name);
  assert.equal(second?.at, zero + 61_000);
  assert.ok(isIndependent(second));
});

test("V2.35 pictures that stop for long begin again at a key frame, behind a discontinuity", () => {
  const packager = aPackager();
  plays(packager, aTake(12_000, { pause: { track: "video", from: 3_200, to: 8_200 } }));
  packager.finish();
  const { segments } = packager.timeline;
  const broken = segments.filter(({ discontinuity }) => discontinuity);
  assert.deepEqual(
    broken.map(({ at }) => at),
    [zero + 9_000],
  );
  assert.ok(broken.every(isIndependent));
});

test("V2.44 samples that say no time, or that no segment can hold, are left out", () => {
  const packager = aPackager();
  packager.begin(pictureAlone, zero);
  const [first] = samplesOf(aTake(40, { tracks: pictureAlone }));
  assert.ok(first !== undefined);
  for (let n = 0; n < 5_000; n += 1) packager.sample(first);
  packager.sample({ ...first, dts: 1e300, pts: 1e300 });
  packager.sample({ ...first, dts: -1, pts: 0 });
  packager.sample({ ...first, dts: 0.5, pts: 0.5 });
  packager.finish();
  const { samples } = readBack(packager.timeline.segments);
  assert.ok(samples.length <= 512, `${samples.length}`);
});

const silent = { part() {}, segment() {}, keyFramesFar() {} };
