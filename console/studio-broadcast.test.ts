import assert from "node:assert/strict";
import { test } from "node:test";
import { readIngest } from "./studio-broadcast.ts";

const answer = {
  whip: "https://live.example/v1/rooms/demo/whip",
  rtmp: { server: "rtmp://live.example/live", key: null },
  srt: null,
  key: { made: 1_000 },
  settings: { secondPublisher: "refuse", graceSeconds: 30, record: true, lowLatency: "known" },
  state: "live",
  since: 2_000,
  until: null,
  now: 5_000,
  publisher: { kind: "rtmp" },
  health: { bitrate: 1, fps: 2, lossPercent: 0, keyFrameMs: null, width: 4, height: 5, rttMs: null },
  viewers: { whep: 3, hls: 4 },
  said: null,
};

test("V7.21 what the server says to a host is read, and what is none of it is nothing", () => {
  const ingest = readIngest(answer);
  assert.equal(ingest?.publisher, "rtmp");
  assert.equal(ingest?.rtmp, "rtmp://live.example/live");
  assert.equal(ingest?.srt, null);
  assert.equal(ingest?.keyMade, 1_000);
  assert.deepEqual(ingest?.viewers, { whep: 3, hls: 4 });
  assert.equal(ingest?.health?.height, 5);
  assert.equal(readIngest({ ...answer, rtmp: null, health: null, publisher: null })?.health, null);
  for (const wrong of [null, [], {}, "", { ...answer, state: "on" }, { ...answer, settings: null }])
    assert.equal(readIngest(wrong), null);
});
