import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { systemClock } from "../../clock.ts";
import {
  aac,
  anEncoder,
  aStudio,
  h264,
  isSound,
  picture,
  samplesOf,
  type Studio,
  tone,
} from "./encoder.fixture.ts";
import { openRtmp } from "./rtmp.ts";

const lounge = roomId("lounge");
const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

describe("RTMP with a real encoder", { concurrency: 2 }, () => {
  test("V4.20 by RTMP pictures with B-frames and 8 s between key frames, and sound, come in under the room's key", async () => {
    const { studio, url } = await aVenue();
    const key = studio.publishers.rotateKey(lounge, 0);
    const stranger = anEncoder(`${picture} -t 2 ${h264}`, "flv", `${url}/lounge?key=wrong`);
    assert.match((await stranger.ended).said, /not the stream key of this room/);
    assert.equal(studio.takes.length, 0);

    const began = Date.now();
    const frames = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 2 -g 200 -sc_threshold 0";
    const encoder = anEncoder(`${picture} ${tone} -t 3 ${frames} ${aac}`, "flv", `${url}/lounge?key=${key}`);
    await encoder.ended;
    await studio.until("the end", () => studio.takes[0]?.ends === 1);
    const video = samplesOf(studio.takes[0], "video");
    assert.equal(video.length, 75);
    assert.ok(isSound(video) && video.some((sample) => sample.pts > sample.dts));
    assert.equal(video.filter((sample) => sample.key).length, 1);
    assert.ok(samplesOf(studio.takes[0], "audio").length >= 140);
    const zero = studio.takes[0]?.begins[0]?.zero ?? 0;
    assert.ok(
      zero > began - 500 && zero < began + 1_000,
      `captured ${zero - began} ms after the encoder began`,
    );
  });

  test("V4.17 an encoder that was killed and comes back by RTMP continues its broadcast with another beginning", async () => {
    const { studio, url } = await aVenue();
    const key = studio.publishers.rotateKey(lounge, 0);
    const first = anEncoder(`${picture} ${h264}`, "flv", `${url}/lounge?key=${key}`);
    await studio.until("pictures", () => samplesOf(studio.takes[0], "video").length > 10);
    assert.equal(studio.takes[0]?.begins[0]?.tracks.audio, null);
    first.kill();
    await studio.until("the interruption", () => studio.takes[0]?.ends === 1);
    const second = anEncoder(`${tone} ${aac}`, "flv", `${url}/lounge?key=${key}`);
    await studio.until("sound", () => studio.takes[0]?.begins[1] !== undefined);
    assert.equal(studio.takes[0]?.begins[1]?.tracks.video, null);
    assert.equal(studio.takes.length, 1);
    studio.publishers.rotateKey(lounge, 0);
    assert.match((await second.ended).said, /stream key was replaced/);
  });

  test("V4.18 by RTMP what cannot be shown is told to the host and to the encoder in a sentence", async () => {
    const { studio, url } = await aVenue();
    const key = studio.publishers.rotateKey(lounge, 0);
    const old = anEncoder(`${picture} -t 3 -c:v flv1`, "flv", `${url}/lounge?key=${key}`);
    assert.match((await old.ended).said, /set the encoder to H\.264/);
    const mp3 = anEncoder(`${tone} -t 3 -c:a libmp3lame`, "flv", `${url}/lounge?key=${key}`);
    assert.match((await mp3.ended).said, /comes as MP3: set the encoder to AAC/);
    assert.deepEqual(studio.said, [
      "The picture comes as Sorenson H.263: set the encoder to H.264.",
      "The sound comes as MP3: set the encoder to AAC.",
    ]);
  });

  test("V4.21 nothing can be watched at the port of encoders", async () => {
    const { studio, url } = await aVenue();
    const key = studio.publishers.rotateKey(lounge, 0);
    const encoder = anEncoder(`${picture} ${h264}`, "flv", `${url}/lounge?key=${key}`);
    await studio.until("pictures", () => studio.takes[0]?.begins.length === 1);
    const watcher = anEncoder(`-i ${url}/lounge?key=${key} -c copy -t 1`, "flv", "/dev/null");
    assert.notEqual((await watcher.ended).said, "");
    encoder.kill();
  });
});

async function aVenue(): Promise<{ studio: Studio; url: string }> {
  const studio = aStudio();
  const rtmp = await openRtmp({
    host: "127.0.0.1",
    port: 0,
    clock: systemClock,
    publishers: studio.publishers,
    reached: (limit) => void studio.said.push(limit),
    said: (_, sentence) => void studio.said.push(sentence),
    refused() {},
  });
  if ("obstacle" in rtmp) assert.fail(rtmp.obstacle);
  closing.push(rtmp.close);
  return { studio, url: `rtmp://127.0.0.1:${rtmp.port}/live` };
}
