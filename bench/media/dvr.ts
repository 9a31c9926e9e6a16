import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { time } from "@chorus/protocol/ids.ts";
import { systemClock } from "@chorus/server/clock.ts";
import { createOrigin } from "@chorus/server/media/hls/origin.ts";
import { openRecording } from "@chorus/server/media/hls/recording.ts";
import { someAac, someVideo } from "@chorus/server/media/fmp4/stream.fixture.ts";
import { atMost, machine, type Report } from "../report.ts";

/** Hours of pictures at 0.5 Mbit/s, recorded as fast as the disk takes them: whether memory grows with what is recorded. */
const hours = 4;
/** Until then V8's young generation has grown to its size, which is by steps of up to 32 MB. */
const warmHours = 4;
const framesPerSecond = 25;
const frameBytes = 2_500;
const slopeBytesPerHourMax = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export async function dvr(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-dvr-"));
  const failures: string[] = [];
  const recording = openRecording(folder, (sentence) => void failures.push(sentence));
  const origin = createOrigin({
    clock: systemClock,
    partMs: 200,
    segmentMs: 1_000,
    run: "a",
    recording,
    overAt: null,
    keyFramesFar() {},
    reached() {},
  });
  const began = performance.now();
  const resident: number[] = [];
  const used: number[] = [];
  origin.sink.begin({ video: someVideo, audio: someAac }, time(Date.now()));
  for (let second = 0; second < (warmHours + hours) * 3_600; second += 1) {
    for (let frame = 0; frame < framesPerSecond; frame += 1) {
      const dts = (second * framesPerSecond + frame) * (90_000 / framesPerSecond);
      const data = Buffer.alloc(frameBytes, frame);
      origin.sink.sample({ track: "video", dts, pts: dts, duration: 3_600, key: frame === 0, data });
    }
    while (recording.segments.length < second - 4 && failures.length === 0) await turn();
    if (second % 60 === 59 && second >= warmHours * 3_600) {
      collect();
      const { rss, heapUsed } = process.memoryUsage();
      resident.push(rss);
      used.push(heapUsed);
    }
  }
  const seconds = (performance.now() - began) / 1_000;
  origin.finish();
  await recording.finish();
  rmSync(folder, { recursive: true });
  const perHour = slopeOf(resident) * 60;
  const usedPerHour = slopeOf(used) * 60;
  const speed = ((warmHours + hours) * 3_600) / seconds;
  return {
    scenario: "dvr",
    machine: machine(),
    figures: {
      hours,
      speed,
      residentBytesAtEnd: resident.at(-1) ?? 0,
      residentBytesPerHour: perHour,
      heapBytesPerHour: usedPerHour,
      segments: recording.segments.length,
      failures: failures.length,
    },
    controls: {},
    checks: [
      atMost("secondsForHour", 3_600 / speed, 180),
      atMost("residentBytesPerHour", perHour, slopeBytesPerHourMax),
      atMost("heapBytesPerHour", usedPerHour, slopeBytesPerHourMax),
      atMost("failures", failures.length, 0),
    ],
  };
}

/** Least squares, a step apart. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, n) => {
    above += (n - middle) * (value - mean);
    below += (n - middle) ** 2;
  });
  return above / below;
}
