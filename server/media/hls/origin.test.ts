import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { limits } from "@chorus/protocol/limits.ts";
import { checkPlaylist } from "./playlist-checker.fixture.ts";
import { numberIn, type Playlist, readPlaylist } from "./read-playlist.fixture.ts";
import { virtualTime } from "../../gateway/virtual-time.fixture.ts";
import type { Sample } from "../samples.ts";
import { aTake, samplesOf, soundAlone, type Take, zero } from "./broadcast.fixture.ts";
import type { Directives } from "./edge.ts";
import type { FileReply } from "./file-reply.ts";
import { createOrigin, type OriginOptions } from "./origin.ts";
import { openRecording } from "./recording.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-origin-"));
after(() => rmSync(folder, { recursive: true }));
const nothing: Directives = { msn: null, part: null, skip: false };
const atOf = ({ track, dts }: Sample): number => (track === "video" ? dts / 90 : dts / 44.1);
const agesOf = (reply: FileReply | undefined) => (reply?.status === 200 ? reply.ageSeconds : null);

/** A broadcast whose samples come as time passes. */
function anOrigin(take: Take = aTake(60_000), other: Partial<OriginOptions> = {}) {
  const world = virtualTime(zero);
  const { clock } = world.process();
  const reached: string[] = [];
  const origin = createOrigin({
    clock,
    partMs: 200,
    segmentMs: 1_000,
    run: "a",
    recording: null,
    overAt: null,
    keyFramesFar() {},
    reached: (limit) => void reached.push(limit),
    ...other,
  });
  const samples = [...samplesOf(take)];
  origin.sink.begin(take.tracks, zero);
  let sent = 0;

  function plays(ms: number): void {
    sent += ms;
    while (samples[0] !== undefined && atOf(samples[0]) < sent) origin.sink.sample(samples.shift() as Sample);
    world.passes(ms);
  }
  function asks(path: string, asked: Partial<Directives> = {}, low = true) {
    const replies: FileReply[] = [];
    const callOff = origin.answer(path, { ...nothing, ...asked }, low, (reply) => void replies.push(reply));
    return { replies, callOff };
  }
  function gets(path: string, asked = {}, low = true): FileReply {
    const [reply] = asks(path, asked, low).replies;
    assert.ok(reply !== undefined, `${path} is not answered at once`);
    return reply;
  }
  const lists = (path = "media.m3u8", low = true): Playlist => readPlaylist(textOf(gets(path, {}, low)));
  return { origin, world, reached, plays, asks, gets, lists };
}

function textOf(reply: FileReply): string {
  assert.equal(reply.status, 200);
  return reply.status === 200 ? Buffer.concat(reply.bytes).toString() : "";
}

const edgeOf = ({ sequence, segments, open }: Playlist) => ({
  msn: sequence + segments.length,
  part: open.length,
});

test("V2.36 the next part is waited for, and all who wait get the same bytes when it is there", () => {
  const { plays, asks, lists } = anOrigin();
  plays(5_100);
  const edge = edgeOf(lists());
  const those = Array.from({ length: 50 }, () => asks("media.m3u8", edge));
  assert.ok(those.every(({ replies }) => replies.length === 0));
  plays(250);
  const [first] = those[0]?.replies ?? [];
  assert.ok(first?.status === 200);
  const read = readPlaylist(textOf(first));
  assert.ok(edgeOf(read).part > edge.part || edgeOf(read).msn > edge.msn);
  for (const { replies } of those) {
    assert.equal(replies.length, 1);
    assert.ok(replies[0]?.status === 200 && replies[0].bytes[0] === first.bytes[0]);
  }
});

test("V2.36 a segment is waited for until it is whole, and what is there is answered at once", () => {
  const { plays, asks, lists } = anOrigin();
  plays(5_100);
  const { msn } = edgeOf(lists());
  const whole = asks("media.m3u8", { msn });
  plays(400);
  assert.equal(whole.replies.length, 0);
  plays(800);
  assert.equal(whole.replies.length, 1);
  assert.equal(asks("media.m3u8", { msn: msn - 1 }).replies.length, 1);
  assert.equal(asks("media.m3u8", { msn, part: 0 }).replies.length, 1);
});

