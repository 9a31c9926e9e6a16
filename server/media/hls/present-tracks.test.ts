import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { createPresentTracks } from "./present-tracks.ts";

const tracks: Tracks = {
  video: { codec: "h264", description: new Uint8Array(), width: 16, height: 16, timescale: 1_000 },
  audio: { codec: "aac", description: new Uint8Array(), sampleRate: 48_000, channels: 2, timescale: 1_000 },
};

function aSample(track: Sample["track"], dts: number, key = true): Sample {
  return { track, dts, pts: dts, duration: 20, key, data: new Uint8Array(1) };
}

function aSink(): { sink: SampleSink; begun: string[]; got: Record<Sample["track"], number[]> } {
  const begun: string[] = [];
  const got: Record<Sample["track"], number[]> = { video: [], audio: [] };
  const sink: SampleSink = {
    begin: ({ video, audio }) =>
      void begun.push([video && "video", audio && "audio"].filter(Boolean).join("+")),
    drift() {},
    sample: ({ track, dts }) => void got[track].push(dts),
    end: () => void begun.push("end"),
  };
  return { sink, begun, got };
}

/** Every 20 ms of both, or of those that are there; each second a key frame. */
function plays(to: SampleSink, from: number, until: number, which: readonly Sample["track"][]): void {
  for (let at = from; at < until; at += 20)
    for (const track of which) to.sample(aSample(track, at, track === "audio" || at % 1_000 === 0));
}

test("V2.45 a track that is silent while the other goes on is left out, and comes back when it has been back for a while", () => {
  const { sink, begun, got } = aSink();
  const present = createPresentTracks(sink);
  present.begin(tracks, time(1));
  plays(present, 0, 3_000, ["video", "audio"]);
  plays(present, 3_000, 8_000, ["video"]);
  assert.deepEqual(begun, ["video+audio", "video"]);
  plays(present, 8_000, 8_500, ["video", "audio"]);
  assert.deepEqual(begun, ["video+audio", "video"]);
  plays(present, 8_500, 12_000, ["video", "audio"]);
  assert.deepEqual(begun, ["video+audio", "video", "video+audio"]);
  assert.equal(got.video.length, 600);
  plays(present, 12_000, 20_000, ["audio"]);
  assert.deepEqual(begun.at(-1), "audio");
  plays(present, 20_000, 24_000, ["audio", "video"]);
  assert.deepEqual(begun.at(-1), "video+audio");
  assert.equal(
    got.video.find((at) => at >= 20_000),
    22_000,
  );
});

test("V2.45 a track that was announced and never comes is not waited for", () => {
  const { sink, begun } = aSink();
  const present = createPresentTracks(sink);
  present.begin(tracks, time(1));
  plays(present, 500, 5_000, ["video"]);
  present.end();
  assert.deepEqual(begun, ["video+audio", "video", "end"]);
});
