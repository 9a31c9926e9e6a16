import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { createCaptureClock } from "./capture-clock.ts";
import { aFrame, packetsOf } from "./pictures.fixture.ts";
import { createSampler } from "./sampler.ts";

type Heard = { begins: { tracks: Tracks; zero: number }[]; samples: Sample[]; wishes: number; ended: number };

function aSampler(tracks: { video?: boolean; audio?: boolean } = {}) {
  const { video = true, audio = true } = tracks;
  const heard: Heard = { begins: [], samples: [], wishes: 0, ended: 0 };
  const sink: SampleSink = {
    begin: (tracks, zero) => void heard.begins.push({ tracks, zero }),
    drift: () => {},
    sample: (sample) => void heard.samples.push(sample),
    end: () => void (heard.ended += 1),
  };
  const clock = createCaptureClock();
  const wantsKeyFrame = () => void (heard.wishes += 1);
  const sampler = createSampler({ clock, video, audio: audio ? { channels: 2 } : null, sink, wantsKeyFrame });
  return { heard, clock, sampler };
}

/** 25 frames and 50 packets of sound a second, as they come. */
function feed(
  of: ReturnType<typeof aSampler>,
  options: {
    video?: boolean;
    audioFrom?: number;
    size?: readonly [number, number];
    from?: number;
    ms?: number;
    first?: number;
  },
): void {
  const { sampler, clock } = of;
  const { video = true, audioFrom = 0, size = [40, 23], from = 0, ms = 3_000, first = 100_000 } = options;
  const frames = Array.from({ length: Math.floor(ms / 40) }, (_, index) => aFrame(index, 25, 3_000, size));
  const packets = packetsOf(frames, first, 3_600);
  for (let at = 0; at < ms; at += 20) {
    const now = 1_000_000 + from + at;
    if (video && at % 40 === 0) {
      const stamp = 900_000 + (at / 40) * 3_600;
      for (const packet of packets.filter(({ timestamp }) => timestamp === stamp)) {
        const moved = { ...packet, timestamp: packet.timestamp + from * 90 };
        clock.arrived("video", moved.timestamp, now);
        sampler.add("video", moved, now);
      }
    }
    if (at >= audioFrom) {
      const timestamp = 500_000 + (from + at) * 48;
      const packet = {
        sequence: 7_000 + (from + at) / 20,
        timestamp,
        marker: false,
        payload: Buffer.from([0x78, at & 0xff]),
      };
      clock.arrived("audio", timestamp, now);
      sampler.add("audio", packet, now);
    }
    sampler.tick(now);
  }
}

test("V3.17 samples begin with both tracks at a key frame, from one zero, and go on without a break", () => {
  const of = aSampler();
  feed(of, {});
  const { begins, samples } = of.heard;
  assert.equal(begins.length, 1);
  assert.equal(begins[0]?.tracks.video?.width, 640);
  assert.equal(begins[0]?.tracks.audio?.codec, "opus");
  const video = samples.filter(({ track }) => track === "video");
  const audio = samples.filter(({ track }) => track === "audio");
  assert.ok(video[0]?.key === true && video[0].dts === 0, JSON.stringify(video[0]?.dts));
  assert.ok(video.length > 70 && audio.length > 140, `${video.length} ${audio.length}`);
  for (const [index, { dts, pts, duration }] of video.entries()) {
    assert.equal(dts, index * 3_600);
    assert.equal(pts, dts);
    assert.equal(duration, 3_600);
  }
  for (const [index, sample] of audio.entries()) {
    assert.equal(sample.dts - (audio[0]?.dts ?? 0), index * 960);
    assert.equal(sample.duration, 960);
  }
  // Both were captured from the same moment on.
  assert.ok((audio[0]?.dts ?? 0) < 100 * 48);
});

test("V3.17 where one of the tracks does not come, samples begin without it after a second", () => {
  const mute = aSampler();
  feed(mute, { audioFrom: 10_000 });
  assert.deepEqual(
    mute.heard.begins.map(({ tracks }) => tracks.audio),
    [null],
  );
  const blind = aSampler();
  feed(blind, { video: false });
  assert.deepEqual(
    blind.heard.begins.map(({ tracks }) => tracks.video),
    [null],
  );
  assert.ok(blind.heard.samples.length > 50);
});

test("V3.17 of a publisher of one track alone samples begin at once", () => {
  const blind = aSampler({ video: false });
  feed(blind, { video: false, ms: 200 });
  assert.ok(blind.heard.samples.length > 5);
  const mute = aSampler({ audio: false });
  feed(mute, { audioFrom: 10_000, ms: 400 });
  assert.ok(mute.heard.samples.length > 5);
});

test("V3.18 sound that comes late, and another resolution, begin anew at a key frame", () => {
  const of = aSampler();
  feed(of, { audioFrom: 1_600 });
  const { begins, wishes } = of.heard;
  assert.deepEqual(
    begins.map(({ tracks }) => tracks.audio !== null),
    [false, true],
  );
  assert.ok(wishes > 0);
  const resized = aSampler();
  feed(resized, { ms: 1_000 });
  feed(resized, {
    ms: 1_000,
    from: 1_000,
    size: [80, 45],
    first: 100_000 + packetsOf(Array.from({ length: 25 }, (_, index) => aFrame(index, 25))).length,
  });
  assert.deepEqual(
    resized.heard.begins.map(({ tracks }) => tracks.video?.width),
    [640, 1_280],
  );
  resized.sampler.end();
  assert.equal(resized.heard.ended, 1);
});

test("V3.19 sender reports that come later bring picture and sound together by little steps", () => {
  const of = aSampler();
  feed(of, { ms: 1_000 });
  // The picture needed 80 ms longer to get here than the sound.
  const at = 1_001_000;
  of.clock.report("audio", 500_000 + 1_000 * 48, at, at);
  of.clock.report("video", 900_000 + 1_080 * 90, at, at);
  feed(of, {
    ms: 3_000,
    from: 1_000,
    first: 100_000 + packetsOf(Array.from({ length: 25 }, (_, index) => aFrame(index, 25))).length,
  });
  assert.equal(of.heard.begins.length, 1);
  const video = of.heard.samples.filter(({ track }) => track === "video");
  const steps = video.slice(1).map(({ dts }, index) => dts - (video[index]?.dts ?? 0));
  assert.ok(
    steps.every((step) => step >= 3_600 - 180 && step <= 3_600 + 180),
    String(steps),
  );
  const moved = (video.at(-1)?.dts ?? 0) - (video.length - 1) * 3_600;
  assert.ok(Math.abs(moved + 80 * 90) < 400, String(moved));
});

test("V3.36 reports that are wrong by up to a second, and contradict each other, begin nothing anew", () => {
  const of = aSampler();
  let first = 100_000;
  let draw = 7;
  const chance = (): number => (draw = (draw * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let from = 0; from < 120_000; from += 440) {
    feed(of, { ms: 440, from, first });
    first += packetsOf(Array.from({ length: 11 }, (_, index) => aFrame(index, 25))).length;
    // The time in whole seconds, as some senders write it.
    const at = 1_000_000 + from + 440;
    const sent = Math.floor(at / 1_000) * 1_000;
    if (chance() < 0.5) of.clock.report("audio", 500_000 + (from + 440) * 48, sent, at);
    if (chance() < 0.5) of.clock.report("video", 900_000 + (from + 440) * 90, sent, at);
  }
  assert.equal(of.heard.begins.length, 1);
  assert.ok(of.heard.samples.length > 8_000);
});
