import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { virtualTime } from "../../gateway/virtual-time.fixture.ts";
import { zero } from "./broadcast.fixture.ts";
import { expired, type Kept, sweepRecordings } from "./retention.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-retention-"));
after(() => rmSync(folder, { recursive: true }));

const aRecording = (name: string, at: number, bytes: number, live = false): Kept => ({
  name,
  at: time(at),
  bytes,
  live,
});
const those = [
  aRecording("c", 300, 30),
  aRecording("a", 100, 10),
  aRecording("on", 50, 500, true),
  aRecording("b", 200, 20),
];
const namesOf = (found: readonly Kept[]): readonly string[] => found.map(({ name }) => name);

test("V2.42 what is too old goes, and of what is too much the oldest, but nothing that is live", () => {
  const now = time(400);
  const none = { ageMs: null, bytesMax: null };
  assert.deepEqual(namesOf(expired(those, none, now)), []);
  assert.deepEqual(namesOf(expired(those, { ...none, ageMs: 200 }, now)), ["a"]);
  assert.deepEqual(namesOf(expired(those, { ...none, bytesMax: 560 }, now)), []);
  assert.deepEqual(namesOf(expired(those, { ...none, bytesMax: 540 }, now)), ["a", "b"]);
  assert.deepEqual(namesOf(expired(those, { ageMs: 150, bytesMax: 1 }, now)), ["a", "b", "c"]);
  assert.deepEqual(namesOf(expired(those, { ageMs: 250, bytesMax: 535 }, now)), ["a", "b"]);
});

test("V2.42 recordings are deleted at the start and as time passes, with their folders", () => {
  const now = time(zero);
  for (const [name, daysAgo] of [
    ["old", 9],
    ["young", 5],
    ["live", 20],
  ] as const) {
    const path = join(folder, "room", name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "1.mp4"), "pictures");
    const at = (now - daysAgo * 86_400_000) / 1_000;
    utimesSync(join(path, "1.mp4"), at, at);
  }
  const world = virtualTime(now);
  const stop = sweepRecordings({
    clock: world.process().clock,
    folder,
    bounds: { ageMs: 7 * 86_400_000, bytesMax: null },
    isLive: (_, broadcast) => broadcast === "live",
    failed: (sentence) => assert.fail(sentence),
  });
  const left = () => ["old", "young", "live"].filter((name) => existsSync(join(folder, "room", name)));
  assert.deepEqual(left(), ["young", "live"]);
  world.passes(2 * 86_400_000 + limits.mediaSweepEveryMs);
  assert.deepEqual(left(), ["live"]);
  stop();
});
