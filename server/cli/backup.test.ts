import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { epoch, type Epoch, roomId } from "@chorus/protocol/ids.ts";
import { openSqliteLog } from "../log/sqlite-log.ts";
import { lockData } from "../roles/data-lock.ts";
import { logPath } from "../roles/paths.ts";
import { saveBackup } from "./backup.ts";
import { restoreBackup } from "./restore.ts";

const demo = roomId("demo");

function aPlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), "chorus-backup-"));
  t.after(() => rmSync(place, { recursive: true }));
  return place;
}

function aDataDir(t: TestContext): string {
  const dataDir = aPlace(t);
  const log = openSqliteLog(logPath({ dataDir }));
  log.create(demo, epoch("epoch-1"), ({ ok }) => assert.ok(ok));
  log.close();
  return dataDir;
}

function epochIn(dataDir: string): Epoch | null {
  const log = openSqliteLog(logPath({ dataDir }));
  let found: Epoch | null = null;
  log.head(demo, (head) => {
    if (head.ok && head.value !== "no-such-room") found = head.value.epoch;
  });
  log.close();
  return found;
}

test("X9.40 a backup that is restored elsewhere holds the rooms, each in a new epoch", (t) => {
  const dataDir = aDataDir(t);
  const file = join(aPlace(t), "monday.sqlite");
  assert.deepEqual(saveBackup({ file, dataDir }), {
    status: 0,
    result: { file, bytes: statSync(file).size },
    summary: [`Saved to ${file} (${statSync(file).size} bytes).`],
  });
  const target = join(aPlace(t), "new", "data");
  const restored = restoreBackup({ file, dataDir: target });
  assert.deepEqual("result" in restored && restored.result, { file, data: target, rooms: 1 });
  assert.equal(epochIn(dataDir), "epoch-1");
  assert.ok(![null, "epoch-1"].includes(epochIn(target)));
});

test("X9.41 neither a backup nor a log is ever overwritten, and what is missing is named", (t) => {
  const dataDir = aDataDir(t);
  const file = join(aPlace(t), "monday.sqlite");
  const missing = join(dataDir, "nothing");
  assert.deepEqual(saveBackup({ file, dataDir: missing }), {
    failure: `There is no log in ${missing}: say with --data where Chorus keeps its data.`,
  });
  assert.deepEqual(saveBackup({ file: join(missing, "file"), dataDir }), {
    failure: `There is no directory ${missing} to put the backup in.`,
  });
  assert.ok("result" in saveBackup({ file, dataDir }));
  assert.deepEqual(saveBackup({ file, dataDir }), {
    failure: `${file} is there already; a backup never overwrites anything.`,
  });
  assert.deepEqual(restoreBackup({ file: missing, dataDir }), {
    failure: `There is no backup ${missing}.`,
  });
  assert.deepEqual(restoreBackup({ file, dataDir }), {
    failure: `There is a log in ${dataDir} already: move ${logPath({ dataDir })} and the files beside it away first.`,
  });
  const nonsense = join(dataDir, "nonsense");
  writeFileSync(nonsense, "x".repeat(5_000));
  assert.ok("failure" in restoreBackup({ file: nonsense, dataDir: join(dataDir, "other") }));
  assert.ok(!existsSync(logPath({ dataDir: join(dataDir, "other") })));
});

test("X9.42 nothing is restored under a running Chorus", (t) => {
  const dataDir = aPlace(t);
  const file = join(aPlace(t), "monday.sqlite");
  assert.ok("result" in saveBackup({ file, dataDir: aDataDir(t) }));
  const locked = lockData(dataDir);
  assert.ok("lock" in locked);
  assert.deepEqual(restoreBackup({ file, dataDir }), {
    failure: `Another Chorus already runs on ${dataDir}: stop it, or choose another with --data.`,
  });
  locked.lock[Symbol.dispose]();
  assert.ok("result" in restoreBackup({ file, dataDir }));
  assert.ok("lock" in lockData(dataDir));
});

test("X9.43 a file that is no backup is told as such", (t) => {
  const place = aPlace(t);
  const [empty, text, other] = ["empty", "text", "other"].map((name) => join(place, name));
  writeFileSync(empty ?? "", "");
  writeFileSync(text ?? "", "x".repeat(5_000));
  new DatabaseSync(other ?? "").exec("CREATE TABLE a (b)");
  for (const file of [empty ?? "", text ?? "", other ?? "", place]) {
    assert.deepEqual(restoreBackup({ file, dataDir: join(place, "data") }), {
      failure: `${file} is no backup: give a file that \`chorus backup\` has made.`,
    });
  }
  assert.ok(!existsSync(join(place, "data")));
});
