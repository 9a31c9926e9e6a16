import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { virtualTime } from "../../gateway/virtual-time.fixture.ts";
import type { Sample, Tracks } from "../samples.ts";
import { createArrival } from "./arrival.ts";
import { createCaptureTime } from "./capture-time.ts";

const start = 1_000_000;
const audio = { codec: "aac", description: new Uint8Array(2), sampleRate: 48_000, channels: 2 } as const;
const tracks: Tracks = { video: null, audio: { ...audio, timescale: 1_000 } };

test("V4.13 the capture time of media time 0 is that of the smallest delay, whatever jitter lies on top", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 300 }),
      (jitters, constant) => {
        const capture = createCaptureTime(constant);
        for (const [i, jitter] of jitters.entries())
          capture.arrived(i * 20, time(start + i * 20 + constant + jitter));
        assert.equal(capture.zero(), start + Math.min(...jitters));
      },
    ),
  );
});

test("V4.14 it follows an encoder's clock by at most 5 ms a second and forgets delays of long ago", () => {
  const capture = createCaptureTime(100);
  const drifting = 1.000_3;
  let last = NaN;
  for (let ms = 0; ms <= 600_000; ms += 1_000) {
    const at = time(start + ms + 100);
    capture.arrived(ms * drifting, at);
    capture.follow(at);
    if (ms > 0) assert.ok(Math.abs(capture.zero() - last) <= limits.mediaDriftMsPerSecond);
    last = capture.zero();
  }
  const truth = start - 600_000 * (drifting - 1);
  assert.ok(Math.abs(last - truth) <= 5, `${last - truth} ms off`);
});

test("V4.14 a delay that jumps moves it slowly and never at once", () => {
  const capture = createCaptureTime(0);
  let now = start;
  for (let ms = 0; ms < 20_000; ms += 1_000) capture.arrived(ms, time((now = start + ms)));
  capture.follow(time(now));
  capture.arrived(20_000, time(start + 19_000));
  capture.follow(time(now + 1_000));
  assert.equal(capture.zero(), start - limits.mediaDriftMsPerSecond);
});

test("V4.15 the first samples are held until their delay is known, then given on in order, and none waits later", () => {
  const clock = virtualTime(start);
  const heard: string[] = [];
  const arrival = createArrival(aSink(heard), clock.process().clock, 100);
  arrival.sample(at(0));
  arrival.tracks(tracks);
  /* Two seconds of stream come at once, as after the codecs were looked for. */
  clock.passes(2_000);
  for (let pts = 0; pts < 2_000; pts += 500) arrival.sample(at(pts));
  assert.deepEqual(heard, []);
  clock.passes(limits.mediaSettleMs);
  assert.deepEqual(heard, [`begin ${start + 2_000 - 1_500 - 100}`, "0", "500", "1000", "1500"]);
  arrival.sample(at(2_000));
  assert.equal(heard.at(-1), "2000");
  arrival.end();
  arrival.sample(at(2_500));
  assert.equal(heard.at(-1), "end");
});

test("V4.15 other tracks begin anew, and what is held when it ends is not lost", () => {
  const clock = virtualTime(start);
  const heard: string[] = [];
  const arrival = createArrival(aSink(heard), clock.process().clock, 0);
  arrival.tracks(tracks);
  arrival.sample(at(0));
  arrival.tracks(tracks);
  assert.deepEqual(heard, [`begin ${start}`, "0"]);
  clock.passes(50);
  arrival.sample(at(10));
  arrival.end();
  assert.deepEqual(heard.slice(2), [`begin ${start + 40}`, "10", "end"]);
  clock.passes(1_000);
  assert.equal(heard.length, 5);
});

test("V4.15 a stream that comes faster than anything real is held only up to its bound", () => {
  const heard: string[] = [];
  const arrival = createArrival(aSink(heard), virtualTime(start).process().clock, 0);
  arrival.tracks(tracks);
  for (let pts = 0; pts < limits.mediaSettleSamplesMax; pts++) arrival.sample(at(pts));
  assert.equal(heard.length, 1 + limits.mediaSettleSamplesMax);
});

function at(pts: number): Sample {
  return { track: "audio", dts: pts, pts, duration: 20, key: true, data: new Uint8Array(1) };
}

function aSink(heard: string[]) {
  return {
    begin: (_: Tracks, zero: number) => void heard.push(`begin ${zero}`),
    drift: (zero: number) => void heard.push(`drift ${zero}`),
    sample: (sample: Sample) => void heard.push(`${sample.pts}`),
    end: () => void heard.push("end"),
  };
}
