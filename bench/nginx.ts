import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ended, freePort, root } from "./processes.ts";

/** nginx before a server, with the configuration of a page of docs: what the documentation shows is what runs. */
export type Nginx = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  /** The processes: the one that was started and those that it has started. */
  pids(): number[];
};

const program = process.env["NGINX"] ?? "nginx";

/**
 * @param upstream the public port of the server.
 * @throws where there is no nginx, or it refuses the configuration; with what it says.
 */
export function startNginx(upstream: number): Promise<Nginx> {
  return start("docs/segments.md", upstream, "http");
}

/** With TLS and HTTP/2, by a certificate of its own, before chat and pictures: the media port is the second after the public one. */
export function startNginxWithPictures(upstream: number): Promise<Nginx> {
  return start("docs/pictures.md", upstream, "https");
}

async function start(page: string, upstream: number, scheme: "http" | "https"): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-nginx-"));
  const port = await freePort();
  mkdirSync(join(folder, "temp"));
  if (scheme === "https") makeCertificate(folder);
  const path = join(folder, "nginx.conf");
  writeFileSync(path, configuration(page, folder, port, upstream));
  const words = ["-p", folder, "-e", join(folder, "error.log"), "-c", path];
  const tried = spawnSync(program, [...words, "-t"], { encoding: "utf8" });
  if (tried.status !== 0) throw new Error(`nginx cannot be started: ${tried.error?.message ?? tried.stderr}`);
  const child = spawn(program, words, { stdio: ["ignore", "inherit", "inherit"] });
  const url = `${scheme}://127.0.0.1:${port}`;
  await untilOpen(port);
  if (scheme === "http") await untilAnswers(`${url}/healthz`);
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
function configuration(page: string, folder: string, port: number, upstream: number): string {
  const text = readFileSync(join(root, page), "utf8");
  const [, shown = ""] = /```nginx\n([\s\S]*?)```/.exec(text) ?? [];
  const server = shown
    .replace(/\/var\/cache\/nginx\/\w+/, join(folder, "cache"))
    .replace("server 127.0.0.1:8080;", `server 127.0.0.1:${upstream};`)
    .replace("server 127.0.0.1:8082;", `server 127.0.0.1:${upstream + 2};`)
    .replaceAll("/etc/ssl/live.example", join(folder, "own"))
    .replace(/listen (80|443)/, `listen 127.0.0.1:${port}`);
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

function makeCertificate(folder: string): void {
  const [pem, key] = [join(folder, "own.pem"), join(folder, "own.key")];
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"];
  const made = spawnSync("openssl", [...words, "-keyout", key, "-out", pem], { encoding: "utf8" });
  if (made.status !== 0)
    throw new Error(`openssl cannot make a certificate: ${made.error?.message ?? made.stderr}`);
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 100; tries > 0; tries--) {
    const opened = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
      socket.once("close", () => resolve(false)).setTimeout(500, () => socket.destroy());
    });
    if (opened) return;
    await setTimeout(50);
  }
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
