import assert from "node:assert/strict";
import { execFile, type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { checkPlaylist } from "@chorus/server/media/hls/playlist-checker.fixture.ts";
import { freePort } from "../../bench/processes.ts";
import { type RunningServer, startServer } from "../faults/running-server.ts";
import { asHost, streamKey } from "./stream-key.ts";

const picture = "-f lavfi -i testsrc=s=160x90:r=15";
const tone = "-f lavfi -i sine=r=48000";
const h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
const aac = "-c:a aac -b:a 64k";
const run = promisify(execFile);
const withinMs = 20_000;

let server: RunningServer;
let rtmp = 0;
const encoders = new Set<ChildProcess>();

before(async () => {
  rtmp = await freePort();
  const args = ["--rtmp-port", String(rtmp), "--srt-ports", "0", "--log-level", "silent", "--part-ms", "200"];
  server = await startServer({ pictures: true, args });
});
after(async () => {
  for (const encoder of encoders) encoder.kill("SIGKILL");
  await server[Symbol.asyncDispose]();
});

/** A real encoder, in real time, by RTMP. */
function send(room: string, key: string, args: string): ChildProcess {
  const url = `rtmp://127.0.0.1:${rtmp}/live/${room}?key=${key}`;
  const words = `-nostdin -v error ${args.replaceAll("-f lavfi", "-re -f lavfi")} -f flv ${url}`;
  const encoder = spawn("ffmpeg", words.split(" "), { stdio: "ignore" });
  encoders.add(encoder);
  return encoder;
}

async function end(encoder: ChildProcess): Promise<void> {
  encoder.kill("SIGTERM");
  await once(encoder, "exit");
}

async function aRoom(room: string): Promise<string> {
  const made = await fetch(`http://127.0.0.1:${server.port + 1}/v1/rooms/${room}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ guests: true }),
  });
  assert.ok(made.ok, await made.text());
  return streamKey(server.port, room);
}

type Broadcast = { state: string; video: boolean; audio: boolean; paths: { hls: string | null } };

const mediaOf = (room: string) => `http://127.0.0.1:${server.port + 2}/v1/rooms/${room}`;

/** Once its playlist has so many whole segments. */
async function untilListed(
  room: string,
  segments = 3,
): Promise<{ url: string; broadcast: Broadcast; text: string }> {
  for (const until = Date.now() + withinMs; Date.now() < until; await setTimeout(200)) {
    const broadcast = (await (await fetch(`${mediaOf(room)}/broadcast`)).json()) as Broadcast;
    const url = broadcast.paths.hls;
    if (url === null) continue;
    const answer = await fetch(url.replace("index.m3u8", "media.m3u8"));
    const text = answer.ok ? await answer.text() : "";
    if (text.split("#EXTINF").length > segments) return { url, broadcast, text };
  }
  throw new Error(`The room ${room} lists nothing that can be played.`);
}

async function said(room: string): Promise<string | null> {
  const answer = await fetch(`${mediaOf(room)}/ingest`, { headers: await asHost(room) });
  return ((await answer.json()) as { said: string | null }).said;
}

/** What ffmpeg has to complain of; at each reload it takes the init segment for another one, and leaves it out. */
async function complaints(url: string): Promise<string[]> {
  const { stderr } = await run("ffmpeg", `-v warning -nostdin -i ${url} -t 3 -f null -`.split(" "));
  const own = /Found duplicated MOOV Atom|Last message repeated/;
  return stderr.split("\n").filter((line) => line !== "" && !own.test(line));
}

/** Of the files of the room's recording, what ffprobe finds in each. */
async function recorded(room: string): Promise<string[]> {
  const folder = join(server.data, "recordings", room);
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".mp4"));
  return Promise.all(
    files.toSorted().map(async (name) => {
      const words = "-v error -show_entries stream=codec_name,width -of csv=p=0";
      const { stdout, stderr } = await run("ffprobe", [...words.split(" "), join(folder, name)]);
      assert.equal(stderr, "");
      return stdout.trim().replaceAll("\n", " ");
    }),
  );
}

describe("what encoders send", { concurrency: 2 }, () => {
  for (const [name, args, sees] of [
    ["no-sound", `${picture} ${h264} -g 15`, { video: true, audio: false, holds: "h264,160" }],
    ["no-picture", `${tone} ${aac}`, { video: false, audio: true, holds: "aac" }],
    [
      "b-frames",
      `${picture} ${tone} ${h264} -preset veryfast -bf 2 -g 15 ${aac}`,
      { video: true, audio: true, holds: "h264,160 aac" },
    ],
  ] as const)
    test(`V8.4 of ${name} a broadcast comes that says what it has, is played without a complaint and recorded`, async () => {
      const encoder = send(name, await aRoom(name), args);
      const { url, broadcast, text } = await untilListed(name);
      assert.deepEqual([broadcast.video, broadcast.audio], [sees.video, sees.audio]);
      assert.deepEqual(checkPlaylist(text), []);
      assert.deepEqual(await complaints(url), []);
      await end(encoder);
      assert.deepEqual(await recorded(name), [sees.holds]);
    });

  test("V8.5 with key frames 8 s apart a broadcast is played, keeps the target duration that it has said, and its host is told what to set", async () => {
    const encoder = send(
      "far",
      await aRoom("far"),
      `${picture} ${tone} ${h264} -g 120 -sc_threshold 0 ${aac}`,
    );
    const first = await untilListed("far", 1);
    const later = await untilListed("far", 3);
    const target = /TARGETDURATION:(\d+)/;
    assert.equal(target.exec(first.text)?.[1], target.exec(later.text)?.[1]);
    assert.deepEqual(checkPlaylist(later.text), []);
    assert.match((await said("far")) ?? "", /set its key-frame interval to 1 or 2 seconds/);
    await end(encoder);
  });

  test("V8.6 an encoder that comes back with another size and other times goes on in the same broadcast, behind a discontinuity", async () => {
    const key = await aRoom("sizes");
    const first = send("sizes", key, `${picture} ${tone} ${h264} -g 15 ${aac}`);
    await untilListed("sizes", 3);
    await end(first);
    const larger = `${picture.replace("160x90", "320x180")} ${tone} ${h264} -g 15 ${aac} -output_ts_offset 3600`;
    const second = send("sizes", key, larger);
    const { text, url } = await untilListed("sizes", 8);
    assert.deepEqual(checkPlaylist(text), []);
    assert.ok(text.includes("#EXT-X-DISCONTINUITY\n"));
    assert.equal(new Set(text.match(/EXT-X-MAP:URI="[^"]+"/g)).size, 2, text);
    assert.ok(!/EXTINF:(?:[4-9]|\d\d)/.test(text), text);
    assert.match(await (await fetch(url)).text(), /RESOLUTION=320x180/);
    await end(second);
    assert.deepEqual(await recorded("sizes"), ["h264,160 aac", "h264,320 aac"]);
  });
});
