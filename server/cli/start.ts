import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { joinServer, lockData } from "../roles/data-lock.ts";
import { keepPrivate, prepareData } from "../roles/paths.ts";
import { openPublicPort } from "../roles/public-port.ts";
import type { Running } from "../roles/running.ts";
import { hopelessExitCode, supervise } from "../supervisor.ts";
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
  keepPrivate();
  const obstacle = prepareData(config) ?? takeData(config);
  if (obstacle !== null) {
    console.error(obstacle);
    return 1;
  }
  if (config.dev)
    console.error(
      "This is a development server: everybody who reaches it can be anybody. Do not use it in production.",
    );
  return config.single ? startSingle(config) : startSupervised(config, args);
}

/** `chorus role keeper`, `chorus role media` and `chorus role gateway N`, started by the supervisor with the arguments of `start`. */
export async function role([name, ...rest]: readonly string[]): Promise<number> {
  const [number, args] = name === "gateway" ? [Number(rest[0]), rest.slice(1)] : [0, rest];
  const config = readConfig(args, process.env);
  if ("problems" in config) throw new Error(config.problems.join(" "));
  keepPrivate();
  const running = await orSentence(run(name, config, number));
  if (running === null) process.exit(hopelessExitCode);
  process.send?.({ ready: true, url: running.url });
  /* Control-C reaches every process of a terminal: the supervisor says who ends, and when. */
  process.on("SIGINT", () => {});
  /* The supervisor says nothing else to them. */
  const allEnd = once(process, "message");
  const how = await Promise.race([signalled(["SIGTERM"]), orphaned()]);
  if (how === "signal") {
    await Promise.race([running.drain?.(), allEnd, orphaned()]);
    await running.stop();
  }
  process.exit(0);
}

/** From here on this process has the data directory to itself; otherwise the sentence that says why it cannot. */
function takeData({ dataDir }: Config): string | null {
  const locked = lockData(dataDir);
  return "obstacle" in locked ? locked.obstacle : null;
}

/** Each process loads what it runs and no more, so that one that was killed is back soon. */
function run(name: string | undefined, config: Config, number: number): Promise<Running> {
  if (name === "media") return media(config);
  return name === "gateway" ? gateway(config, number) : keeper(config);
}

async function keeper(config: Config): Promise<Running> {
  joinServer(config.dataDir);
  return (await import("../roles/keeper-process.ts")).runKeeper(config);
}

async function gateway(config: Config, number: number): Promise<Running> {
  joinServer(config.dataDir);
  const port = await openPublicPort(config);
  return (await import("../roles/gateway-process.ts")).runGateway(config, number, port);
}

async function media(config: Config): Promise<Running> {
  if (config.media === null) throw new Error("The role media needs a server without --no-media.");
  joinServer(config.dataDir);
  return (await import("../roles/media-process.ts")).runMedia(config, config.media);
}

async function single(config: Config): Promise<Running> {
  return (await import("../roles/single-process.ts")).runSingle(config);
}

/** Gateways share their port, and would share it with another Chorus too: so it is tried alone first. */
function probePort({ host, port }: Config): Promise<true> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** What keeps a process from starting is for the operator to change: a sentence, and no stack. */
async function orSentence<T>(starting: Promise<T>): Promise<T | null> {
  try {
    return await starting;
  } catch (error) {
    const { code, port, message } = error as Error & { code?: string; port?: number };
    if (code === "EADDRINUSE")
      console.error(
        `Port ${port} is in use: end what uses it, or choose another with --port (and --private-port).`,
      );
    else if (code === "EACCES" && port !== undefined)
      console.error(`Port ${port} may not be opened by this user: choose one above 1023 with --port.`);
    else if (code === "EADDRNOTAVAIL") console.error("This machine does not have the address of --host.");
    else console.error(message);
    return null;
  }
}

async function startSingle(config: Config): Promise<number> {
  const running = await orSentence(single(config));
  if (running === null) process.exit(1);
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
  if ((await orSentence(probePort(config))) === null) return 1;
  const { promise: hopeless, resolve: giveUp } = Promise.withResolvers<"hopeless">();
  const supervisor = supervise({
    processes: [
      { name: "keeper", args: [main, "role", "keeper", ...args] },
      ...gateways,
      ...(config.media === null ? [] : [{ name: "media", args: [main, "role", "media", ...args] }]),
    ],
    onEnded: (name, how, pauseMs) =>
      logger.error({ name, how, pauseMs }, "A process ended; it is started again."),
    onReady: (name, pid) => logger.info({ name, pid }, "A process is ready."),
    onHopeless: () => giveUp("hopeless"),
  });
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  void supervisor.ready.then(() => announce(`http://${host}:${config.port}`, config));
  const how = await Promise.race([signalled(), hopeless]);
  await supervisor.stop();
  process.exit(how === "hopeless" ? 1 : 0);
}

function announce(url: string, config: Config): void {
  const shown = url.replace("//0.0.0.0", "//localhost").replace("//[::]", "//localhost");
  console.log(`Chorus is open at ${shown}`);
  if (config.dev) console.log(`Open it in two browsers and talk: the room is "demo".`);
}

function signalled(signals: NodeJS.Signals[] = ["SIGTERM", "SIGINT"]): Promise<"signal"> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve("signal"));
  });
}

/** Without its supervisor a process has nobody to start it again, and ends. */
function orphaned(): Promise<"orphan"> {
  return new Promise((resolve) => {
    if (process.send === undefined) return;
    process.once("disconnect", () => resolve("orphan"));
  });
}
