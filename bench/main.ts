import { parseArgs } from "node:util";
import { print, type Report } from "./report.ts";

/**
 * `npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N]`: runs one benchmark; exit status 1 when a check
 * of it fails. How long is for `page` and `segments`, how often for `deflate`, `fanout` and `page`.
 */
type Options = { chat: string | undefined; seconds: number; rounds: number | undefined };
const scenarios: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  abuse: async () => (await import("./abuse/abuse.ts")).abuse(),
  deflate: async (options) => (await import("./deflate.ts")).deflateBench(options),
  fanout: async (options) => (await import("./fanout/fanout.ts")).fanout(options),
  idle: async () => (await import("./idle.ts")).idle(),
  kills: async ({ chat }) => (await import("./kills.ts")).killsBench(chat),
  page: async (options) =>
    (await import("./page/page.ts")).pageBench({ ...options, rounds: options.rounds ?? 1 }),
  segments: async (options) => (await import("./segments/segments.ts")).segmentsBench(options),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    chat: { type: "string" },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string" },
  },
});
const scenario = scenarios[positionals[0] ?? ""];
const { chat, json } = values;
const seconds = Number(values.seconds);
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (scenario === undefined || ![seconds, rounds ?? 1].every((one) => Number.isInteger(one) && one > 0)) {
  console.error(
    `Usage: npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N], with one of: ${Object.keys(scenarios).join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  print(await scenario({ chat, seconds, rounds }), json === true);
}