test("V2.36 a part beyond the end of a segment is the first part of the next one", () => {
  const { plays, asks, lists } = anOrigin();
  plays(5_700);
  const { msn } = edgeOf(lists());
  const beyond = asks("media.m3u8", { msn, part: 9 });
  plays(400);
  assert.equal(edgeOf(lists()).msn, msn + 1);
  assert.equal(beyond.replies.length, 0);
  plays(250);
  assert.equal(beyond.replies.length, 1);
});

test("V2.36 what is farther ahead than the draft allows, and a part of no segment, is refused at once", () => {
  const { plays, gets, lists } = anOrigin();
  plays(5_100);
  const { msn, part } = edgeOf(lists());
  for (const asked of [{ msn: msn + 2 }, { msn, part: part + 40 }, { msn: msn + 2, part: 0 }, { part: 1 }])
    assert.equal(gets("media.m3u8", asked).status, 400, JSON.stringify(asked));
});

test("V2.36 what does not come within three target durations is not there, and nothing is kept of who asked", () => {
  const { plays, asks, world, lists } = anOrigin();
  plays(5_100);
  const { replies } = asks("media.m3u8", edgeOf(lists()));
  world.passes(5_900);
  assert.equal(replies.length, 0);
  world.passes(200);
  assert.deepEqual(
    replies.map(({ status }) => status),
    [503],
  );
});

test("V2.36 the part that is announced is waited for and is what the segment has there; others are not there", () => {
  const { plays, asks, gets, lists } = anOrigin();
  plays(5_100);
  const hint = lists().hints[0]?.get("URI") ?? "";
  const waits = asks(hint);
  assert.equal(waits.replies.length, 0);
  plays(1_500);
  const [part] = waits.replies;
  assert.ok(part?.status === 200);
  const [, msn, index] = /(\d+)\.(\d+)\.m4s$/.exec(hint) ?? [];
  const segment = gets(`a/${msn}.m4s`);
  assert.ok(segment.status === 200 && segment.bytes[Number(index)] === part.bytes[0]);
  assert.equal(gets(`a/${msn}.99.m4s`).status, 404);
  assert.equal(gets(`b/${msn}.0.m4s`).status, 404);
  assert.equal(gets("a/../secret").status, 404);
});

test("V2.36 who has left is not answered, and who comes when too many wait is told to come again", () => {
  const { plays, asks, lists, reached } = anOrigin();
  plays(5_100);
  const edge = edgeOf(lists());
  const left = asks("media.m3u8", edge);
  left.callOff();
  const those = Array.from({ length: limits.mediaWaitersMax }, () => asks("media.m3u8", edge));
  const late = asks("media.m3u8", edge);
  assert.deepEqual(
    late.replies.map(({ status }) => status),
    [503],
  );
  assert.deepEqual(reached, ["mediaWaitersMax"]);
  plays(250);
  assert.equal(left.replies.length, 0);
  assert.ok(those.every(({ replies }) => replies.length === 1));
});

test("V2.36 the end of a broadcast answers all who wait", () => {
  const { origin, plays, asks, lists } = anOrigin();
  plays(5_100);
  const playlist = asks("media.m3u8", edgeOf(lists()));
  const part = asks(`a/${edgeOf(lists()).msn}.${edgeOf(lists()).part + 1}.m4s`);
  origin.finish();
  assert.equal(lists().ended, true);
  assert.equal(playlist.replies.length, 1);
  assert.equal(part.replies.length, 1);
});

test("V2.38 files may be kept a minute, playlists a second, and playlists that were waited for six target durations", () => {
  const { plays, gets, lists, asks } = anOrigin();
  plays(5_100);
  const waits = asks("media.m3u8", edgeOf(lists()));
  plays(250);
  assert.equal(agesOf(waits.replies[0]), 12);
  assert.equal(agesOf(gets("media.m3u8")), 1);
  assert.equal(agesOf(gets("index.m3u8")), 1);
  assert.equal(agesOf(gets("a/2.m4s")), 60);
  assert.equal(agesOf(gets("a/init-v1.mp4")), 60);
});

