import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Mutant } from "./mutants.ts";

/** Plants one mutant into this thread and lives through seeds until one of them breaks a law. */
const { mutant, first, seeds } = workerData as { mutant: Mutant; first: number; seeds: number };
const root = join(import.meta.dirname, "../..");
const target = pathToFileURL(join(root, mutant.file)).href;
const original = readFileSync(fileURLToPath(target), "utf8");
const places = original.split(mutant.from).length - 1;
if (places !== 1) throw new Error(`"${mutant.name}": its place stands ${places} times in ${mutant.file}.`);

registerHooks({
  load(url, context, next) {
    if (url !== target) return next(url, context);
    return {
      format: "module-typescript",
      source: original.replace(mutant.from, () => mutant.to),
      shortCircuit: true,
    };
  },
});

const { live } = await import("../scenario.ts");
let found: { seed: number; law: string } | null = null;
for (let seed = first; seed < first + seeds && found === null; seed++) {
  try {
    live(seed);
  } catch (error) {
    found = { seed, law: error instanceof Error ? error.message : String(error) };
  }
}
parentPort?.postMessage(found);
