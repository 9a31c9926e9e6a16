import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { demo } from "../gateway/client.fixture.ts";
import { aStage } from "../gateway/stage.fixture.ts";
import { type Loaded, LogFailure } from "../log/log.ts";
import { ask, readFrom, textOf } from "../log/record.fixture.ts";
import { trimRecordsMax } from "../log/retention.ts";

Object.assign(limits, { snapshotEveryRecords: 1 });
const minute = 60_000;

test("L5.8 the keeper drops what is older than is kept, however much it is, and nothing else", async () => {
  const stage = aStage({ keep: { forMs: 10 * minute, bytesMax: null } });
  for (let i = 0; i < trimRecordsMax + 10; i++) stage.hears(`old ${i}`);
  stage.passes(9 * minute);
  stage.hears("new");
  assert.equal((await readFrom(stage.log, demo)).oldest, 1);
  stage.passes(3 * minute);
  const { oldest, head } = await readFrom(stage.log, demo);
  assert.equal(oldest, head.publicSeq);
});

test("L5.9 what is too old is in no view any more, in no snapshot and in nobody's memory; pins stay", async () => {
  const stage = aStage({ keep: { forMs: 10 * minute, bytesMax: null } });
  const [pinned] = stage.hears("pinned", "old");
  stage.does({ do: "pin", id: pinned ?? assert.fail() });
  stage.passes(8 * minute);
  stage.hears("new");
  assert.deepEqual(stage.enters("ada").shows(), ["pinned", "old", "new"]);
  stage.passes(3 * minute);
  stage.keeperDies();
  stage.keeperStarts();
  stage.passes(minute);
  const late = stage.enters("eve");
  assert.deepEqual(late.shows(), ["new"]);
  assert.equal(late.last("view").pins[0]?.text, "pinned");
  const room = await ask<Loaded | "no-such-room">((done) => stage.log.load(demo, done));
  assert.ok(room !== "no-such-room" && room.snapshot !== null);
  assert.ok(!textOf(room.snapshot.state).includes('"old"'));
});

test("L5.9 a room that nobody has opened forgets too", async () => {
  const stage = aStage({ keep: { forMs: 10 * minute, bytesMax: null } });
  stage.hears("old");
  stage.keeperDies();
  stage.passes(60 * minute);
  stage.keeperStarts();
  stage.passes(2 * minute);
  const { oldest, head } = await readFrom(stage.log, demo);
  assert.equal(oldest, head.publicSeq + 1);
  assert.deepEqual(stage.enters("eve").shows(), []);
});

test("L5.8 the keeper drops the oldest of every room that holds too much, whatever fails in another", async () => {
  const stage = aStage({
    keep: { forMs: null, bytesMax: 5_000 },
    keeperLog: (log) => ({
      ...log,
      trim(room, keep, done) {
        if (room === "broken") done({ ok: false, failure: new LogFailure("The disk failed.") });
        else log.trim(room, keep, done);
      },
    }),
  });
  stage.addRoom("broken");
  for (let i = 0; i < 100; i++) stage.hears(`${i} ${"x".repeat(100)}`);
  stage.passes(2 * minute);
  const { oldest, head } = await readFrom(stage.log, demo);
  assert.ok(oldest > 50 && oldest < head.publicSeq, `${oldest}`);
  assert.ok(stage.noted.includes("log failed: The disk failed."));
});
