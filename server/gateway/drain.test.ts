import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import type { Client } from "./client.fixture.ts";
import { drain } from "./drain.ts";
import { aStage } from "./stage.fixture.ts";

function gone(crowd: readonly Client[]): number {
  return crowd.filter(({ closed }) => closed !== null).length;
}

test("C8.32 whose gateway ends is told when to go, one after the other, and served until then", async () => {
  const stage = aStage();
  const crowd = Array.from({ length: 300 }, (_, i) => stage.enters(`viewer-${i}`));
  const over = drain(stage.gateway);
  const told = crowd.map((one) => one.last("drain").afterMs);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
    "they go in order",
  );
  assert.ok((told[0] ?? 1) < 10 && (told.at(-1) ?? 0) > 550 && (told.at(-1) ?? 0) <= 600);
  for (const [nth, one] of crowd.entries()) if (nth % 2 === 0 && (told[nth] ?? 0) < 300) one.vanishes();
  stage.passes(400);
  stage.hears("on and on");
  stage.passes(limits.windowMs);
  assert.deepEqual(crowd.at(-1)?.shows(), ["on and on"]);
  assert.ok(gone(crowd) < 100, "who does not go by themselves has half a second more");
  stage.passes(400);
  const before = gone(crowd);
  stage.passes(100);
  assert.ok(gone(crowd) - before <= 60, "no more than so many at once");
  stage.passes(1_000);
  await over;
  assert.equal(gone(crowd), 300);
  assert.ok(crowd.every(({ closed }) => closed === "drained" || closed === "silent"));
});

test("C8.32 however many there are, they are gone within nine seconds, and without anybody it is over at once", async () => {
  const stage = aStage({ caps: { connections: 10_000, perAddress: 10_000, perPerson: 10_000 } });
  const crowd = Array.from({ length: 6_000 }, () => stage.connects("crowd"));
  const over = drain(stage.gateway);
  stage.passes(limits.drainWithinMs + 1_000);
  await over;
  assert.equal(gone(crowd), 6_000);
  const nobody = drain(stage.gateway);
  stage.passes(100);
  await nobody;
});
