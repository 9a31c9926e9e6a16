import { join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { runGateway, runKeeper, type Running, runSingle } from "../roles/processes.ts";
import { supervise } from "../supervisor.ts";
import { createLogger } from "../telemetry/logger.ts";
import { asksForHelp } from "./arguments.ts";
import { startUsage } from "./start-usage.ts";
import { usageText } from "./usage-text.ts";

const main = join(import.meta.dirname, "../main.ts");

/** `chorus start`: everything on this machine, until it is told to stop. */
export async function start(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(usageText(startUsage));
    return 0;
  }
  const config = readConfig(args, process.env);
  if ("problems" in config) {
    for (const problem of config.problems) console.error(problem);
    return 2;
  }
  if (config.dev)
    console.error(
      "This is a development server: everybody who reaches it can be anybody. Do not use it in production.",
    );
  return config.single ? startSingle(config) : startSupervised(config, args);
}

/** `chorus role keeper` and `chorus role gateway N`, started by the supervisor with the arguments of `start`. */
export async function role([name, ...rest]: readonly string[]): Promise<number> {
  const [number, args] = name === "gateway" ? [Number(rest[0]), rest.slice(1)] : [0, rest];
  const config = readConfig(args, process.env);
  if ("problems" in config) throw new Error(config.problems.join(" "));
  const running = name === "gateway" ? await runGateway(config, number) : await runKeeper(config);
  process.send?.({ ready: true, url: running.url });
  const how = await Promise.race([signalled(), orphaned()]);
  if (how === "signal") await running.stop();
  process.exit(0);
}

async function startSingle(config: Config): Promise<number> {
  const running: Running = await runSingle(config);
  announce(running.url ?? "", config);
  await signalled();
  await running.stop();
  process.exit(0);
}

async function startSupervised(config: Config, args: readonly string[]): Promise<number> {
  const logger = createLogger({ process: "supervisor", level: config.logLevel });
  const gateways = Array.from({ length: config.gateways }, (_, i) => ({
    name: `gateway-${i + 1}`,
    args: [main, "role", "gateway", String(i + 1), ...args],
  }));
  const supervisor = supervise({
    processes: [{ name: "keeper", args: [main, "role", "keeper", ...args] }, ...gateways],
    onEnded: (name, how, pauseMs) =>
      logger.error({ name, how, pauseMs }, "A process ended; it is started again."),
    onReady: (name, pid) => logger.info({ name, pid }, "A process is ready."),
  });
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  void supervisor.ready.then(() => announce(`http://${host}:${config.port}`, config));
  await signalled();
  await supervisor.stop();
  process.exit(0);
}

function announce(url: string, config: Config): void {
  const shown = url.replace("//0.0.0.0", "//localhost").replace("//[::]", "//localhost");
  console.log(`Chorus is open at ${shown}`);
  if (config.dev) console.log(`Open it in two browsers and talk: the room is "demo".`);
}

function signalled(): Promise<"signal"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve("signal"));
  });
}

/** Without its supervisor a process has nobody to start it again, and ends. */
function orphaned(): Promise<"orphan"> {
  return new Promise((resolve) => {
    if (process.send === undefined) return;
    process.once("disconnect", () => resolve("orphan"));
  });
}
