import { parseArgs } from "node:util";
import { print, type Report } from "./report.ts";

/** `npm run bench -- SCENARIO [--json] [--chat FILE]`: runs one benchmark; exit status 1 when a check of it fails. */
type Options = { chat: string | undefined };
const scenarios: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  abuse: async () => (await import("./abuse/abuse.ts")).abuse(),
  idle: async () => (await import("./idle.ts")).idle(),
  kills: async ({ chat }) => (await import("./kills.ts")).killsBench(chat),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, chat: { type: "string" } },
});
const scenario = scenarios[positionals[0] ?? ""];
if (scenario === undefined) {
  console.error(
    `Usage: npm run bench -- SCENARIO [--json] [--chat FILE], with one of: ${Object.keys(scenarios).join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  print(await scenario({ chat: values.chat }), values.json === true);
}
