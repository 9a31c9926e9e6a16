import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import * as fc from "fast-check";
import { checkPlaylist } from "./playlist-checker.fixture.ts";
import { checkReload } from "./reload-checker.fixture.ts";
import { readPlaylist } from "./read-playlist.fixture.ts";
import { bothTracks } from "../fmp4/stream.fixture.ts";
import { aPackager, aTake, pictureAlone, plays, soundAlone, type Take, zero } from "./broadcast.fixture.ts";
import { livePlaylist, wholePlaylist } from "./playlist.ts";
import type { Segment } from "./timeline.ts";

const full = { low: true, skip: false, report: null };
const steady = { low: false, skip: false, report: null };
const skipping = { low: true, skip: true, report: null };

const frameMs = fc.constantFrom(16.666, 20, 33.366, 33.333, 40, 41.708, 66.666);
const pause = fc.option(
  fc.record({
    track: fc.constantFrom("video" as const, "audio" as const),
    from: fc.integer({ min: 0, max: 9_000 }),
    ms: fc.integer({ min: 1, max: 9_000 }),
  }),
  { nil: undefined },
);
const drawnTake: fc.Arbitrary<Take> = fc
  .record({
    tracks: fc.constantFrom(bothTracks, bothTracks, pictureAlone, soundAlone),
    ms: fc.integer({ min: 50, max: 20_000 }),
    frameMs,
    keyEvery: fc.integer({ min: 1, max: 400 }),
    reorders: fc.boolean(),
    unevenMs: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 7 }),
    pause,
  })
  .map(({ pause: still, ...take }) => {
    const to = still === undefined ? 0 : still.from + still.ms;
    return Object.assign(take, { pause: still === undefined ? undefined : { ...still, to } });
  });

