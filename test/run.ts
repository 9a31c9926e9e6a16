import { randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { endEverything, runCommand, type Stage } from "./run/stage.ts";
import { stagesOf } from "./run/stages.ts";
import { add, type Tally, tallyOf } from "./run/tally.ts";
import { listFiles } from "./tree.ts";

/**
 * The whole proof, stage by stage; the first red one ends it with all it said. What stages write to the temporary
 * directory or to a home is gone afterwards, and nothing of the user's home is read.
 */
const withinMs = 10 * 60_000;
const here = join(import.meta.dirname, "..");
const { root, quick } = parseArgs({
  options: { root: { type: "string", default: here }, quick: { type: "boolean", default: false } },
}).values;
const temporary = mkdtempSync(join(tmpdir(), "chorus-test-"));
const env = environment();

process.on("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
setTimeout(() => {
  console.log(`The proof took longer than ${withinMs / 60_000} minutes; what runs now is ended.`);
  endEverything();
}, withinMs).unref();

process.exitCode = (await prove()) ? 0 : 1;

async function prove(): Promise<boolean> {
  const began = performance.now();
  let total: Tally = { passed: 0, failed: 0 };
  for (const stage of plannedStages()) {
    const tally = await runStage(stage);
    total = add(total, tally);
    if (tally.failed > 0) break;
  }
  console.log(`\nin ${since(began)}\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

/** A stage that counts no tests adds nothing when green, and one failure when red. */
async function runStage(stage: Stage): Promise<Tally> {
  const began = performance.now();
  const outcomes = await Promise.all(stage.commands.map((command) => runCommand(command, root, env)));
  const tallies = stage.commands.flatMap(({ tap }) => (tap === undefined ? [] : [tallyOf(tap)]));
  const counted = tallies.reduce(add, { passed: 0, failed: 0 });
  const allRan = outcomes.length > 0 && outcomes.every(({ ok }) => ok);
  const tally = !allRan && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  const words = [stage.name.padEnd(10), since(began).padStart(8)];
  if (tallies.length > 0) words.push(`${tally.passed} passed`);
  if (stage.note !== undefined) words.push(stage.note);
  if (outcomes.length === 0) words.push("no files");
  if (tally.failed > 0) {
    const red = outcomes.filter(({ ok }) => !ok);
    for (const { output } of red.length > 0 ? red : outcomes) console.log(output);
    words.push("FAILED");
  }
  console.log(words.join("  "));
  return tally;
}

function plannedStages(): readonly Stage[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  return stagesOf({ files: listFiles(root), scripts, seed: randomInt(1, 2 ** 31), quick, temporary });
}

/** A test of this runner runs inside another test runner, whose marks would silence the inner one. */
function environment(): NodeJS.ProcessEnv {
  const home = join(temporary, "home");
  const scratch = join(temporary, "tmp");
  mkdirSync(home);
  mkdirSync(scratch);
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const path = [join(here, "node_modules/.bin"), inherited["PATH"] ?? ""].join(delimiter);
  return { ...inherited, PATH: path, HOME: home, TMPDIR: scratch };
}

function cleanUp(): void {
  endEverything();
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
}

function since(began: number): string {
  return `${((performance.now() - began) / 1_000).toFixed(1)} s`;
}
