import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOfHls, clockOfVideo } from "./clocks.ts";

const playing = { currentTime: 12.5, paused: false, readyState: 4, seeking: false };

test("V6.10 the clock of a video counts from its beginning, and knows nothing before there is a picture", () => {
  const video = { ...playing };
  const start = Date.now() - 20_000;
  const clock = clockOfVideo(video, start);
  assert.equal(clock.now()?.wall, start + 12_500);
  assert.equal(clock.live, true);
  video.paused = true;
  assert.deepEqual([clock.now()?.wall, clock.live], [start + 12_500, false]);
  video.readyState = 1;
  assert.deepEqual([clock.now(), clock.live], [null, false]);
});

test("V6.10 a recording is not live, however it moves", () => {
  assert.equal(clockOfVideo(playing, Date.now() - 3_600_000).live, false);
});

test("V6.10 the clock of hls.js is the date that it plays, and null where the playlist has none", () => {
  const player: { playingDate: Date | null } = { playingDate: new Date(Date.now() - 6_000) };
  const clock = clockOfHls(player, playing);
  assert.equal(clock.now()?.wall, player.playingDate?.getTime());
  assert.equal(clock.live, true);
  player.playingDate = new Date(Number.NaN);
  assert.equal(clock.now(), null);
  player.playingDate = null;
  assert.deepEqual([clock.now(), clock.live], [null, false]);
});