test("V2.31 playlists of any samples keep to the draft at every step, each of them and after the one before", () => {
  fc.assert(
    fc.property(
      fc.array(drawnTake, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(100, 200, 333, 500, 1_000),
      (takes, partMs) => {
        const packager = steppedPackager(partMs, segmentMsOf(partMs), mayBeUneven);
        let at: number = zero;
        for (const take of takes) {
          plays(packager, take, time(at));
          packager.end();
          at += take.ms + 5_000;
        }
        packager.finish();
      },
    ),
    { numRuns: 25 },
  );
});

/** Frames that come when they like, or another frame rate than at first, cannot always fill parts. */
const mayBeUneven = /less than 85 %/;
const never = /^$/;

test("V2.31 parts of frames that are even are as long as the draft wants them", () => {
  fc.assert(
    fc.property(frameMs, fc.integer({ min: 20, max: 200 }), fc.constantFrom(200, 333, 500), (...drawn) => {
      const [frame, keyEvery, partMs] = drawn;
      const packager = steppedPackager(partMs, segmentMsOf(partMs), never);
      plays(packager, aTake(15_000, { frameMs: frame, keyEvery }));
      packager.finish();
      assert.ok(packager.timeline.segments.length >= 2);
    }),
    { numRuns: 40 },
  );
});

test("V2.31 parts of sound alone are as long as the draft wants them", () => {
  for (const partMs of [100, 200, 333, 500]) {
    const packager = steppedPackager(partMs, segmentMsOf(partMs), never);
    plays(packager, aTake(12_000, { tracks: soundAlone }));
    packager.finish();
    assert.ok(packager.timeline.segments.length >= 5);
  }
});

test("V2.31 a playlist that skips lists what the full one has from there on", () => {
  const packager = aPackager();
  plays(packager, aTake(40_000));
  const all = readPlaylist(livePlaylist(packager.timeline, full));
  const rest = readPlaylist(livePlaylist(packager.timeline, skipping));
  assert.ok(rest.skipped >= 20, `${rest.skipped}`);
  assert.equal(rest.skipped + rest.segments.length, all.segments.length);
  const those = all.segments.slice(rest.skipped).map(({ msn, uri, at }) => ({ msn, uri, at }));
  assert.deepEqual(
    rest.segments.map(({ msn, uri, at }) => ({ msn, uri, at })),
    those,
  );
  assert.deepEqual(rest.open, all.open);
});

test("V2.37 without the right to little delay a playlist has whole segments and no tag of parts", () => {
  const packager = aPackager();
  plays(packager, aTake(10_000));
  const text = livePlaylist(packager.timeline, steady);
  assert.doesNotMatch(text, /PART|SERVER-CONTROL|PRELOAD|SKIP|REPORT/);
  assert.equal(readPlaylist(text).segments.length, 9);
});

test("V2.31 a report says the last part of the other rendition, of its whole segment where none is open", () => {
  const packager = aPackager();
  const other = aPackager({ run: "b" });
  plays(packager, aTake(5_000));
  plays(other, aTake(5_500, { tracks: soundAlone }));
  const report = { uri: "audio.m3u8", timeline: other.timeline };
  const open = readPlaylist(livePlaylist(packager.timeline, { ...full, report })).reports[0];
  const edge = other.timeline.open;
  assert.equal(open?.get("LAST-MSN"), String(edge?.msn));
  assert.equal(open.get("LAST-PART"), String((edge?.parts.length ?? 0) - 1));
  other.end();
  const whole = readPlaylist(livePlaylist(packager.timeline, { ...full, report })).reports[0];
  const last = other.timeline.segments.at(-1);
  assert.equal(whole?.get("LAST-MSN"), String(last?.msn));
  assert.equal(whole.get("LAST-PART"), String((last?.parts?.length ?? 0) - 1));
});

test("V2.39 a whole playlist is an event while a broadcast goes on and video on demand after it", () => {
  const those: Segment[] = [];
  const packager = aPackager({ heard: { ...silent, segment: (one) => void those.push(one) } });
  let before: string | null = null;
  for (const take of [aTake(9_000), aTake(5_000, { frameMs: 20 }), aTake(3_000, { tracks: soundAlone })]) {
    plays(packager, take, time(zero + those.length * 1_000 + 60_000));
    packager.end();
    const event = wholePlaylist(those.map(pastOf), 2, false);
    assert.deepEqual(checkPlaylist(event), []);
    if (before !== null) assert.deepEqual(checkReload(before, event), []);
    before = event;
  }
  const video = wholePlaylist(those.map(pastOf), 2, true);
  assert.deepEqual(checkPlaylist(video), []);
  assert.deepEqual(checkReload(before ?? "", video), []);
  const read = readPlaylist(video);
  assert.deepEqual([read.type, read.ended, read.segments.length], ["VOD", true, those.length]);
});

const silent = { part() {}, segment() {}, keyFramesFar() {} };

function pastOf({ init: { codecs, name }, run, ...segment }: Segment) {
  return { ...segment, init: { codecs, size: null, run, name } };
}

function segmentMsOf(partMs: number): number {
  return partMs <= 200 ? 1_000 : 2_000;
}

/** One whose playlists are checked at each part and each whole segment. */
function steppedPackager(partMs: number, segmentMs: number, allowed: RegExp) {
  let lowBefore: string | null = null;
  let steadyBefore: string | null = null;
  const packager = aPackager({ partMs, segmentMs, heard: { ...silent, part: look } });

  function look(): void {
    const { timeline } = packager;
    if (timeline.targetSeconds === null) return;
    const low = livePlaylist(timeline, full);
    const plain = livePlaylist(timeline, steady);
    const short = livePlaylist(timeline, skipping);
    const found = [
      ...checkPlaylist(low),
      ...checkPlaylist(plain),
      ...checkPlaylist(short),
      ...(lowBefore === null ? [] : checkReload(lowBefore, low)),
      ...(steadyBefore === null ? [] : checkReload(steadyBefore, plain)),
      ...sameEnd(low, short),
    ].filter((one) => !allowed.test(one));
    assert.deepEqual(found, [], low);
    lowBefore = low;
    steadyBefore = plain;
  }
  return packager;
}

function sameEnd(low: string, short: string): readonly string[] {
  const [all, rest] = [readPlaylist(low), readPlaylist(short)];
  const isSame = all.segments.length === rest.segments.length + rest.skipped;
  return isSame ? [] : ["6.2.5.1 what is skipped and what is listed are not all"];
}
