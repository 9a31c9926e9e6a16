import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { type Mutant, mutants } from "./mutants.ts";

const seedsMax = 500;

test("S9.1 the simulation finds every planted bug within 500 seeds", { concurrency: 2 }, async (t) => {
  assert.ok(mutants.length >= 10);
  await Promise.all(
    mutants.map((mutant) =>
      t.test(mutant.name, async () => {
        const found = await hunt(mutant);
        assert.notEqual(found, null, `${mutant.name}: not found in ${seedsMax} seeds`);
      }),
    ),
  );
});

function hunt(mutant: Mutant): Promise<{ seed: number; law: string } | null> {
  const worker = new Worker(new URL("./hunt.ts", import.meta.url), {
    workerData: { mutant, first: 1, seeds: seedsMax },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
