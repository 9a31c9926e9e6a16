import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeEnvironment, nodeFlags } from "@chorus/server/node-flags.ts";

/** Processes of a benchmark: started, looked at from outside, and ended. */
export const root = join(import.meta.dirname, "..");

export type Server = { url: string; port: number; pid: number; data: string; stop(): Promise<void> };

/**
 * A development server with its own data, in processes of its own.
 *
 * @param pictures whether it has a media process too.
 */
export async function startServer(args: readonly string[] = [], pictures = false): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), "chorus-bench-"));
  const port = await freePort();
  const words = [
    "server/main.ts",
    "start",
    "--dev",
    "--port",
    String(port),
    "--data",
    data,
    "--log-level",
    "warn",
    ...(pictures ? [] : ["--no-media"]),
    ...args,
  ];
  const server = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  await saidReady(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: server.pid ?? 0,
    data,
    async stop() {
      await ended(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Starts a script. With the flags and the environment of a server's processes, so that a control row differs by its program alone. */
export function startScript(script: URL, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, fileURLToPath(script), ...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...nodeEnvironment, ...process.env },
  });
}

export function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`A process of the benchmark ended with ${code}.`)));
  });
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

/** The processes of a role, among the children of the supervisor. */
export function pidsOfRole(supervisor: number, role: string): number[] {
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent === supervisor && read(`/proc/${name}/cmdline`).includes(`\0role\0${role}\0`))
      pids.push(Number(name));
  }
  return pids;
}

export function pidOfRole(supervisor: number, role: string): number {
  const [pid] = pidsOfRole(supervisor, role);
  if (pid === undefined) throw new Error(`The server has no process for the role ${role}.`);
  return pid;
}

/** With -9, without a word. Returns how many there were. */
export function killRole(supervisor: number, role: string): number {
  const pids = pidsOfRole(supervisor, role);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  return pids.length;
}

export function residentBytes(pid: number): number {
  return kilobytes(read(`/proc/${pid}/status`), "VmRSS") * 1024;
}

/** Memory of the whole kernel that sockets use: slab caches and what TCP buffers hold. */
export function kernelBytes(): { slab: number; tcp: number } {
  const pages = /^TCP: .* mem (\d+)/m.exec(read("/proc/net/sockstat"))?.[1] ?? "0";
  return { slab: kilobytes(read("/proc/meminfo"), "Slab") * 1024, tcp: Number(pages) * 4_096 };
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function saidReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Chorus is open at")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
  });
}

/** With the one above it, which is a server's private port; below those that the system gives to connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const those = await Promise.all([0, 1, 2, 3].map((next) => isFree(port + next)));
    if (those.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
