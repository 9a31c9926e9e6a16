import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, pidsOfRole } from "../../bench/processes.ts";

/** A server in processes of its own, for tests that harm it. */
export type RunningServer = AsyncDisposable & {
  readonly port: number;
  readonly data: string;
  /** The supervisor. */
  readonly process: ChildProcess;
  /** Everything that its processes have written. */
  readonly said: string;
  pids(role: "keeper" | "gateway" | "media"): number[];
  /** The status of an answer, 0 when there was none. */
  status(path: string, port?: number): Promise<number>;
};

export type ServerOptions = {
  data?: string;
  args?: readonly string[];
  /** Without the development key, guests and the room demo. */
  production?: boolean;
  /** With a media process. */
  pictures?: boolean;
  /** A small disk under the data directory. */
  diskBytes?: number;
};

const root = join(import.meta.dirname, "../..");

/** Whether this user may have a mount namespace of their own, and so a disk of their own. */
export const canMount = spawnSync("unshare", ["-Urm", "true"]).status === 0;

export async function startServer({
  data,
  args = [],
  production = false,
  pictures = false,
  diskBytes,
}: ServerOptions = {}): Promise<RunningServer> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "chorus-fault-"));
  const port = await freePort();
  const mode = production ? [] : ["--dev"];
  const media = pictures ? [] : ["--no-media"];
  const flags = [...mode, ...media, "--port", `${port}`, "--data", folder, ...args];
  const words = ["server/main.ts", "start", ...flags];
  const command = onDisk([process.execPath, ...words], folder, diskBytes);
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  await until(
    () => said.includes("Chorus is open at") || child.exitCode !== null,
    20_000,
    () => said,
  );
  return {
    port,
    data: folder,
    process: child,
    get said() {
      return said;
    },
    pids: (role) => pidsOfRole(child.pid ?? 0, role),
    status: (path, at = port) => statusOf(`http://127.0.0.1:${at}${path}`),
    async [Symbol.asyncDispose]() {
      await ended(child);
      if (data === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until it holds; a program under test is waited for, and never slept for. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  about: () => string,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come about within ${withinMs} ms: ${about()}`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A disk of its own: memory mounted where nobody else sees it, gone with the process. */
function onDisk(command: readonly string[], folder: string, bytes: number | undefined): readonly string[] {
  if (bytes === undefined || !canMount) return command;
  const mounting = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`;
  return ["unshare", "-Urm", "sh", "-c", mounting, folder, ...command];
}

async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
