import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { epoch, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { emptyHead } from "./append-verdict.ts";
import { readingContract } from "./log-reading.contract.ts";
import { LogFailure } from "./log.ts";
import type { Done, Loaded, Log, Opened, Outcome, ReadQuery } from "./log.ts";
import {
  appended,
  aRoom,
  ask,
  bytesOf,
  failureOf,
  fenceOf,
  headIn,
  loadedFrom,
  plain,
  readFrom,
  readTexts,
  recordAfter,
  recordsOf,
  replaced,
  textOf,
  trimmed,
} from "./record.fixture.ts";
import { trimRecordsMax } from "./retention.ts";

/** `reopen` gives another log over the same store, as after a restart, where the store outlives its process. */
export type MakeLog = () => { log: Log; reopen?: () => Log; close: () => void };
export type WithLog = (work: (log: Log, reopen: () => Log) => Promise<void>) => () => Promise<void>;

/** What every adapter of the log MUST do. */
export function logContract(name: string, make: MakeLog): void {
  function withLog(work: (log: Log, reopen: () => Log) => Promise<void>): () => Promise<void> {
    return async () => {
      const { log, reopen, close } = make();
      try {
        await work(log, reopen ?? (() => log));
      } finally {
        close();
      }
    };
  }
  describe(name, () => {
    roomsContract(withLog);
    appendContract(withLog);
    readingContract(withLog);
    retentionContract(withLog);
  });
}

const demo = roomId("demo");
const absent = roomId("absent");
const everything: ReadQuery = {
  audience: "public",
  from: seq(1),
  to: seq(100),
  newest: false,
  entriesMax: 100,
  bytesMax: 100_000,
  person: null,
};

function roomsContract(withLog: WithLog): void {
  test(
    "L1.1 a room is created once; a second create MUST answer `exists` and change nothing",
    withLog(async (log, reopen) => {
      assert.equal(await ask<string>((done) => log.create(demo, epoch("first"), done)), "created");
      assert.equal(await ask<string>((done) => log.create(demo, epoch("second"), done)), "exists");
      assert.deepEqual(await headIn(reopen(), demo), emptyHead(epoch("first")));
    }),
  );

  test(
    "L1.2 a room that does not exist MUST be told as such and MUST NOT come into being by being asked for",
    withLog(async (log) => {
      const record = recordAfter(absent, emptyHead(epoch("none")), 1, [{ text: "hi" }]);
      await ask<void>((done) =>
        log.saveSnapshot({ room: absent, fence: 1, offset: 0 }, 0, bytesOf("state"), done),
      );
      assert.equal(await trimmed(log, absent, { bytesMax: 0 }), 0);
      assert.equal(await ask<unknown>((done) => log.open(absent, done)), "no-such-room");
      assert.equal(await ask<unknown>((done) => log.load(absent, done)), "no-such-room");
      assert.equal(await ask<unknown>((done) => log.read(absent, everything, done)), "no-such-room");
      assert.equal(await ask<unknown>((done) => log.records(absent, 1, 10, done)), "no-such-room");
      assert.deepEqual(await appended(log, [record]), ["no-such-room"]);
      assert.equal(await headIn(log, absent), "no-such-room");
      assert.deepEqual(await ask((done) => log.rooms(done)), []);
    }),
  );

  test(
    "L1.3 rooms MUST list every room once, in the order of their names",
    withLog(async (log, reopen) => {
      for (const name of ["zebra", "ant", "bee"]) await aRoom(log, name);
      assert.deepEqual(await ask((done) => reopen().rooms(done)), ["ant", "bee", "zebra"]);
    }),
  );

  test(
    "L1.4 open MUST raise the fence each time, and load MUST give the same without raising it",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      await room.say(["one"]);
      const again = await ask<Opened | "no-such-room">((done) => reopen().open(demo, done));
      const loaded = await ask<Loaded | "no-such-room">((done) => log.load(demo, done));
      assert.ok(again !== "no-such-room" && loaded !== "no-such-room");
      assert.equal(again.fence, room.fence + 1);
      assert.deepEqual({ ...loaded, fence: again.fence }, again);
      assert.equal(await fenceOf(log, demo), room.fence + 2);
    }),
  );

  test(
    "L1.5 every call MUST complete exactly once, and after close with a failure",
    withLog(async (log) => {
      const room = await aRoom(log);
      for (const ok of [true, false]) {
        for (const call of everyCall(log, room.id)) assert.deepEqual(await completionsOf(call), [ok]);
        log.close();
      }
      assert.match(await failureOf((done) => log.rooms(done)), /closed/);
    }),
  );
}

