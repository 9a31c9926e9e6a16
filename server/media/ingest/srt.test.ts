import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type RoomId, roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { systemClock } from "../../clock.ts";
import { virtualTime } from "../../gateway/virtual-time.fixture.ts";
import { openMediaStore, type SrtAddress } from "../broadcast/store.ts";
import { findFfmpeg, type FfmpegEnd, runFfmpeg } from "./ffmpeg.ts";
import { openSrt, type Srt, srtUrl } from "./srt.ts";
import { listenerArgs } from "./srt-arguments.ts";
import { createSrtLog } from "./srt-log.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-srt-"));
const opened: Srt[] = [];
after(() => {
  for (const srt of opened) srt.close();
  rmSync(folder, { recursive: true });
});

test("V4.27 a wrong or missing passphrase is told once in a sentence that says what to do", () => {
  const log = createSrtLog(false);
  const said = log.line(
    "05:20:28.590743/SRT:RcvQ:w1!W:SRT.cn: processConnectRequest: rsp(REJECT): 1010 - Incorrect passphrase",
  );
  assert.match(said?.sentence ?? "", /passphrase is wrong or missing: copy the address again/);
  assert.equal(said?.kind, "passing");
  assert.equal(log.connected(), false);
});

test("V4.27 codecs are read of the input alone, and what does not matter is no news", () => {
  const log = createSrtLog(false);
  const lines = [
    "Input #0, mpegts, from 'srt://0.0.0.0:9000?mode=listener':",
    "  Duration: N/A, start: 1.400000, bitrate: N/A",
    "  Stream #0:0[0x100]: Video: h264 (High) ([27][0][0][0] / 0x001B), yuv420p(progressive), 160x90, 25 fps",
    "  Stream #0:1[0x101](eng): Audio: aac (LC) ([15][0][0][0] / 0x000F), 44100 Hz, mono, fltp, 72 kb/s",
    "Output #0, mp4, to 'pipe:1':",
    "  Stream #0:1: Audio: mp2 (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 72 kb/s",
  ];
  assert.deepEqual(lines.map(log.line), [null, null, null, null, null, null]);
  assert.equal(log.connected(), true);
});

test("V4.27 other pictures than H.264 are hopeless, other sound than AAC is news until it is made AAC", () => {
  const video = "  Stream #0:0[0x100](eng): Video: hevc (Main) (HEVC / 0x43564548), yuv420p(tv), 160x90";
  const audio = "  Stream #0:1[0x101]: Audio: mp2 ([3][0][0][0] / 0x0003), 44100 Hz, mono, fltp, 384 kb/s";
  for (const transcode of [false, true]) {
    const log = createSrtLog(transcode);
    log.line("Input #0, mpegts, from 'srt://0.0.0.0:9000':");
    assert.deepEqual(log.line(video), {
      kind: "hopeless",
      sentence: "The picture comes as H.265 (HEVC): set the encoder to H.264.",
    });
    assert.equal(log.line(audio)?.kind, transcode ? undefined : "sound");
  }
});

test("V4.28 an ffmpeg that is missing or cannot speak SRT is said with what to install and what works without", async () => {
  const missing = await findFfmpeg(join(folder, "none"));
  assert.match(
    "obstacle" in missing ? missing.obstacle : "",
    /^\S+none cannot be run: install it \(apt-get install ffmpeg\).*WHIP and RTMP/,
  );
  const old = aProgram(
    'case "$2" in -version) echo "ffmpeg version 9.9 Copyright";; *) echo "  rtmp";; esac',
  );
  const without = await findFfmpeg(old.path);
  assert.match("obstacle" in without ? without.obstacle : "", /was built without SRT: install Debian's/);
});

test("V4.19 a run says what it is told, ends once, and is ended when it does not do so itself", async () => {
  const stubborn = aProgram(
    'trap "" TERM; echo out; yes x | head -c 9000 | tr -d "\\n" >&2; echo >&2; while :; do sleep 0.05; done',
  );
  const lines: string[] = [];
  const time = virtualTime(0);
  const end = await new Promise<FfmpegEnd>((resolve) => {
    const run = runFfmpeg(stubborn, [], time.process().clock, {
      output: (bytes) => lines.push(bytes.toString()),
      line(text) {
        lines.push(`${text.length}`);
        run.stop();
        run.stop();
        time.passes(limits.mediaFfmpegStopMs);
      },
      ended: resolve,
    });
  });
  assert.deepEqual(lines.toSorted(), [`${limits.mediaFfmpegLineCharsMax}`, "out\n"]);
  assert.deepEqual([end.stopped, end.lines.length], [true, 1]);
});

test("V8.8 an encoder whose SRT is too old to show a passphrase is told of", () => {
  const said = createSrtLog(false).line(
    "12:37:48.255946/SRT:RcvQ:w1*E:SRT.cn: interpretSrtHandshake: minimum peer version 1.3.0 (HSv5 only), rejecting HSv4 client",
  );
  assert.match(said?.sentence ?? "", /older than 1\.3: update it/);
  assert.equal(said?.kind, "passing");
});

test("V4.29 rooms get ports of their own and passphrases that change, as long as there are ports", () => {
  const store = openMediaStore(":memory:");
  const srt = aPool(store);
  const [first, second] = [handedOut(srt, roomId("a")), handedOut(srt, roomId("b"))];
  assert.deepEqual([first.port, second.port], [47_001, 47_002]);
  assert.notEqual(first.passphrase, second.passphrase);
  const third = srt.handOut(roomId("c"));
  assert.match("obstacle" in third ? third.obstacle : "", /^All 2 SRT ports are taken: take an address back/);
  const again = handedOut(srt, roomId("a"));
  assert.equal(again.port, first.port);
  assert.notEqual(again.passphrase, first.passphrase);
  srt.takeBack(roomId("a"));
  assert.equal(srt.addressOf(roomId("a")), null);
  assert.equal(handedOut(srt, roomId("c")).port, 47_001);
  srt.close();

  const restarted = aPool(store);
  assert.deepEqual(restarted.addressOf(roomId("b")), second);
  restarted.close();
});

test("V4.29 the address for the encoder and that of the listener agree", () => {
  const address = { room: roomId("a"), port: 9_000, passphrase: "correct-horse" };
  const theirs = new URL(srtUrl("media.example", address));
  const ours = new URL(listenerArgs("0.0.0.0", address, false).find((arg) => arg.startsWith("srt:")) ?? "");
  assert.deepEqual([theirs.searchParams.get("mode"), ours.searchParams.get("mode")], ["caller", "listener"]);
  for (const name of ["passphrase", "pbkeylen", "latency"])
    assert.equal(theirs.searchParams.get(name), ours.searchParams.get(name));
});

function aPool(store: ReturnType<typeof openMediaStore>): Srt {
  const srt = openSrt({
    ffmpeg: aProgram("exec sleep 20"),
    host: "127.0.0.1",
    ports: { first: 47_001, last: 47_002 },
    clock: systemClock,
    store,
    publishers: { admit: () => assert.fail("nobody came") },
    said() {},
  });
  opened.push(srt);
  return srt;
}

function handedOut(srt: Srt, room: RoomId): SrtAddress {
  const address = srt.handOut(room);
  return "obstacle" in address ? assert.fail(address.obstacle) : address;
}

let programs = 0;

/** A program of a few words in the place of ffmpeg. Each is a file of its own: one that runs cannot be written to. */
function aProgram(script: string): { path: string; version: string } {
  const path = join(folder, `program-${++programs}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, version: "0" };
}
