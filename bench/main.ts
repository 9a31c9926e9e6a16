import { parseArgs } from "node:util";
import { print, type Report } from "./report.ts";

/**
 * `npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N] [--viewers N] [--rate N] [--minutes N] [--gateways N] [--only CASE]`:
 * runs one benchmark, or one case of those that have several; exit status 1 when a check of it fails. What a benchmark has no use for it
 * does not look at.
 */
type Options = {
  chat: string | undefined;
  seconds: number;
  rounds?: number;
  viewers?: number;
  rate?: number;
  minutes?: number;
  gateways?: number;
  only: string | undefined;
};
const scenarios: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  abuse: async () => (await import("./abuse/abuse.ts")).abuse(),
  align: async (options) => (await import("./media/align.ts")).align(options),
  beside: async (options) => (await import("./media/beside.ts")).beside(options),
  deflate: async (options) => (await import("./deflate.ts")).deflateBench(options),
  dvr: async () => (await import("./media/dvr.ts")).dvr(),
  fanout: async (options) => (await import("./fanout/fanout.ts")).fanout(options),
  glass: async (options) => (await import("./media/glass.ts")).glass(options),
  "hls-errors": async (options) => (await import("./media/hls-errors.ts")).hlsErrors(options),
  "hot-room": async (options) => (await import("./hot-room.ts")).hotRoom(options),
  idle: async () => (await import("./idle.ts")).idle(),
  ingest: async (options) => (await import("./ingest/ingest.ts")).ingest(options),
  "ingest-sockets": async (options) => (await import("./ingest/sockets.ts")).ingestSockets(options),
  kills: async ({ chat }) => (await import("./kills.ts")).killsBench(chat),
  ladder: async (options) => (await import("./ladder.ts")).ladder(options),
  llhls: async (options) => (await import("./media/llhls.ts")).llhls(options),
  loss: async (options) => (await import("./media/loss.ts")).loss(options),
  page: async (options) =>
    (await import("./page/page.ts")).pageBench({ ...options, rounds: options.rounds ?? 1 }),
  reactions: async (options) => (await import("./reactions.ts")).reactions(options),
  "resume-storm": async (options) => (await import("./resume-storm.ts")).resumeStorm(options),
  segments: async (options) => (await import("./segments/segments.ts")).segmentsBench(options),
  "small-rooms": async (options) => (await import("./small-rooms.ts")).smallRooms(options),
  steady: async (options) => (await import("./media/steady.ts")).steady(options),
  stalled: async (options) => (await import("./stalled.ts")).stalled(options),
  whep: async (options) => (await import("./media/whep.ts")).whep(options),
};

const number = { type: "string" } as const;
const options = {
  json: { type: "boolean" },
  chat: { type: "string" },
  seconds: { type: "string", default: "60" },
  rounds: number,
  viewers: number,
  rate: number,
  minutes: number,
  gateways: number,
  only: { type: "string" },
} as const;

function read() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return null;
  }
}

const { values, positionals } = read() ?? { values: { seconds: "" }, positionals: [] };
const scenario = scenarios[positionals[0] ?? ""];
const { chat, json, only, ...given } = values;
const numbers = Object.entries(given).map(([name, text]): [string, number] => [name, Number(text)]);
if (scenario === undefined || !numbers.every(([, one]) => Number.isInteger(one) && one > 0)) {
  console.error(
    `Usage: npm run bench -- SCENARIO [--json] [--chat FILE] [--seconds N] [--rounds N] [--viewers N] [--rate N] [--minutes N] [--gateways N] [--only CASE], with one of: ${Object.keys(scenarios).join(", ")}.`,
  );
  process.exitCode = 2;
} else {
  print(
    await scenario({ chat, only, seconds: Number(values.seconds), ...Object.fromEntries(numbers) }),
    json === true,
  );
}