function appendContract(withLog: WithLog): void {
  test(
    "L2.1 a record with another fence than the room's MUST be refused",
    withLog(async (log) => {
      const room = await aRoom(log);
      await fenceOf(log, demo);
      const late = recordAfter(demo, room.head, room.fence, [{ text: "late" }]);
      const early = { ...late, fence: room.fence + 2 };
      const outcomes = await appended(log, [late, early]);
      assert.deepEqual(outcomes, ["stale-fence", "stale-fence"]);
      assert.deepEqual(await headIn(log, demo), room.head);
    }),
  );

  test(
    "L2.2 a record of another epoch MUST be refused",
    withLog(async (log) => {
      const room = await aRoom(log);
      const foreign = { ...recordAfter(demo, room.head, room.fence, []), epoch: epoch("other") };
      assert.deepEqual(await appended(log, [foreign]), ["wrong-epoch"]);
    }),
  );

  test(
    "L2.3 a record that leaves a hole or repeats, in offset or seqs, MUST be refused",
    withLog(async (log) => {
      const room = await aRoom(log);
      const first = await room.say(["one", { text: "two", scope: "staff" }]);
      const { id, head, fence } = room;
      const shifted = [
        { ...head, offset: head.offset + 1 },
        { ...head, publicSeq: seq(head.publicSeq + 1) },
        { ...head, publicSeq: seq(head.publicSeq - 1) },
        { ...head, staffSeq: seq(head.staffSeq + 1) },
        { ...head, staffSeq: seq(head.staffSeq - 1) },
      ];
      const wrong = [first, ...shifted.map((head) => recordAfter(id, head, fence, [{ text: "x" }]))];
      const outcomes = await appended(log, wrong);
      assert.deepEqual(new Set(outcomes), new Set(["wrong-offset"]));
      assert.deepEqual(await readTexts(log, demo), ["1:one"]);
    }),
  );

  test(
    "L2.4 a refused record MUST NOT stop the others of its batch, and each MUST be judged after the one before",
    withLog(async (log, reopen) => {
      const [a, b] = [await aRoom(log, "a"), await aRoom(log, "b")];
      const first = a.next([{ text: "a1" }]);
      const batch = [first, first, b.next([{ text: "b1" }]), a.next([{ text: "a2" }])];
      const outcomes = await appended(log, batch);
      assert.deepEqual(outcomes, ["appended", "wrong-offset", "appended", "appended"]);
      assert.deepEqual(await readTexts(reopen(), a.id), ["1:a1", "2:a2"]);
      assert.deepEqual(await readTexts(reopen(), b.id), ["1:b1"]);
      assert.deepEqual(await headIn(log, a.id), a.head);
    }),
  );

  test(
    "L2.5 what was appended MUST be read back unchanged by records, from an offset on and no more than asked for",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      const notice = { text: "{}", k: "notice", scope: "person", person: "ada" } as const;
      const records = [
        await room.say(["é", { text: "s", scope: "staff" }, notice], { journal: "[1]" }),
        await room.say([], { journal: "[2]" }),
        await room.say(["two"], { overlays: [replaced("a", "b"), { ...replaced("a", ""), bytes: null }] }),
      ];
      assert.deepEqual(plain(await recordsOf(reopen(), demo)), records);
      assert.deepEqual(plain(await recordsOf(reopen(), demo, 2, 1)), records.slice(1, 2));
      assert.deepEqual(await recordsOf(log, demo, 4), []);
    }),
  );

  test(
    "L2.6 a batch of a thousand records over many rooms MUST be appended whole",
    withLog(async (log, reopen) => {
      const rooms = [];
      for (let i = 0; i < 20; i += 1) rooms.push(await aRoom(log, `room-${i}`));
      const said = [{ text: "one" }, { text: "two".repeat(500) }];
      const batch = rooms.flatMap((room) => Array.from({ length: 50 }, () => room.next(said)));
      const outcomes = await appended(log, batch);
      assert.equal(outcomes.filter((outcome) => outcome === "appended").length, 1_000);
      const again = reopen();
      for (const { id, head } of rooms) {
        assert.deepEqual(await headIn(again, id), head);
        assert.equal((await readFrom(again, id)).entries.length, 100);
      }
    }),
  );

  test(
    "L2.7 a record whose index contradicts its bytes or seqs is a wrong program: append MUST throw and keep nothing",
    withLog(async (log) => {
      const room = await aRoom(log);
      const record = recordAfter(demo, room.head, room.fence, [{ text: "one" }]);
      const good = recordAfter((await aRoom(log, "other")).id, room.head, room.fence, [{ text: "one" }]);
      for (const wrong of [
        { ...record, bytes: bytesOf("longer") },
        { ...record, publicTo: seq(0) },
        { ...record, staffTo: seq(2) },
      ]) {
        assert.throws(() => log.append([good, wrong], () => assert.fail("completed")), RangeError);
      }
      assert.deepEqual(await headIn(log, demo), room.head);
      assert.deepEqual(await recordsOf(log, good.room), []);
    }),
  );
}

