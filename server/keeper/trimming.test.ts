import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { demo } from "../gateway/client.fixture.ts";
import { aStage } from "../gateway/stage.fixture.ts";
import { LogFailure } from "../log/log.ts";
import { readFrom } from "../log/record.fixture.ts";
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
