import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { developmentKey } from "@chorus/server/config.ts";
import { cpuMs, pin } from "../cores.ts";
import { ended, pidOfRole, pidsOfRole, startScript, startServer, told } from "../processes.ts";
import type { ControlOrder, ControlTold } from "./control.ts";
import type { LoadCount, LoadOrder } from "./load.ts";
import type { Kind } from "../bare-sockets.ts";

/** What each row is asked for: messages of so many bytes, gathered for `everyMs` into frames, which hold some bytes more. */
export type Work = {
  messagesPerSecond: number;
  everyMs: number;
  ms: number;
  messageBytes: number;
  frameBytes: number;
};
/** `missing`: what was said or written and not received, in percent. `loadShare` is of the core that those who receive have. */
export type Done = {
  missing: number;
  writes: number;
  deliveries: number;
  bytesPerWrite: number;
  cpuMs: number;
  loadShare: number;
};
/** One program that writes to many sockets. */
export type Row = { readonly name: string; work(work: Work): Promise<Done>; stop(): Promise<void> };

const cores = { server: 0, load: 1 };
/** What was said last is received by then. */
const restMs = 300;

/** A row that can also only be talked to: nobody is sent anything for what it takes in. */
export type ChorusRow = Row & {
  takeIn(perSecond: number, ms: number): Promise<{ frames: number; cpuMs: number }>;
};

/** @param accept what the sockets offer in their hello. */
export async function chorusRow(
  sockets: number,
  chat: string | undefined,
  accept: readonly string[] = [],
): Promise<ChorusRow> {
  /* The whole of a loop, so that the room is never slowed down or cut. */
  const room = ["--room-share", "100"];
  const server = await startServer([
    "--gateways",
    "1",
    "--connections-per-ip",
    String(sockets + 10),
    ...room,
  ]);
  const gateway = pidOfRole(server.pid, "gateway");
  pin([server.pid, gateway, ...pidsOfRole(server.pid, "keeper")], cores.server);
  const load = await startLoad(server.port, "chorus", sockets, accept, chat);
  return {
    name: "chorus",
    async takeIn(perSecond, ms) {
      const before = cpuMs(gateway);
      const answer = told<{ said: number }>(load);
      load.send({ do: "report", perSecond, ms } satisfies LoadOrder);
      const { said } = await answer;
      await setTimeout(restMs);
      return { frames: said, cpuMs: cpuMs(gateway) - before };
    },
    async work({ messagesPerSecond, ms }) {
      const before = { count: await countOf(load), cpu: cpuMs(gateway), load: cpuMs(load.pid ?? 0) };
      const answer = told<{ said: number }>(load);
      load.send({ do: "say", perSecond: messagesPerSecond, ms } satisfies LoadOrder);
      const { said } = await answer;
      await setTimeout(restMs);
      const after = { count: await countOf(load), cpu: cpuMs(gateway), load: cpuMs(load.pid ?? 0) };
      const frames = after.count.frames - before.count.frames;
      const entries = after.count.entries - before.count.entries;
      if (after.count.closed > 0) throw new Error("The server closed connections.");
      return {
        missing: 100 * (1 - entries / said),
        writes: frames * sockets,
        deliveries: entries * sockets,
        bytesPerWrite: (after.count.bytes - before.count.bytes) / Math.max(1, frames),
        cpuMs: after.cpu - before.cpu,
        loadShare: (after.load - before.load) / (ms + restMs),
      };
    },
    async stop() {
      await ended(load);
      await server.stop();
    },
  };
}

/** A program of this folder. */
export async function scriptRow(
  name: string,
  script: string,
  args: readonly string[],
  kind: "plain" | "socket.io",
  sockets: number,
): Promise<Row> {
  const child = startScript(new URL(script, import.meta.url), args);
  const { port } = await told<{ port: number }>(child);
  pin([child.pid ?? 0], cores.server);
  const load = await startLoad(port, kind, sockets);
  return {
    name,
    work: (work) =>
      measured(load, work, kind === "plain", async (order) => {
        const answer = told<ControlTold>(child);
        child.send(order);
        return answer;
      }),
    async stop() {
      await ended(load);
      await ended(child);
    },
  };
}

/** Null where there is no C compiler. */
export async function writerRow(sockets: number): Promise<Row | null> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-bench-"));
  const program = join(folder, "writer");
  try {
    execFileSync("cc", ["-O2", "-o", program, fileURLToPath(new URL("./writer.c", import.meta.url))]);
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  pin([child.pid ?? 0], cores.server);
  const load = await startLoad(port, "plain", sockets);
  return {
    name: "c",
    work: (work) =>
      measured(load, work, true, async ({ windows, everyMs, frame }) => {
        child.stdin.write(`${windows} ${everyMs} ${frame.length}\n`);
        const [writes = 0, cpu = 0] = String((await lines.next()).value)
          .split(" ")
          .map(Number);
        return { writes, cpuMs: cpu };
      }),
    async stop() {
      await ended(load);
      await ended(child);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @param framed whether a frame is written, and not the messages by themselves. */
async function measured(
  load: ChildProcess,
  { messagesPerSecond, everyMs, ms, messageBytes, frameBytes }: Work,
  framed: boolean,
  run: (order: ControlOrder) => Promise<ControlTold>,
): Promise<Done> {
  const perWindow = Math.max(1, Math.round((messagesPerSecond * everyMs) / 1_000));
  const windows = Math.round(ms / everyMs);
  const messages = Array.from({ length: perWindow }, () => "x".repeat(messageBytes));
  const before = { count: await countOf(load), load: cpuMs(load.pid ?? 0) };
  const { writes, cpuMs: cpu } = await run({ windows, everyMs, frame: "x".repeat(frameBytes), messages });
  await setTimeout(restMs);
  const { count, load: loadMs } = { count: await countOf(load), load: cpuMs(load.pid ?? 0) };
  const received = count.bytes - before.count.bytes;
  const written = windows * (framed ? frameBytes : perWindow * messageBytes);
  return {
    missing: Math.max(0, 100 * (1 - received / written)),
    writes,
    deliveries: windows * perWindow * count.sockets,
    bytesPerWrite: received / (writes / count.sockets),
    cpuMs: cpu,
    loadShare: (loadMs - before.load) / (ms + restMs),
  };
}

async function startLoad(
  port: number,
  kind: Kind,
  sockets: number,
  accept: readonly string[] = [],
  chat?: string,
): Promise<ChildProcess> {
  const words = [String(port), kind, String(sockets), developmentKey, accept.join()];
  if (chat !== undefined) words.push(chat);
  const load = startScript(new URL("./load.ts", import.meta.url), words).setMaxListeners(0);
  pin([load.pid ?? 0], cores.load);
  await told(load);
  return load;
}

function countOf(load: ChildProcess): Promise<LoadCount> {
  const answer = told<LoadCount>(load);
  load.send({ do: "count" } satisfies LoadOrder);
  return answer;
}
