import { parseArgs } from "node:util";
import { print, type Report } from "./report.ts";

/** `npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N]`: runs one benchmark; exit status 1 when a check of it fails. */
type Options = { chat: string | undefined; seconds: number; rounds: number };
const scenarios: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  abuse: async () => (await import("./abuse/abuse.ts")).abuse(),
  idle: async () => (await import("./idle.ts")).idle(),
  kills: async ({ chat }) => (await import("./kills.ts")).killsBench(chat),
  page: async (options) => (await import("./page/page.ts")).pageBench(options),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    chat: { type: "string" },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "1" },
  },
});
const scenario = scenarios[positionals[0] ?? ""];
if (scenario === undefined) {
  console.error(
    `Usage: npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N], with one of: ${Object.keys(scenarios).join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  const { chat, seconds, rounds } = values;
  print(await scenario({ chat, seconds: Number(seconds), rounds: Number(rounds) }), values.json === true);
}
