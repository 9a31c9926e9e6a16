import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { virtualTime } from "../gateway/virtual-time.fixture.ts";
import { createRevocations } from "./revocations.ts";

function issuedAt(
  issued: number,
  id = "eve",
): Parameters<ReturnType<typeof createRevocations>["isRevoked"]>[0] {
  return { id: personId(id), issued: time(issued) };
}

test("C2.62 what was issued before the time is void, and what was issued at it or later is not", () => {
  const revocations = createRevocations(virtualTime(0).process().clock);
  revocations.note(personId("eve"), time(2_000));
  revocations.note(personId("eve"), time(1_000));
  assert.deepEqual(
    [0, 1_999, 2_000, 3_000].map((issued) => revocations.isRevoked(issuedAt(issued))),
    [true, true, false, false],
  );
  assert.equal(revocations.isRevoked(issuedAt(0, "ada")), false);
});

test("C2.65 who comes before the server was told waits, so long and so many at most", () => {
  const world = virtualTime(0);
  const revocations = createRevocations(world.process().clock);
  const answers: string[] = [];
  const asks = (name: string): void => revocations.whenTold((told) => answers.push(`${name} ${told}`));
  asks("impatient");
  world.passes(limits.revocationsWithinMs - 1);
  for (let i = 1; i < limits.revocationsWaitingMax; i++) asks("patient");
  asks("many");
  assert.deepEqual(answers, ["many false"]);
  world.passes(1);
  assert.deepEqual(answers.splice(0), ["many false", "impatient false"]);
  revocations.told();
  asks("late");
  world.passes(2 * limits.revocationsWithinMs);
  assert.equal(answers.length, limits.revocationsWaitingMax);
  assert.ok(answers.every((answer) => answer.endsWith(" true")));
});

test("C2.68 a process remembers as many people as the log, the latest", () => {
  const revocations = createRevocations(virtualTime(0).process().clock);
  for (let i = 0; i < limits.revocationsMax; i++) revocations.note(personId(`${i}`), time(1_000 + i));
  revocations.note(personId("0"), time(100_000));
  revocations.note(personId("eve"), time(100_001));
  assert.deepEqual(
    ["0", "1", "2", "eve"].map((id) => revocations.isRevoked(issuedAt(1, id))),
    [true, false, true, true],
  );
});
