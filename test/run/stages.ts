import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command, Stage } from "./stage.ts";

/** What the list of stages is made from. `scripts` are those of package.json, `files` all paths of the tree. */
export type Plan = {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly quick: boolean;
  readonly temporary: string;
};

const seeds = { fixed: 1_000, fresh: 1_000, fixedBase: 1 } as const;
const minute = 60_000;
/** Most of the time a browser waits for its server, and its server for it: two of them fill two cores, and more would be late. */
const browsersMax = 2;
const elsewhere = /(\.(browser|fault|media)|^test\/tidy)\.test\.ts$/;

/** From what fails soonest to what takes longest. A quick run leaves out the last four. */
export function stagesOf(plan: Plan): readonly Stage[] {
  const quick = [
    testStage(plan, "tidy", (path) => path === "test/tidy.test.ts"),
    scriptStage(plan, "types", "types"),
    scriptStage(plan, "lint", "lint"),
    scriptStage(plan, "format", "format:check"),
    scriptStage(plan, "sizes", "sizes"),
    testStage(plan, "unit", (path) => path.endsWith(".test.ts") && !elsewhere.test(path)),
  ];
  if (plan.quick) return quick;
  return [
    ...quick,
    simulationStage(plan),
    testStage(
      plan,
      "browser",
      (path) => path.endsWith(".browser.test.ts"),
      Math.min(browsersMax, availableParallelism()),
    ),
    testStage(plan, "media", (path) => path.endsWith(".media.test.ts"), 1),
    testStage(plan, "faults", (path) => path.endsWith(".fault.test.ts"), 1),
  ];
}

/** What is judged by the clock runs beside little else: browsers two by two, encoders and killed processes alone. */
function testStage(
  plan: Plan,
  name: string,
  belongs: (path: string) => boolean,
  concurrency = availableParallelism(),
): Stage {
  const files = plan.files.filter(belongs);
  if (files.length === 0) return { name, commands: [] };
  const tap = join(plan.temporary, `${name}.tap`);
  const options = [
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${3 * minute}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${tap}`,
  ];
  return {
    name,
    commands: [{ argv: [process.execPath, "--test", ...options, ...files], withinMs: 5 * minute, tap }],
  };
}

/** The script's own commands, side by side: package.json stays the one place that names the projects to check. */
function scriptStage(plan: Plan, name: string, script: string): Stage {
  const parts = (plan.scripts[script] ?? "").split("&&").map((part) => part.trim());
  return { name, commands: parts.filter((part) => part !== "").map(shell) };
}

/** Wherever a script says `node` it is the one that runs this, whatever the machine has under that name. */
function shell(given: string): Command {
  const line = given.replace(/^node(?= )/, `"${process.execPath}"`);
  return { argv: ["sh", "-c", `exec ${line}`], withinMs: 2 * minute };
}

/** The fixed seeds say whether a change broke something; the fresh ones look where nobody has looked yet. */
function simulationStage(plan: Plan): Stage {
  const commands = plan.files.includes("sim/main.ts")
    ? [simulate(seeds.fixed, seeds.fixedBase), simulate(seeds.fresh, plan.seed)]
    : [];
  return { name: "simulation", note: `fresh base seed ${plan.seed}`, commands };
}

function simulate(count: number, base: number): Command {
  const argv = [process.execPath, "sim/main.ts", "--seeds", String(count), "--seed", String(base)] as const;
  return { argv, withinMs: 3 * minute };
}
