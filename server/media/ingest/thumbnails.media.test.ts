import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { type RoomId, roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { systemClock } from "../../clock.ts";
import { h264, picture } from "./encoder.fixture.ts";
import { findFfmpeg } from "./ffmpeg.ts";
import { createThumbnails, type Thumbnails } from "./thumbnails.ts";

const found = await findFfmpeg(null);
const ffmpeg = "obstacle" in found ? assert.fail(found.obstacle) : found;
const segment = aSegment();
const lounge = roomId("lounge");

test("V4.24 a segment becomes a JPEG 320 pixels wide, and what shows nothing becomes none", async () => {
  const thumbnails = createThumbnails(ffmpeg, systemClock, () => {});
  const [init, rest] = [segment.subarray(0, 500), segment.subarray(500)];
  const jpeg = await made(thumbnails, lounge, [init, rest]);
  assert.ok(jpeg !== null);
  assert.equal(widthOf(jpeg), limits.mediaThumbnailWidth);
  assert.equal(await made(thumbnails, lounge, [Buffer.alloc(1_000, 7)]), null);
  assert.equal(await made(thumbnails, lounge, [Buffer.alloc(limits.mediaThumbnailSourceBytesMax + 1)]), null);
  thumbnails.close();
});

test("V4.25 thumbnails are made one at a time, of each room the newest, and only so many rooms wait", async () => {
  let reached = 0;
  const thumbnails = createThumbnails(ffmpeg, systemClock, () => reached++);
  const done: string[] = [];
  const busy = made(thumbnails, roomId("first"), [segment]);
  thumbnails.make(lounge, [segment], (jpeg) => void done.push(jpeg === null ? "old: none" : "old"));
  const newest = made(thumbnails, lounge, [segment]);
  assert.deepEqual(done, ["old: none"]);
  const others = Array.from({ length: limits.mediaThumbnailsWaitingMax }, (_, i) =>
    made(thumbnails, roomId(`room-${i}`), [segment]),
  );
  assert.equal(reached, 1);
  assert.equal(await others.at(-1), null);
  assert.ok((await busy) !== null && (await newest) !== null);
  thumbnails.close();
  assert.equal((await Promise.all(others)).slice(1).filter((jpeg) => jpeg !== null).length, 0);
});

function made(
  thumbnails: Thumbnails,
  room: RoomId,
  pieces: readonly Uint8Array[],
): Promise<Uint8Array | null> {
  return new Promise((resolve) => thumbnails.make(room, pieces, resolve));
}

function aSegment(): Buffer {
  const flags = "-movflags +empty_moov+default_base_moof+frag_keyframe";
  const words = `-hide_banner -loglevel error ${picture} -t 1 ${h264} ${flags} -f mp4 pipe:1`;
  return execFileSync("ffmpeg", words.split(" "));
}

/** From its frame header (ITU-T T.81, B.2.2). */
function widthOf(jpeg: Uint8Array): number {
  const bytes = Buffer.from(jpeg);
  for (let at = 2; at + 9 < bytes.length; at += 2 + bytes.readUInt16BE(at + 2))
    if (bytes[at + 1] === 0xc0) return bytes.readUInt16BE(at + 7);
  return 0;
}
