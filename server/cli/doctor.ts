import { limits } from "@chorus/protocol/limits.ts";
import { type Config, readConfig } from "../config.ts";
import type { Environment } from "../config-reader.ts";
import { occupantOf } from "../roles/data-lock.ts";
import { commonFlags, type Usage } from "./arguments.ts";
import { checkLog } from "./doctor-log.ts";
import {
  checkClock,
  checkData,
  checkDisk,
  checkFiles,
  checkNode,
  type Finding,
  openFilesLimit,
} from "./doctor-machine.ts";
import { checkMedia } from "./doctor-media.ts";
import { checkPorts } from "./doctor-ports.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { startUsageFlags } from "./start-usage.ts";

const flags = { ...startUsageFlags, ...commonFlags } as const;

const usage: Usage<typeof flags> = {
  name: "doctor",
  about: [
    "Looks for what would keep Chorus from running well here, changes nothing, and says it line by line: ok, warn or fail. Give it the flags that `chorus start` gets; it reads the same environment.",
    `It looks at Node, the data directory, its disk and who runs on it, the log (all of it), the ports and whether a Chorus answers there and is ready, the limit on open files (a gateway holds ${limits.connectionsMax} connections), the clock and the keys; and for pictures at ffmpeg, their ports and whether WebRTC can be reached from outside. Exit status 1 when anything fails.`,
  ],
  operand: null,
  flags,
  examples: ["chorus doctor --dev", "chorus doctor --data /var/lib/chorus --port 80 --json"],
};

export function doctor(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, () => args.filter((word) => word !== "--json"), examine);
}

async function examine(args: readonly string[]): Promise<Outcome> {
  const settings = checkSettings(args, process.env);
  const findings = [checkNode(process.version), ...settings.findings, ...examineData(settings.config)];
  findings.push(checkFiles(openFilesLimit()));
  if (settings.config !== null) {
    findings.push(...(await checkPorts(settings.config)), ...(await checkMedia(settings.config)));
  }
  const count = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  const ok = count("fail") === 0;
  return {
    status: ok ? 0 : 1,
    result: { ok, warnings: count("warn"), failures: count("fail"), findings },
    summary: findings.map(({ check, state, says }) => `${state.padEnd(6)}${check.padEnd(14)}${says}`),
  };
}

function examineData(config: Config | null): Finding[] {
  if (config === null) return [checkClock(Date.now(), null)];
  const { dataDir } = config;
  const { newest, ...log } = checkLog(dataDir);
  const running = checkRunning(dataDir);
  return [checkData(dataDir), running, checkDisk(dataDir), log, checkClock(Date.now(), newest)];
}

/** Whether a Chorus runs there, at these ports or at others. */
export function checkRunning(dataDir: string): Finding {
  const check = "running";
  const occupant = occupantOf(dataDir);
  if (typeof occupant !== "string") return { check, state: "fail", says: occupant.obstacle };
  const says = occupant === "chorus" ? `A Chorus runs on ${dataDir}.` : `No Chorus runs on ${dataDir}.`;
  return { check, state: "ok", says };
}

/**
 * What `start` would say to these flags. Where nothing but the key is missing, the rest is looked at all the same: a
 * Chorus that runs has been given its key in another place.
 */
function checkSettings(
  args: readonly string[],
  env: Environment,
): { config: Config | null; findings: Finding[] } {
  const config = readConfig(args, env);
  if (!("problems" in config)) {
    const says = config.dev
      ? "The published development key: never in production."
      : "Tokens can be checked.";
    return { config, findings: [{ check: "keys", state: config.dev ? "warn" : "ok", says }] };
  }
  const findings = config.problems.map((says): Finding => ({ check: "settings", state: "fail", says }));
  const withoutKey = readConfig([...args, "--dev"], env);
  if ("problems" in withoutKey) return { config: null, findings };
  const running = occupantOf(withoutKey.dataDir) === "chorus";
  return {
    config: withoutKey,
    findings: findings.map(({ says }) => ({ check: "keys", state: running ? "warn" : "fail", says })),
  };
}
