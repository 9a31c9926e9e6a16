import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Sample, Tracks } from "../samples.ts";
import { fragment } from "./fragment.ts";
import { initSegment } from "./init-segment.ts";
import { readingOf } from "./stream.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-fmp4-"));
after(() => rmSync(folder, { recursive: true }));

const picture = ["-f", "lavfi", "-i", "testsrc=size=322x182:rate=25"];
const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25"];
const direct = ["-bf", "0"];
const reordered = ["-bf", "2", "-b_strategy", "0"];
const aac = ["-c:a", "aac", "-ac", "2"];
const opus = ["-c:a", "libopus", "-b:a", "64k"];

/** As a way in starts it. */
const fragmented = [
  ..."-f mp4 -movflags +empty_moov+default_base_moof+frag_keyframe+delay_moov+skip_trailer".split(" "),
  ..."-frag_duration 200000 -flush_packets 1 pipe:1".split(" "),
];

const kinds: Readonly<Record<string, readonly string[]>> = {
  "H.264 without B-frames and AAC": [...picture, ...sound, ...x264, ...direct, ...aac],
  "H.264 with B-frames and AAC": [...picture, ...sound, ...x264, ...reordered, ...aac],
  "H.264 without B-frames and Opus": [...picture, ...sound, ...x264, ...direct, ...opus],
  "H.264 with B-frames and Opus": [...picture, ...sound, ...x264, ...reordered, ...opus],
  "H.264 with B-frames alone": [...picture, ...x264, ...reordered],
  "AAC alone": [...sound, ...aac],
  "Opus alone": [...sound, ...opus],
};

for (const [name, options] of Object.entries(kinds)) {
  test(`V2.18 ${name} from ffmpeg is written again so that ffmpeg plays it without a message and in sync`, () => {
    const theirs = ffmpeg([...options, "-t", "3", ...fragmented]);
    checkRewritten(theirs);
  });
}

test("V2.18 what came as a transport stream is written again so that ffmpeg plays it without a message and in sync", () => {
  const stream = ffmpeg([
    ...picture,
    ...sound,
    ...x264,
    ...reordered,
    ...aac,
    "-t",
    "3",
    "-f",
    "mpegts",
    "pipe:1",
  ]);
  const copy = ["-f", "mpegts", "-i", "pipe:0", "-c", "copy", "-bsf:a", "aac_adtstoasc"];
  checkRewritten(ffmpeg([...copy, ...fragmented], stream));
});

test("V2.9 a transport stream whose resolution changes gives new tracks at the first picture of the new size", () => {
  const small = ffmpeg([...picture, ...x264, "-t", "1", "-f", "mpegts", "pipe:1"]);
  const large = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=25", ...x264, "-t", "1"];
  const second = ffmpeg([...large, "-output_ts_offset", "1", "-f", "mpegts", "pipe:1"]);
  const copy = ["-f", "mpegts", "-i", "pipe:0", "-c", "copy"];
  const { tracks, problems, samples } = readingOf(
    ffmpeg([...copy, ...fragmented], Buffer.concat([small, second])),
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    tracks.map(({ video }) => [video?.width, video?.height]),
    [
      [322, 182],
      [640, 360],
    ],
  );
  assert.equal(samples.length, 50);
});

function checkRewritten(theirs: Buffer): void {
  const { tracks, samples, problems } = readingOf(theirs);
  const [first] = tracks;
  assert.deepEqual([tracks.length, problems], [1, []]);
  assert.ok(first !== undefined && samples.every(({ dts }) => dts >= 0));
  const before = probe("theirs.mp4", theirs);
  const after = probe("ours.mp4", rewritten(first, samples));
  assert.deepEqual(
    after.map(({ codec_name, width, height, packets }) => ({ codec_name, width, height, packets })),
    before.map(({ codec_name, width, height, packets }) => ({ codec_name, width, height, packets })),
  );
  // One second may have been put before both tracks.
  const moved = Math.round((after[0]?.start ?? 0) - (before[0]?.start ?? 0));
  for (const [n, track] of before.entries()) {
    const ours = after[n];
    assert.ok(ours !== undefined);
    assert.ok(Math.abs(ours.start - track.start - moved) < 0.001, `starts ${track.start} ${ours.start}`);
    assert.ok(Math.abs(ours.end - track.end - moved) < 0.04, `ends ${track.end} ${ours.end}`);
  }
}

/** In fragments as short as parts are. */
function rewritten(tracks: Tracks, samples: readonly Sample[]): Uint8Array {
  const parts = [initSegment(tracks)];
  for (let at = 0; at < samples.length; at += 15) {
    const part = samples.slice(at, at + 15);
    const video = part.filter(({ track }) => track === "video");
    const audio = part.filter(({ track }) => track === "audio");
    parts.push(fragment({ sequence: parts.length, tracks, video, audio }));
  }
  return Buffer.concat(parts);
}

function ffmpeg(options: readonly string[], input: Uint8Array = new Uint8Array()): Buffer {
  const fixed = ["-v", "error", "-nostdin", "-fflags", "+bitexact"];
  return execFileSync("ffmpeg", [...fixed, ...options], { input, stdio: ["pipe", "pipe", "ignore"] });
}

type Stream = {
  readonly codec_name: string;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly packets: number;
  readonly start: number;
  readonly end: number;
};

/** Plays it, which must pass without a message, and answers when each track's packets are shown. */
function probe(name: string, bytes: Uint8Array): readonly Stream[] {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const played = spawnSync("ffmpeg", ["-v", "warning", "-nostdin", "-i", path, "-f", "null", "-"]);
  assert.equal(played.stderr.toString(), "");
  const entries = "stream=index,codec_name,width,height:packet=stream_index,pts_time,duration_time";
  const shown = execFileSync("ffprobe", ["-v", "warning", "-of", "json", "-show_entries", entries, path]);
  const { streams, packets } = JSON.parse(shown.toString()) as Probed;
  return streams.map(({ index, codec_name, width, height }) => {
    const own = packets.filter(({ stream_index }) => stream_index === index);
    const start = Math.min(...own.map(({ pts_time }) => Number(pts_time)));
    const end = Math.max(
      ...own.map(({ pts_time, duration_time }) => Number(pts_time) + Number(duration_time ?? 0)),
    );
    return { codec_name, width, height, packets: own.length, start, end };
  });
}

type Probed = {
  readonly streams: readonly {
    readonly index: number;
    readonly codec_name: string;
    readonly width?: number;
    readonly height?: number;
  }[];
  readonly packets: readonly {
    readonly stream_index: number;
    readonly pts_time: string;
    /** Not of the first packet of an audio track alone. */
    readonly duration_time?: string;
  }[];
};
