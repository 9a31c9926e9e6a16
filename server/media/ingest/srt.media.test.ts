import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { systemClock } from "../../clock.ts";
import {
  aac,
  anEncoder,
  aStudio,
  freeUdpPort,
  h264,
  isSound,
  picture,
  samplesOf,
  type Studio,
  tone,
} from "./encoder.fixture.ts";
import { findFfmpeg } from "./ffmpeg.ts";
import { openSrt, srtUrl } from "./srt.ts";

const lounge = roomId("lounge");
const found = await findFfmpeg(null);
const ffmpeg = "obstacle" in found ? assert.fail(found.obstacle) : found;
const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

describe("SRT with a real encoder", { concurrency: 2 }, () => {
  test("V4.16 by SRT pictures with B-frames and sound come in, under the passphrase alone", async () => {
    const { studio, url } = await aVenue();
    const stranger = anEncoder(
      `${picture} -t 2 ${h264}`,
      "mpegts",
      url.replace(/passphrase=..../, "passphrase=0000"),
    );
    await studio.until("the refusal", () =>
      studio.said.some((line) => /passphrase is wrong or missing/.test(line)),
    );
    await stranger.ended;
    assert.equal(studio.takes.length, 0);

    const began = Date.now();
    const frames = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 2 -g 200";
    const encoder = anEncoder(`${picture} ${tone} -t 3 ${frames} ${aac}`, "mpegts", url);
    await studio.until("the end", () => studio.takes[0]?.ends === 1);
    await encoder.ended;
    const [take] = studio.takes;
    const video = samplesOf(take, "video");
    assert.ok(video.length >= 40 && isSound(video), `${video.length} pictures`);
    assert.ok(video.some((sample) => sample.pts > sample.dts));
    assert.ok(samplesOf(take, "audio").length >= 70);
    const zero = take?.begins[0]?.zero ?? 0;
    assert.ok(
      zero > began - 500 && zero < began + 1_500,
      `captured ${zero - began} ms after the encoder began`,
    );
    assert.equal(studio.publishers.broadcastOf(lounge).phase, "interrupted");
  });

  test("V4.17 an encoder that was killed and comes back by SRT continues its broadcast with another beginning", async () => {
    const { studio, url } = await aVenue();
    const first = anEncoder(`${picture} ${tone} ${h264} ${aac}`, "mpegts", url);
    await studio.until("pictures", () => samplesOf(studio.takes[0], "video").length > 10);
    first.kill();
    await studio.until("the interruption", () => studio.takes[0]?.ends === 1);
    const second = anEncoder(`${picture} ${h264}`, "mpegts", url);
    await studio.until("pictures again", () => studio.takes[0]?.begins.length === 2);
    await studio.until("more of them", () => samplesOf(studio.takes[0], "video").length > 10);
    assert.equal(studio.takes.length, 1);
    assert.equal(studio.takes[0]?.begins[1]?.tracks.audio, null);
    assert.equal(studio.publishers.stop(lounge), true);
    await second.ended;
  });

  test("V4.18 by SRT a picture that is not H.264 is told in a sentence, and other sound than AAC is made so", async () => {
    const [one, two] = await Promise.all([aVenue(), aVenue()]);
    const hevc = "-c:v libx265 -preset ultrafast -x265-params log-level=none";
    const wrong = anEncoder(`${picture} -t 4 ${hevc}`, "mpegts", one.url);
    const mp2 = `${picture} ${tone} ${h264} -c:a mp2`;
    const before = anEncoder(mp2, "mpegts", two.url);
    await Promise.all([wrong.ended, before.ended]);
    assert.deepEqual(one.studio.said.slice(0, 1), [
      "The picture comes as H.265 (HEVC): set the encoder to H.264.",
    ]);
    assert.deepEqual(one.studio.takes, []);
    assert.match(two.studio.said[0] ?? "", /^The sound comes as MP2 and is made into AAC here/);
    const back = anEncoder(mp2, "mpegts", two.url);
    await two.studio.until("sound", () => samplesOf(two.studio.takes[0], "audio").length > 10);
    assert.equal(two.studio.takes[0]?.begins[0]?.tracks.audio?.codec, "aac");
    back.kill();
  });

  test("V4.19 a process that is killed leaves no ffmpeg behind that holds its port", async () => {
    const port = await freeUdpPort();
    const module = new URL("ffmpeg.ts", import.meta.url).href;
    const clock = new URL("../../clock.ts", import.meta.url).href;
    const program = `
    import { runFfmpeg } from ${JSON.stringify(module)};
    import { systemClock } from ${JSON.stringify(clock)};
    const args = ["-i", "srt://127.0.0.1:${port}?mode=listener", "-f", "null", "-"];
    runFfmpeg(${JSON.stringify(ffmpeg)}, args, systemClock, { output() {}, ended() {}, line: () => console.log("up") });
  `;
    const doomed = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(doomed.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await isFree(port), false);
    doomed.kill("SIGKILL");
    await once(doomed, "close");
    const { until } = aStudio();
    let free = false;
    void (async () => {
      while (!(free = await isFree(port))) await new Promise((resolve) => setTimeout(resolve, 50));
    })();
    await until("the port is free", () => free);
  });
});

async function aVenue(): Promise<{ studio: Studio; url: string }> {
  const studio = aStudio();
  const port = await freeUdpPort();
  const srt = openSrt({
    ffmpeg,
    host: "127.0.0.1",
    ports: { first: port, last: port },
    clock: systemClock,
    store: studio.store,
    publishers: studio.publishers,
    said: (_, sentence) => void studio.said.push(sentence),
  });
  closing.push(() => srt.close());
  const address = srt.handOut(lounge);
  if ("obstacle" in address) assert.fail(address.obstacle);
  /* An encoder that finds nobody gives up at once; a listener is there within moments. */
  await new Promise((resolve) => setTimeout(resolve, 400));
  return { studio, url: srtUrl("127.0.0.1", address) };
}

function isFree(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}