test("V2.37 who has no right to parts gets none", () => {
  const { plays, gets, lists } = anOrigin();
  plays(5_100);
  assert.equal(gets("a/2.0.m4s", {}, false).status, 403);
  assert.equal(gets("a/2.m4s", {}, false).status, 200);
  assert.equal(lists("media.m3u8", false).partTarget, null);
  const { msn } = edgeOf(lists());
  assert.equal(gets("media.m3u8", { msn: msn + 1, part: 3 }, false).status, 200);
});

test("V2.31 the sound alone is a rendition of its own, and where there are no pictures the broadcast itself", () => {
  const both = anOrigin();
  both.plays(5_100);
  const index = textOf(both.gets("index.m3u8"));
  assert.match(index, /CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=320x180\nmedia\.m3u8/i);
  assert.match(index, /CODECS="mp4a\.40\.2"\naudio\.m3u8/);
  for (const name of ["media.m3u8", "audio.m3u8"]) {
    const text = textOf(both.gets(name));
    assert.deepEqual(checkPlaylist(text), []);
    const { segments, reports, partTarget } = readPlaylist(text);
    assert.equal(reports.length, 1);
    assert.ok((numberIn(readPlaylist(text).control, "PART-HOLD-BACK") ?? 0) >= 3 * (partTarget ?? 9));
    const [first] = segments;
    assert.equal(both.gets(first?.uri ?? "").status, 200);
    assert.equal(both.gets(first?.map ?? "").status, 200);
  }
  const sound = anOrigin(aTake(60_000, { tracks: soundAlone }));
  sound.plays(5_100);
  assert.equal(textOf(sound.gets("audio.m3u8")), textOf(sound.gets("media.m3u8")));
});

test("V2.44 what is held of a broadcast does not grow, and what has left the playlist is there as long again", () => {
  const { plays, lists, gets, origin } = anOrigin(aTake(200_000));
  for (let second = 0; second < 190; second += 1) plays(1_000);
  const { segments } = lists();
  const first = segments[0];
  assert.ok(segments.length >= 36 && segments.length <= 38, `${segments.length}`);
  assert.equal(gets(`a/${(first?.msn ?? 0) - 30}.m4s`).status, 200);
  assert.equal(gets("a/20.m4s").status, 404);
  origin.finish();
});

test("V2.39 a recorded broadcast can be seen from its start while it goes on, and is video on demand after it", async () => {
  const recording = openRecording(join(folder, "one"), (sentence) => assert.fail(sentence));
  const { origin, world, plays, asks, gets, lists } = anOrigin(aTake(100_000), { recording });
  for (let second = 0; second < 95; second += 1) {
    plays(1_000);
    while (recording.segments.length < second - 3) await turn();
  }
  while (recording.segments.length < 94) await turn();
  const event = lists("dvr.m3u8");
  assert.deepEqual([event.type, event.ended, event.sequence], ["EVENT", false, 0]);
  const early = asks("a/0.m4s");
  while (early.replies.length === 0) await turn();
  assert.equal(early.replies[0]?.status, 200);
  origin.finish();
  await recording.finish();
  assert.equal(lists().type, null);
  world.passes(limits.mediaEndTellMs);
  const past = lists();
  assert.deepEqual([past.type, past.ended, past.segments.length], ["VOD", true, 95]);
  assert.deepEqual(checkPlaylist(textOf(gets("media.m3u8"))), []);
  assert.equal(gets("audio.m3u8").status, 404);
  assert.match(textOf(gets("index.m3u8")), /RESOLUTION=320x180\nmedia\.m3u8\n$/);
});

test("V2.40 after a restart numbers of both renditions go on", async () => {
  const where = join(folder, "two");
  const open = () => openRecording(where, (sentence) => assert.fail(sentence));
  const recording = open();
  const before = anOrigin(aTake(60_000, { keyEvery: 50 }), { recording });
  for (let second = 0; second < 30; second += 1) {
    before.plays(1_000);
    while (recording.segments.length < second / 2 - 3) await turn();
  }
  await recording.finish();
  const reopened = open();
  const again = anOrigin(aTake(60_000, { keyEvery: 50 }), { recording: reopened, run: "b" });
  again.plays(10_000);
  await reopened.finish();
  for (const name of ["media.m3u8", "audio.m3u8"])
    assert.ok(again.lists(name).sequence >= edgeOf(before.lists(name)).msn, name);
});
