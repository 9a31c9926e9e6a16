import assert from "node:assert/strict";
import { test } from "node:test";
import type { Health, Ingest } from "./studio-broadcast.ts";
import { healthLines, healthWarnings } from "./studio-health.ts";

const good: Health = {
  bitrate: 2_400_000,
  fps: 29.8,
  lossPercent: 0.2,
  keyFrameMs: 2_000,
  width: 1_280,
  height: 720,
  rttMs: 24,
};

function sent(
  change: Partial<Health>,
  publisher: Ingest["publisher"] = "rtmp",
): Pick<Ingest, "health" | "publisher"> {
  return { health: { ...good, ...change }, publisher };
}

function names(sent: Pick<Ingest, "health" | "publisher">): readonly string[] {
  return healthLines(sent, false).map((line) => line.of);
}

test("V7.5 the way in is said in what is known of it: loss and distance by WebRTC only, a picture only where there is one", () => {
  assert.deepEqual(names(sent({})), ["bitrate", "size", "fps", "keyFrames"]);
  assert.deepEqual(names(sent({}, "whip")), ["bitrate", "size", "fps", "keyFrames", "loss", "rtt"]);
  assert.deepEqual(names(sent({ width: 0, height: 0, keyFrameMs: null })), ["bitrate"]);
  assert.deepEqual(names({ health: null, publisher: null }), []);
});

test("V7.6 key frames more than 2.5 s apart are warned of, by how they can be set where an encoder sends", () => {
  assert.deepEqual(healthWarnings(sent({ keyFrameMs: 2_500 }), false), []);
  assert.deepEqual(healthWarnings(sent({ keyFrameMs: 2_501 }), false), ["key-frames"]);
  assert.deepEqual(healthWarnings(sent({ keyFrameMs: 2_700 }, "whip"), true), []);
  assert.deepEqual(healthWarnings(sent({ keyFrameMs: 8_000 }, "whip"), true), ["key-frames-own"]);
  const line = healthLines(sent({ keyFrameMs: 8_000 }), false).find(({ of }) => of === "keyFrames");
  assert.deepEqual(line, { of: "keyFrames", seconds: 8, far: true });
});

test("V7.6 loss and too few frames are warned of, and nothing while there is nothing", () => {
  assert.deepEqual(healthWarnings(sent({ lossPercent: 8 }, "whip"), true), ["loss"]);
  assert.deepEqual(healthWarnings(sent({ fps: 4 }), false), ["frames"]);
  assert.deepEqual(healthWarnings(sent({ fps: 4, width: 0, height: 0 }), false), []);
  assert.deepEqual(healthWarnings({ health: null, publisher: null }, false), []);
});
