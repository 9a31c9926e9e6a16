import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Grant, Role } from "@chorus/protocol/people.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import { claimsFor, signToken } from "@chorus/server/cli/mint-token.ts";
import { developmentKey } from "@chorus/server/config.ts";

/** A real server as an operator starts it, with a folder of its own. */
export type ChorusServer = {
  readonly url: string;
  /** Stops the process where it stands; its sockets stay open and stay silent. */
  freeze(): void;
  thaw(): void;
  /** kill -9: nothing is said, nothing is finished. */
  kill(): Promise<void>;
  /** On the same port, over the same folder. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
};

export type TokenFor = {
  name: string;
  role: Role;
  room: string;
  grants?: readonly Grant[];
  lifeSeconds?: number;
};

const main = join(import.meta.dirname, "../../server/main.ts");
const announced = /^Chorus is open at (\S+)/;
const lifeSeconds = 600;

/** @param more flags beside those that every test's server has; pictures only with one that is about them. */
export async function startServer(more: readonly string[] = []): Promise<ChorusServer> {
  const data = mkdtempSync(join(tmpdir(), "chorus-browser-"));
  let running = await launch(data, "0", more);
  const { url } = running;

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  return {
    url,
    freeze: () => void running.child.kill("SIGSTOP"),
    thaw: () => void running.child.kill("SIGCONT"),
    kill: () => end("SIGKILL"),
    async startAgain() {
      running = await launch(data, new URL(url).port, more);
    },
    async stop() {
      await end("SIGTERM");
      rmSync(data, { recursive: true });
    },
  };
}

/** Makes a room as its host would, over HTTP, or changes how it is run. */
export async function openRoom(
  server: ChorusServer,
  room: string,
  settings: RoomSettingsPatch,
): Promise<void> {
  const token = await tokenFor({ name: "Host", role: "host", room });
  const response = await fetch(`${server.url}/v1/rooms/${room}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ guests: true, ...settings }),
  });
  if (!response.ok) throw new Error(`The room ${room} was not made: ${await response.text()}`);
}

/** What a link carries behind `#token=`. */
export async function tokenFor({ name, role, room, grants, ...rest }: TokenFor): Promise<string> {
  const bearer = {
    sub: name.toLowerCase().replaceAll(" ", "-"),
    rooms: [room],
    role,
    grants: grants ?? null,
    name,
    kind: null,
  };
  const claims = claimsFor(bearer, Math.floor(Date.now() / 1_000), rest.lifeSeconds ?? lifeSeconds);
  if ("problem" in claims) throw new Error(claims.problem);
  const token = await signToken(claims, Buffer.from(developmentKey, "utf8"));
  if (typeof token !== "string") throw new Error(token.problem);
  return token;
}

async function launch(
  data: string,
  port: string,
  more: readonly string[],
): Promise<{ child: ChildProcess; url: string }> {
  const flags = ["--single", "--dev", "--port", port, "--private-port", "0", "--data", data, ...more];
  const media = more.some((flag) => flag.startsWith("--media")) ? [] : ["--no-media"];
  const args = [main, "start", ...flags, ...media, "--log-level", "error"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = announced.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { child, url };
  }
  throw new Error("The server ended before it was open.");
}
