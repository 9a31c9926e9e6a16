import { strict as assert } from "node:assert";
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { personId, roomId, time } from "@chorus/protocol/ids.ts";
import { logContract } from "./log.contract.ts";
import { LogFailure } from "./log.ts";
import type { Log, LogReader, Revoked } from "./log.ts";
import {
  appended,
  aRoom,
  ask,
  bytesOf,
  failureOf,
  fenceOf,
  headIn,
  loadedFrom,
  noBytes,
  readFrom,
  readTexts,
  recordsOf,
  textOf,
  trimmed,
} from "./record.fixture.ts";
import type { Room } from "./record.fixture.ts";
import { revocationsMax } from "./revocations.contract.ts";
import { aPlace, appendUntilKilled, createdAt, integrityOf, overwrite, pageBytes } from "./sqlite.fixture.ts";

const demo = roomId("demo");
const big = "x".repeat(10_000);

logContract("sqlite log", () => {
  const place = aPlace();
  const log = place.open(place.path, { revocationsMax });
  return { log, reopen: () => place.open(), close: () => place[Symbol.dispose]() };
});

describe("sqlite log as a file", () => {
  test("L9.3 a log of a version that calls nothing back MUST be read as it is, and hold what is, once a keeper opens it", async () => {
    using place = aPlace();
    await aRoom(place.log);
    place.log.close();
    using db = new DatabaseSync(place.path);
    db.exec("DROP TABLE revocations");
    const reader = place.reader();
    await assert.rejects(revocationsIn(reader), LogFailure);
    assert.notEqual(await headIn(reader, demo), "no-such-room");
    const log = place.open();
    const revoked = { person: personId("eve"), before: time(1_000) };
    assert.equal(await ask((done) => log.revoke(revoked, done)), "revoked");
    assert.deepEqual(await revocationsIn(reader), [revoked]);
  });

  test("L6.1 a record whose append completed MUST survive kill -9 of its process, and the file MUST stay whole", async () => {
    using place = aPlace();
    await aRoom(place.log);
    place.log.close();
    const told = await appendUntilKilled(place.path, demo, 40);
    const records = await recordsOf(place.reader(), demo, 1, 1_000_000);
    assert.ok(told >= 40 && records.length >= told, `${records.length} of ${told}`);
    const again = place.open();
    assert.equal((await loadedFrom(again, demo)).head.offset, records.length);
    assert.equal((await fenceOf(again, demo)) > 2, true);
    assert.equal(integrityOf(place.path), "ok");
  });

  test("L6.1 also where a thread brings what was written from the file beside into the log", async () => {
    using place = aPlace();
    await aRoom(place.log);
    place.log.close();
    const told = await appendUntilKilled(place.path, demo, 150, () => {}, 200_000);
    const reader = place.reader();
    const last = await recordsOf(reader, demo, told, told);
    assert.equal(last[0]?.offset, told);
    assert.equal(integrityOf(place.path), "ok");
  });

  test("L6.16 while it is written to all the time, the file beside MUST begin anew and not grow with the log", async () => {
    using place = aPlace();
    const log = place.open(place.path, { checkpointsBeside: true });
    const room = await aRoom(log);
    const [text, beside] = ["x".repeat(500_000), `${place.path}-wal`];
    let written = 0;
    while (written < 24 * 2 ** 20 || statSync(beside).size > written / 2) {
      await room.say([text]);
      written += text.length;
      await setImmediate();
    }
    const head = await headIn(log, demo);
    assert.ok(head !== "no-such-room" && head.offset === room.head.offset);
  });

  test("L6.2 a reader MUST see a record as soon as its append has completed, in any process", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    const reader = place.reader();
    await room.say(["here"]);
    assert.deepEqual(await readTexts(reader, demo), ["1:here"]);
    const seen: Promise<boolean>[] = [];
    await appendUntilKilled(place.path, demo, 10, (offset) => {
      seen.push(headIn(reader, demo).then((head) => head !== "no-such-room" && head.offset >= offset));
    });
    assert.deepEqual(new Set(await Promise.all(seen)), new Set([true]));
  });

  test("L6.3 a reader MUST fail with a sentence while there is no log, and MUST read as soon as there is one", async () => {
    using place = aPlace();
    const reader = place.reader();
    assert.match(await failureOf((done) => reader.rooms(done)), /cannot be opened/);
    writeFileSync(place.path, "");
    assert.match(await failureOf((done) => reader.rooms(done)), /not been created yet/);
    await aRoom(place.log);
    assert.deepEqual(await ask((done) => reader.rooms(done)), ["demo"]);
  });

  test("L6.4 a log whose directory is missing MUST fail, and MUST work as soon as it is there", async () => {
    using place = aPlace();
    const log = place.open(join(place.directory, "later", "log.db"));
    assert.match(await failureOf((done) => log.rooms(done)), /directory/);
    mkdirSync(join(place.directory, "later"));
    assert.deepEqual(await ask((done) => log.rooms(done)), []);
  });

  test("L6.5 a full disk MUST fail the whole append and nothing that reads", async () => {
    using place = aPlace();
    const log = place.open(place.path, { pagesMax: 60 });
    const room = await aRoom(log);
    assert.match(await sayUntilFull(log, room), /no space left/);
    const { head } = room;
    const batch = [room.next([{ text: "small" }]), room.next([{ text: big.repeat(20) }])];
    assert.match(await failureOf((done) => log.append(batch, done)), /no space left/);
    assert.deepEqual(await headIn(log, demo), head);
    assert.equal((await readFrom(place.reader(), demo)).entries.length, head.publicSeq);
    const restarted = place.open(place.path, { pagesMax: 60 });
    assert.equal((await loadedFrom(restarted, demo)).records.length, head.offset);
  });

  test("L6.6 appends MUST work again without a restart when space is free, and after one when the disk is larger", async () => {
    using place = aPlace();
    const log = place.open(place.path, { pagesMax: 60 });
    const room = await aRoom(log);
    await sayUntilFull(log, room);
    await ask<void>((done) =>
      log.saveSnapshot({ room: demo, fence: room.fence, offset: room.head.offset }, 0, noBytes, done),
    );
    assert.ok((await trimmed(log, demo, { bytesMax: big.length })) > 0);
    await room.say([big]);
    await sayUntilFull(log, room);
    log.close();
    const larger = place.open(place.path, { pagesMax: 120 });
    assert.deepEqual(await appended(larger, [room.next([{ text: big }])]), ["appended"]);
  });

  test("L6.7 a file that is no log MUST fail every call without throwing, until it is replaced", async () => {
    using place = aPlace();
    await aRoom(place.log);
    place.log.close();
    overwrite(place.path, 0, statSync(place.path).size);
    const log = place.open();
    const reader = place.reader();
    for (const failure of await failuresOf(log, reader)) assert.match(failure, /damaged.*restore a backup/i);
    rmSync(place.path);
    assert.deepEqual(await ask((done) => log.rooms(done)), []);
    assert.deepEqual(await ask((done) => reader.rooms(done)), []);
  });

  test("L6.8 a damaged page MUST give a failure or what was written, and never other bytes or a throw", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    const said = ["one", big, "three"];
    for (const text of said) await room.say([text], { journal: text });
    const at = { room: demo, fence: room.fence, offset: 1 };
    const state = bytesOf(big);
    await ask<void>((done) => place.log.saveSnapshotPart(at, 0, state.subarray(0, 9_000), done));
    await ask<void>((done) => place.log.saveSnapshot(at, 1, state.subarray(9_000), done));
    place.log.close();
    const pages = statSync(place.path).size / pageBytes;
    let failed = 0;
    for (let page = 0; page < pages; page += 1) {
      const copy = `${place.path}-${page}`;
      copyFileSync(place.path, copy);
      overwrite(copy, page * pageBytes, pageBytes);
      if ((await readsWrong(place.open(copy), said)) > 0) failed += 1;
    }
    assert.ok(failed > pages / 2, `${failed} of ${pages} pages were noticed`);
  });

  test("L6.9 damage in one room MUST leave the other rooms as they are", async () => {
    using place = aPlace();
    const whole = await aRoom(place.log);
    for (const damage of [
      "UPDATE records SET bytes = zeroblob(length(bytes)) WHERE room = ?",
      "UPDATE rooms SET last = 9007199254740993 WHERE key = ?",
      "DELETE FROM records WHERE room = ? AND place = 2",
    ]) {
      const name = `damaged-${damage.length}`;
      const room = await aRoom(place.log, name);
      for (const text of ["one", "two", "three"]) await room.say([text]);
      using db = new DatabaseSync(place.path);
      db.prepare(damage.replace("= ?", "= (SELECT key FROM rooms WHERE name = ?)")).run(name);
      assert.match(await failureOf((done) => place.log.load(room.id, done)), /damaged/);
      await whole.say(["still here"]);
    }
  });

  test("L6.10 a log that was damaged while open MUST work again when a whole file is in its place", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    await room.say([big]);
    place.log.close();
    const copy = join(place.directory, "copy.db");
    copyFileSync(place.path, copy);
    const reader = place.reader();
    await headIn(reader, demo);
    overwrite(place.path, 0, statSync(place.path).size);
    assert.match(await failureOf((done) => reader.records(demo, 1, 1, done)), /damaged/);
    renameSync(copy, place.path);
    assert.deepEqual(await readTexts(reader, demo), [`1:${big}`]);
  });

  test("L6.11 a log of another format MUST be left alone", async () => {
    using place = aPlace();
    await aRoom(place.log);
    place.log.close();
    using db = new DatabaseSync(place.path);
    db.exec("PRAGMA user_version = 99");
    const log = place.open();
    assert.match(await failureOf((done) => log.rooms(done)), /another version/);
  });

  test("L6.15 what an earlier snapshot consisted of MUST be gone once the room is trimmed", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    const savedIn = async (parts: number): Promise<void> => {
      await room.say(["one"]);
      const at = { room: demo, fence: room.fence, offset: room.head.offset };
      for (let part = 0; part < parts; part++)
        await ask<void>((done) => place.log.saveSnapshotPart(at, part, bytesOf(big), done));
      await ask<void>((done) => place.log.saveSnapshot(at, parts, bytesOf("the rest"), done));
    };
    await savedIn(9);
    await savedIn(1);
    await trimmed(place.log, demo, {});
    using db = new DatabaseSync(place.path);
    assert.equal(db.prepare("SELECT count(*) AS parts FROM snapshot_parts").get()?.parts, 1);
  });

  test("L6.14 a log of format 1 MUST be read as it is, and have the newest format once a keeper opens it", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    await room.say(["one"]);
    place.log.close();
    {
      using db = new DatabaseSync(place.path);
      db.exec("DROP TABLE snapshot_parts; PRAGMA user_version = 1");
    }
    assert.deepEqual(await readTexts(place.reader(), demo), ["1:one"]);
    const log = place.open();
    assert.deepEqual(await appended(log, [room.next([{ text: "two" }])]), ["appended"]);
    assert.deepEqual(await readTexts(log, demo), ["1:one", "2:two"]);
    using db = new DatabaseSync(place.path, { readOnly: true });
    assert.equal(db.prepare("PRAGMA user_version").get()?.user_version, 2);
  });

  test("L6.12 a room MUST keep the time of its creation", async () => {
    using place = aPlace();
    await aRoom(place.log);
    using db = new DatabaseSync(place.path, { readOnly: true });
    assert.equal(db.prepare("SELECT created FROM rooms").get()?.created, createdAt);
  });

  test("L6.13 a log that was closed MUST be whole in its one file, though readers still have it open", async () => {
    using place = aPlace();
    const room = await aRoom(place.log);
    await room.say(["one", "two"]);
    const reader = place.reader();
    assert.deepEqual(await readTexts(reader, demo), ["1:one", "2:two"]);
    place.log.close();
    const copy = join(place.directory, "copy.db");
    copyFileSync(place.path, copy);
    assert.deepEqual(await readTexts(place.reader(copy), demo), ["1:one", "2:two"]);
  });
});

