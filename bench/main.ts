import { print, type Report } from "./report.ts";

/** `npm run bench -- SCENARIO [--json]`: runs one benchmark; exit status 1 when a check of it fails. */
const scenarios: Readonly<Record<string, () => Promise<Report>>> = {
  idle: async () => (await import("./idle.ts")).idle(),
};

const words = process.argv.slice(2);
const name = words.find((word) => !word.startsWith("--")) ?? "";
const scenario = scenarios[name];
if (scenario === undefined) {
  console.error(
    `Usage: npm run bench -- SCENARIO [--json], with one of: ${Object.keys(scenarios).join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  print(await scenario(), words.includes("--json"));
}
