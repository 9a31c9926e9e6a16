import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ended, freePort, root } from "./processes.ts";

/** nginx before a server, with the configuration of docs/segments.md: what the documentation shows is what runs. */
export type Nginx = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  /** The processes: the one that was started and those that it has started. */
  pids(): number[];
};

const program = process.env["NGINX"] ?? "nginx";

/** @throws where there is no nginx, or it refuses the configuration; with what it says. */
export async function startNginx(upstream: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-nginx-"));
  const port = await freePort();
  mkdirSync(join(folder, "temp"));
  const path = join(folder, "nginx.conf");
  writeFileSync(path, configuration(folder, port, upstream));
  const words = ["-p", folder, "-e", join(folder, "error.log"), "-c", path];
  const tried = spawnSync(program, [...words, "-t"], { encoding: "utf8" });
  if (tried.status !== 0) throw new Error(`nginx cannot be started: ${tried.error?.message ?? tried.stderr}`);
  const child = spawn(program, words, { stdio: ["ignore", "inherit", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/healthz`);
  return {
    url,
    port,
    pids: () => [child.pid ?? 0, ...childrenOf(child.pid ?? 0)],
    async [Symbol.asyncDispose]() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As a process of this user, with nothing outside its folder. */
function configuration(folder: string, port: number, upstream: number): string {
  const page = readFileSync(join(root, "docs/segments.md"), "utf8");
  const [, shown = ""] = /```nginx\n([\s\S]*?)```/.exec(page) ?? [];
  const server = shown
    .replace("/var/cache/nginx/chorus", join(folder, "cache"))
    .replace("server 127.0.0.1:8080;", `server 127.0.0.1:${upstream};`)
    .replace("listen 80;", `listen 127.0.0.1:${port};`);
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return [
    ...(process.getuid?.() === 0 ? ["user root;"] : []),
    "daemon off;",
    "worker_processes 1;",
    `pid ${join(folder, "pid")};`,
    "events { worker_connections 4096; }",
    "http {",
    "access_log off;",
    "keepalive_requests 1000000;",
    ...kinds.map((kind) => `${kind}_temp_path ${join(folder, "temp", kind)};`),
    server,
    "}",
  ].join("\n");
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 100; ; tries--) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    if (tries === 0) throw new Error(`nginx does not answer at ${url}.`);
    await setTimeout(50);
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}