/** Appends large records until one fails; the room's head stays at the last that did not. */
async function sayUntilFull(log: Log, room: Room): Promise<string> {
  for (;;) {
    const { head } = room;
    const outcomes = await appended(log, [room.next([{ text: big }])]).catch((error: unknown) => {
      assert.ok(error instanceof LogFailure);
      return error.message;
    });
    if (typeof outcomes === "string") {
      room.head = head;
      return outcomes;
    }
    assert.deepEqual(outcomes, ["appended"]);
  }
}

function failuresOf(log: Log, reader: LogReader): Promise<string[]> {
  return Promise.all([
    failureOf((done) => log.open(demo, done)),
    failureOf((done) => log.load(demo, done)),
    failureOf((done) => log.append([], done)),
    failureOf((done) => log.trim(demo, { olderThan: null, bytesMax: 0 }, done)),
    failureOf((done) => log.head(demo, done)),
    failureOf((done) => reader.rooms(done)),
  ]);
}

function revocationsIn(log: LogReader): Promise<Revoked[]> {
  return ask((done) => log.revocations(done));
}

/** How many reads fail; those that do not give what was said. */
async function readsWrong(log: Log, said: readonly string[]): Promise<number> {
  const expected = said.map((text, i) => `${i + 1}:${text}`);
  const texts = await orFailure(readTexts(log, demo));
  const newest = await orFailure(readTexts(log, demo, { newest: true }));
  const records = await orFailure(recordsOf(log, demo));
  const loaded = await orFailure(loadedFrom(log, demo));
  if (texts !== null) assert.deepEqual(texts, expected);
  if (newest !== null) assert.deepEqual(newest, expected);
  if (records !== null)
    assert.deepEqual(
      records.map(({ journal }) => textOf(journal)),
      said,
    );
  if (loaded !== null) assert.equal(textOf(loaded.snapshot?.state ?? noBytes), big);
  return [texts, newest, records, loaded].filter((value) => value === null).length;
}

async function orFailure<T>(value: Promise<T>): Promise<T | null> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof LogFailure) return null;
    throw error;
  }
}