function retentionContract(withLog: WithLog): void {
  test(
    "L5.1 open MUST give the newest snapshot and every record after it",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      const records = [];
      for (const text of ["one", "two", "three"]) records.push(await room.say([text]));
      assert.deepEqual(plain((await loadedFrom(log, demo)).records), records);
      assert.equal((await loadedFrom(log, demo)).snapshot, null);
      for (const offset of [1, 2]) await snapshot(log, room.fence, offset);
      const { head, snapshot: held, records: after } = await loadedFrom(reopen(), demo);
      assert.deepEqual(head, room.head);
      assert.deepEqual({ ...held, state: new Uint8Array(held?.state ?? []) }, stateAt(2));
      assert.deepEqual(plain(after), records.slice(2));
    }),
  );

  test(
    "L5.2 a snapshot from behind the fence, older than the one held or ahead of the log MUST be ignored",
    withLog(async (log) => {
      const room = await aRoom(log);
      for (const text of ["one", "two", "three"]) await room.say([text]);
      await snapshot(log, room.fence, 2);
      await snapshot(log, room.fence, 1);
      await snapshot(log, room.fence, 4);
      await snapshot(log, room.fence - 1, 3);
      assert.equal((await loadedFrom(log, demo)).snapshot?.offset, 2);
    }),
  );

  test(
    "L5.11 a snapshot in parts MUST be what `open` gives once the last is saved, whole, and not before",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      for (const text of ["one", "two", "three"]) await room.say([text]);
      await snapshot(log, room.fence, 1);
      const part = (fence: number, offset: number, i: number, text: string) =>
        ask<void>((done) => log.saveSnapshotPart({ room: demo, fence, offset }, i, bytesOf(text), done));
      const last = (fence: number, offset: number, parts: number, text: string) =>
        ask<void>((done) => log.saveSnapshot({ room: demo, fence, offset }, parts, bytesOf(text), done));
      const held = async (of: Log): Promise<string> =>
        textOf((await loadedFrom(of, demo)).snapshot?.state ?? bytesOf("nothing"));
      for (const [i, text] of ["a", "b", "left over"].entries()) await part(room.fence, 2, i, text);
      assert.equal(await held(log), "state at 1");
      await part(room.fence - 1, 2, 0, "of an earlier keeper");
      await last(room.fence, 2, 2, "c");
      assert.equal(await held(log), "abc");
      await part(room.fence, 3, 0, "never ended");
      const again = reopen();
      assert.equal(await held(again), "abc");
      assert.equal((await loadedFrom(again, demo)).records.length, 1);
    }),
  );

  test(
    "L5.3 trim MUST drop what is older than the bound, oldest first, and `oldest` MUST tell what is left",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      for (const at of [10, 20, 30, 40]) await room.say(["x", { text: "y", scope: "staff" }], { at });
      await snapshot(log, room.fence, 4);
      assert.equal(await trimmed(log, demo, { olderThan: 30 }), 2);
      const again = reopen();
      assert.equal((await readFrom(again, demo)).oldest, 3);
      assert.deepEqual(await readTexts(again, demo), ["3:x", "4:x"]);
      assert.equal((await readFrom(again, demo, { audience: "staff" })).oldest, 5);
      assert.equal((await recordsOf(again, demo))[0]?.offset, 3);
    }),
  );

  test(
    "L5.4 trim MUST drop the oldest until what is held fits the size, and the room MUST go on where it was",
    withLog(async (log) => {
      const room = await aRoom(log);
      for (const text of ["11111", "22222", "33333"]) await room.say([text], { journal: "01234" });
      await snapshot(log, room.fence, 3);
      assert.equal(await trimmed(log, demo, { bytesMax: 29 }), 1);
      assert.equal(await trimmed(log, demo, { bytesMax: 20 }), 0);
      assert.equal(await trimmed(log, demo, { bytesMax: 0 }), 2);
      assert.equal((await readFrom(log, demo)).oldest, 4);
      assert.deepEqual(await headIn(log, demo), room.head);
      await room.say(["44444"]);
      assert.deepEqual(await readTexts(log, demo), ["4:44444"]);
    }),
  );

  test(
    "L5.5 trim MUST NOT drop what follows the newest snapshot, nor anything when there is none",
    withLog(async (log) => {
      const room = await aRoom(log);
      for (const text of ["one", "two", "three"]) await room.say([text], { at: 1 });
      assert.equal(await trimmed(log, demo, { olderThan: 100, bytesMax: 0 }), 0);
      await snapshot(log, room.fence, 2);
      assert.equal(await trimmed(log, demo, { olderThan: 100, bytesMax: 0 }), 2);
      assert.deepEqual(await readTexts(log, demo), ["3:three"]);
      assert.equal(await trimmed(log, demo, {}), 0);
    }),
  );

  test(
    "L5.6 one trim MUST drop no more than its bound, and the next MUST go on",
    withLog(async (log) => {
      const room = await aRoom(log);
      const batch = Array.from({ length: trimRecordsMax + 1 }, () => room.next([{ text: "x" }], { at: 1 }));
      await appended(log, batch);
      await snapshot(log, room.fence, room.head.offset);
      const drops = [];
      for (let i = 0; i < 3; i += 1) drops.push(await trimmed(log, demo, { olderThan: 100 }));
      assert.deepEqual(drops, [trimRecordsMax, 1, 0]);
    }),
  );

  test(
    "L5.7 an overlay MUST be dropped with the record that brought it, and not before",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say([{ text: "one", id: "X" }], { at: 1 });
      await room.say([], { at: 2, overlays: [replaced("X", "new")] });
      await room.say([{ text: "again", id: "X" }], { at: 3 });
      await snapshot(log, room.fence, 3);
      await trimmed(log, demo, { olderThan: 2 });
      assert.deepEqual(await readTexts(log, demo), ["2:new"]);
      await trimmed(log, demo, { olderThan: 3 });
      assert.deepEqual(await readTexts(log, demo), ["2:again"]);
    }),
  );
}

