import { strict as assert } from "node:assert";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { epoch, roomId } from "@chorus/protocol/ids.ts";
import { backupSqliteLog, restoreSqliteLog } from "./backup.ts";
import { headAfter } from "./append-verdict.ts";
import type { Outcome } from "./log.ts";
import {
  appended,
  aRoom,
  ask,
  bytesOf,
  fenceOf,
  headIn,
  loadedFrom,
  plain,
  readTexts,
  recordAfter,
  recordsOf,
  replaced,
  textOf,
} from "./record.fixture.ts";
import { appendUntilKilled, aPlace, integrityOf, overwrite, pageBytes } from "./sqlite.fixture.ts";

const demo = roomId("demo");

test("L7.1 a backup MUST hold everything that was appended before it, and appends MUST go on beside it", async () => {
  using place = aPlace();
  const room = await aRoom(place.log);
  await room.say(["one"]);
  const copy = join(place.directory, "backup.db");
  assert.deepEqual(backupSqliteLog(place.path, copy), { ok: true, value: "saved" });
  await room.say(["two"]);
  assert.deepEqual(await readTexts(place.reader(copy), demo), ["1:one"]);
  assert.deepEqual(await readTexts(place.log, demo), ["1:one", "2:two"]);
});

test("L7.2 a backup taken while another process appends MUST be whole and hold what that process has told", async () => {
  using place = aPlace();
  await aRoom(place.log);
  place.log.close();
  const copies: { path: string; offset: number; outcome: Outcome<string> }[] = [];
  await appendUntilKilled(place.path, demo, 12, (offset) => {
    const path = join(place.directory, `backup-${offset}.db`);
    if (offset % 4 === 0 && offset <= 12)
      copies.push({ path, offset, outcome: backupSqliteLog(place.path, path) });
  });
  assert.equal(copies.length, 3);
  for (const { path, offset, outcome } of copies) {
    assert.deepEqual(outcome, { ok: true, value: "saved" });
    assert.equal(integrityOf(path), "ok");
    assert.ok((await recordsOf(place.reader(path), demo)).length >= offset);
  }
});

test("L7.3 a backup MUST NOT overwrite a file, and one that fails MUST leave none", async () => {
  using place = aPlace();
  await aRoom(place.log);
  const taken = join(place.directory, "taken");
  writeFileSync(taken, "mine");
  assert.deepEqual(backupSqliteLog(place.path, taken), { ok: true, value: "exists" });
  const missing = backupSqliteLog(join(place.directory, "absent.db"), join(place.directory, "never.db"));
  assert.match(missing.ok ? "" : missing.failure.message, /cannot be opened/);
  assert.ok(!existsSync(join(place.directory, "never.db")));
  const nowhere = backupSqliteLog(place.path, join(place.directory, "absent", "backup.db"));
  assert.equal(nowhere.ok, false);
  assert.deepEqual(
    readdirSync(place.directory).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("L7.4 a restore MUST give every room a new epoch and a higher fence, and continue its offsets and seqs", async () => {
  using place = aPlace();
  const room = await aRoom(place.log);
  await aRoom(place.log, "other");
  await room.say([
    { text: "one", id: "A" },
    { text: "held", scope: "staff" },
  ]);
  const last = await room.say([], { journal: "[1]", overlays: [replaced("A", "newer")] });
  await ask<void>((done) =>
    place.log.saveSnapshot({ room: demo, fence: room.fence, offset: 1 }, 0, bytesOf("state"), done),
  );
  const [copy, path] = [join(place.directory, "backup.db"), join(place.directory, "restored.db")];
  backupSqliteLog(place.path, copy);
  const restored = restoreSqliteLog(copy, path, (name) => epoch(`${name}-again`));
  assert.deepEqual(restored, { ok: true, value: "restored" });

  const log = place.open(path);
  const head = { ...room.head, epoch: epoch("demo-again") };
  assert.deepEqual(await headIn(log, demo), head);
  const other = await headIn(log, roomId("other"));
  assert.equal(other !== "no-such-room" && other.epoch, "other-again");
  assert.deepEqual(await readTexts(log, demo), ["1:newer"]);
  const { snapshot, records } = await loadedFrom(log, demo);
  assert.equal(textOf(snapshot?.state ?? bytesOf("")), "state");
  assert.deepEqual(plain(records), [{ ...last, epoch: head.epoch }]);

  const late = recordAfter(demo, room.head, room.fence, [{ text: "late" }]);
  assert.deepEqual(await appended(log, [late]), ["stale-fence"]);
  const next = recordAfter(demo, head, await fenceOf(log, demo), [{ text: "three" }]);
  assert.deepEqual(await appended(log, [next]), ["appended"]);
  assert.deepEqual(await headIn(log, demo), headAfter(next));
});

test("L7.5 a restore MUST NOT touch a log that is there, or what one has left behind", async () => {
  using place = aPlace();
  await aRoom(place.log);
  const copy = join(place.directory, "backup.db");
  backupSqliteLog(place.path, copy);
  assert.deepEqual(
    restoreSqliteLog(copy, place.path, () => epoch("again")),
    { ok: true, value: "exists" },
  );
  writeFileSync(join(place.directory, "gone.db-wal"), "");
  const left = restoreSqliteLog(copy, join(place.directory, "gone.db"), () => epoch("again"));
  assert.deepEqual(left, { ok: true, value: "exists" });
});

test("L7.6 a damaged backup MUST be refused with a sentence, and nothing restored", async () => {
  using place = aPlace();
  const room = await aRoom(place.log);
  for (let i = 0; i < 5; i += 1) await room.say(["x".repeat(3_000)]);
  const [copy, path] = [join(place.directory, "backup.db"), join(place.directory, "restored.db")];
  backupSqliteLog(place.path, copy);
  overwrite(copy, 3 * pageBytes, pageBytes);
  const outcome = restoreSqliteLog(copy, path, () => epoch("again"));
  assert.match(outcome.ok ? "" : outcome.failure.message, /damaged/);
  assert.deepEqual(
    readdirSync(place.directory).filter((name) => name.startsWith("restored")),
    [],
  );
});
