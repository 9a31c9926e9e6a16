import { strict as assert } from "node:assert";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { personId, time } from "@chorus/protocol/ids.ts";
import type { WithLog } from "./log.contract.ts";
import type { Log, LogReader, Revoked } from "./log.ts";
import { ask } from "./record.fixture.ts";

/** How many people the logs of this contract hold. */
export const revocationsMax = 8;

/** The part of the log's contract that is about whose tokens are void. */
export function revocationsContract(withLog: WithLog): void {
  test(
    "L9.1 a log MUST hold whose tokens were called back, the later of two times, after a restart too",
    withLog(async (log, reopen) => {
      assert.deepEqual(await held(log), []);
      assert.equal(await revoke(log, "eve", 2_000), "revoked");
      assert.equal(await revoke(log, "ada", 1_000), "revoked");
      assert.equal(await revoke(log, "eve", 3_000), "revoked");
      assert.equal(await revoke(log, "eve", 2_500), "revoked");
      assert.deepEqual(await held(reopen()), [
        { person: "ada", before: 1_000 },
        { person: "eve", before: 3_000 },
      ]);
    }),
  );

  test(
    "L9.2 a full log MUST refuse one person more, but for one that was held for thirty days",
    withLog(async (log) => {
      const now = limits.revocationHeldMs + 10_000;
      for (let i = 0; i < revocationsMax; i++) await revoke(log, `${i}`, i === 0 ? 10_000 : now);
      assert.equal(await revoke(log, "ada", now - 1), "full");
      assert.equal(await revoke(log, "1", now), "revoked", "who is known needs no room");
      assert.equal(await revoke(log, "ada", now), "revoked");
      const people = new Set((await held(log)).map(({ person }) => String(person)));
      assert.deepEqual([people.size, people.has("0"), people.has("ada")], [revocationsMax, false, true]);
      assert.equal(await revoke(log, "eve", now), "full");
    }),
  );
}

function revoke(log: Log, person: string, before: number): Promise<"revoked" | "full"> {
  return ask((done) => log.revoke({ person: personId(person), before: time(before) }, done));
}

function held(log: LogReader): Promise<Revoked[]> {
  return ask((done) => log.revocations(done));
}