function stateAt(offset: number): { offset: number; state: Uint8Array } {
  return { offset, state: bytesOf(`state at ${offset}`) };
}

function snapshot(log: Log, fence: number, offset: number): Promise<void> {
  return ask((done) => log.saveSnapshot({ room: demo, fence, offset }, 0, stateAt(offset).state, done));
}

function everyCall(log: Log, room: RoomId): ((done: Done<unknown>) => void)[] {
  return [
    (done) => log.create(room, epoch("again"), done),
    (done) => log.open(room, done),
    (done) => log.load(room, done),
    (done) => log.append([], done),
    (done) => log.saveSnapshot({ room, fence: 1, offset: 0 }, 0, bytesOf(""), done),
    (done) => log.saveSnapshotPart({ room, fence: 1, offset: 0 }, 0, bytesOf(""), done),
    (done) => log.trim(room, { olderThan: time(1), bytesMax: 1 }, done),
    (done) => log.rooms(done),
    (done) => log.head(room, done),
    (done) => log.read(room, everything, done),
    (done) => log.records(room, 1, 1, done),
  ];
}

/** Waits for the first completion, and a turn of the loop longer for others. */
async function completionsOf(call: (done: Done<unknown>) => void): Promise<boolean[]> {
  const outcomes: Outcome<unknown>[] = [];
  await new Promise<void>((resolve) => {
    call((outcome) => {
      outcomes.push(outcome);
      resolve();
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  for (const outcome of outcomes) if (!outcome.ok) assert.ok(outcome.failure instanceof LogFailure);
  return outcomes.map(({ ok }) => ok);
}
