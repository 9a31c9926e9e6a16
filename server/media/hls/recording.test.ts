import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as fc from "fast-check";
import { checkPlaylist } from "./playlist-checker.fixture.ts";
import { checkReload } from "./reload-checker.fixture.ts";
import { aPackager, aTake, plays, soundAlone, zero } from "./broadcast.fixture.ts";
import { time } from "@chorus/protocol/ids.ts";
import { livePlaylist, wholePlaylist } from "./playlist.ts";
import { openRecording, type Recording } from "./recording.ts";
import type { Segment } from "./timeline.ts";

const root = mkdtempSync(join(tmpdir(), "chorus-recording-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const folder = (): string => join(root, `${(folders += 1)}`);
const neverFails = (sentence: string): never => assert.fail(sentence);

/** Two takes, the second without pictures. */
async function recordInto(recording: Recording, run: string, ms = 4_500): Promise<readonly Segment[]> {
  const those: Segment[] = [];
  const resumed = recording.resumesAt;
  const packager = aPackager({
    run,
    firstMsn: resumed?.msn ?? 0,
    discontinuities: resumed?.discontinuities ?? 0,
    targetSeconds: resumed?.targetSeconds ?? null,
    heard: {
      part() {},
      keyFramesFar() {},
      segment(one) {
        those.push(one);
        recording.add(one);
      },
    },
  });
  plays(packager, aTake(ms), time(zero + folders * 100_000));
  plays(packager, aTake(2_500, { tracks: soundAlone }), time(zero + folders * 100_000 + 50_000));
  packager.finish();
  await recording.finish();
  return those;
}

const bytesOf = (one: Segment): Buffer => Buffer.concat((one.parts ?? []).map(({ bytes }) => bytes));

test("V2.39 a recording that is opened again has each segment and each init segment as it was", async () => {
  const where = folder();
  const those = await recordInto(openRecording(where, neverFails), "a");
  const again = openRecording(where, neverFails);
  assert.equal(again.segments.length, those.length);
  for (const one of those) {
    const read = await again.read("a", one.msn);
    assert.ok(read !== null && bytesOf(one).equals(read));
    assert.deepEqual(Buffer.from(again.init("a", one.init.name) ?? []), Buffer.from(one.init.bytes));
  }
  assert.equal(await again.read("b", 0), null);
  assert.equal(await again.read("a", those.length), null);
  assert.equal(again.init("a", "v9"), null);
});

test("V2.40 a broadcast that goes on after a restart keeps its target duration, and its numbers are new ones", async () => {
  const where = folder();
  const before = await recordInto(openRecording(where, neverFails), "a");
  const event = wholePlaylist(openRecording(where, neverFails).segments, 2, false);
  const recording = openRecording(where, neverFails);
  const after = await recordInto(recording, "b");
  const lastBefore = before.at(-1)?.msn ?? 0;
  assert.ok((after[0]?.msn ?? 0) > lastBefore + 1);
  assert.equal(after[0]?.discontinuity, true);
  const all = openRecording(where, neverFails);
  assert.equal(all.segments.length, before.length + after.length);
  for (const one of after) assert.ok(bytesOf(one).equals((await all.read("b", one.msn)) ?? Buffer.alloc(0)));
  const longer = wholePlaylist(all.segments, 2, false);
  assert.deepEqual(checkPlaylist(longer), []);
  assert.deepEqual(checkReload(event, longer), []);
});

test("V2.40 the live playlist of a broadcast that goes on after a restart follows from the one before it", async () => {
  const where = folder();
  const recording = openRecording(where, neverFails);
  const packager = aPackager({ heard: { part() {}, keyFramesFar() {}, segment: recording.add } });
  plays(packager, aTake(12_300, { keyEvery: 100 }));
  const before = livePlaylist(packager.timeline, { low: true, skip: false, report: null });
  await recording.finish();
  const { resumesAt } = openRecording(where, neverFails);
  assert.ok(resumesAt !== null);
  const { msn, ...rest } = resumesAt;
  const next = aPackager({ run: "b", firstMsn: msn, ...rest });
  plays(next, aTake(20_000), time(zero + 60_000));
  const after = livePlaylist(next.timeline, { low: true, skip: false, report: null });
  assert.deepEqual(checkPlaylist(after), []);
  assert.deepEqual(checkReload(before, after), []);
});

test("V2.40 a recording that is cut anywhere opens with all that is whole, and goes on", async () => {
  const where = folder();
  const those = await recordInto(openRecording(where, neverFails), "a");
  const files = readdirSync(where);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (name, share) => {
        const cut = folder();
        cpSync(where, cut, { recursive: true });
        truncateSync(join(cut, name), Math.floor(statSync(join(cut, name)).size * share));
        const recording = openRecording(cut, neverFails);
        const left = recording.segments.length;
        assert.ok(left <= those.length);
        const whole = name === "index.jsonl" ? linesIn(join(cut, name)) : left;
        assert.equal(left, whole);
        for (const one of those.slice(0, left))
          assert.ok(bytesOf(one).equals((await recording.read("a", one.msn)) ?? Buffer.alloc(0)));
        const more = await recordInto(recording, "b", 1_500);
        const again = openRecording(cut, neverFails);
        assert.equal(again.segments.length, left + more.length);
        for (const one of more)
          assert.ok(bytesOf(one).equals((await again.read("b", one.msn)) ?? Buffer.alloc(0)));
      },
    ),
    { numRuns: 30 },
  );
});

test("V2.40 what stands behind the last whole line is not believed", async () => {
  const where = folder();
  const those = await recordInto(openRecording(where, neverFails), "a");
  const index = join(where, "index.jsonl");
  const whole = readFileSync(index, "utf8");
  for (const rest of ['{"msn":9', "\0\0\0\0\n", "null\n", '{"msn":9,"bytes":1,"offset":0,"file":77}\n']) {
    appendFileSync(index, rest);
    assert.equal(openRecording(where, neverFails).segments.length, those.length);
    assert.equal(readFileSync(index, "utf8"), whole);
  }
});

test("V2.41 when the disk cannot take a recording that is said once, and what was safe stays", async () => {
  const said: string[] = [];
  const where = join(folder(), "full");
  mkdirSync(where, { recursive: true });
  /* What cannot be opened for writing fails as what is full does. */
  mkdirSync(join(where, "2.mp4"));
  const recording = openRecording(where, (sentence) => void said.push(sentence));
  const those = await recordInto(recording, "a");
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /cannot be written.*The broadcast goes on/s);
  assert.ok(recording.segments.length > 0 && recording.segments.length < those.length);
});

test("V2.41 a disk that is full is said once", { skip: process.platform !== "linux" }, async () => {
  const said: string[] = [];
  const where = folder();
  mkdirSync(where, { recursive: true });
  symlinkSync("/dev/full", join(where, "1.mp4"));
  const recording = openRecording(where, (sentence) => void said.push(sentence));
  await recordInto(recording, "a");
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /ENOSPC/);
  assert.deepEqual(recording.segments, []);
});

function linesIn(path: string): number {
  return readFileSync(path, "utf8").split("\n").length - 1;
}
