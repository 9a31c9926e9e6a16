import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { roomId } from "@chorus/protocol/ids.ts";
import { grantsOfRole } from "@chorus/protocol/people.ts";
import { developmentKey } from "../config.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { interrupted, pause, untilInterrupted } from "./interruption.ts";
import { openMadeUpChat } from "./made-up-chat.ts";
import { type Outcome, runCommand } from "./run-command.ts";
import { type Target, tokenFor } from "./target.ts";
import { startTestEncoder } from "./test-encoder.ts";

const flags = {
  port: {
    kind: "value",
    hint: "N",
    about: "The public port; the next three are used as well.",
    otherwise: "8080",
  },
  chat: { kind: "value", hint: "FILE", about: "A recorded chat to say again. Default: one that is made up." },
  viewers: { kind: "value", hint: "N", about: "How many others are there.", otherwise: "20" },
  ffmpeg: { kind: "value", hint: "PATH", about: "The encoder.", otherwise: "ffmpeg" },
  ...commonFlags,
} as const;

const usage: Usage<typeof flags> = {
  name: "demo",
  about: [
    "A living room in one command: a development server with data of its own, a broadcast with a clock in its picture, and people who talk. Everything ends, and its data is deleted, when it is interrupted.",
    "The clock is in universal time. What lies between it and a clock beside the screen is how long the picture took.",
  ],
  operand: null,
  flags,
  examples: ["chorus demo", "chorus demo --chat chat.jsonl"],
};

const host = { sub: "demo-host", name: "Host", grants: [...grantsOfRole.host] };

type Options = { port: number; chat: string | null; viewers: number; ffmpeg: string };
const portMax = 65_532;
const viewersMax = 5_000;
const encoderPauseMs = 2_000;
/** A link is used for as long as somebody tries things out. */
const linkSeconds = 86_400;
const main = join(import.meta.dirname, "../main.ts");

export function demo(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, perform);
}

function read(given: Arguments<typeof flags>): Options {
  const chat = given.text("chat");
  if (chat !== null && !existsSync(chat)) given.problem(`--chat ${chat} cannot be read: check the path.`);
  return {
    port: given.integer("port", 1, portMax),
    chat,
    viewers: given.integer("viewers", 1, viewersMax),
    ffmpeg: given.required("ffmpeg"),
  };
}

async function perform(options: Options): Promise<Outcome> {
  const { signal, done } = untilInterrupted();
  const data = mkdtempSync(join(tmpdir(), "chorus-demo-"));
  const url = `http://127.0.0.1:${options.port}`;
  const target: Target = { url, room: roomId("demo"), secret: Buffer.from(developmentKey, "utf8") };
  const server = startServer(options, data);
  /* Whoever does not wait for the end leaves no server behind. */
  process.once("exit", () => server.kill("SIGTERM"));
  let chat: { close(): void } | null = null;
  try {
    if (!(await isOpen(server, signal)))
      return { failure: "The server did not open; what it said above is why." };
    console.log(`Watch:    ${url}/rooms/demo`);
    const token = await tokenFor(target, host, linkSeconds);
    console.log(`Moderate: ${url}/rooms/demo#token=${token}`);
    console.log(`Go live:  ${url}/studio/demo#token=${token}`);
    console.log("Control-C ends it all.");
    chat = options.chat === null ? openMadeUpChat(target, options.viewers) : replayed(options.chat, url);
    await broadcast(options, target, signal);
    return { status: 0, result: {}, summary: [] };
  } finally {
    chat?.close();
    await end(server);
    rmSync(data, { recursive: true, force: true });
    done();
  }
}

/** In a group of its own: Control-C is for the command, which then ends all it has started. */
function startServer({ port, ffmpeg }: Options, data: string): ChildProcess {
  const place = ["--port", String(port), "--data", data, "--log-level", "warn"];
  const encoders = ["--ffmpeg", ffmpeg, "--rtmp-port", String(port + 3)];
  return chorus(["start", "--dev", ...encoders, ...place], "pipe");
}

function replayed(file: string, url: string): { close(): void } {
  const child = chorus(["replay", file, "--room", "demo", "--url", url], "ignore");
  return { close: () => void child.kill("SIGTERM") };
}

function chorus(words: readonly string[], stdout: "pipe" | "ignore"): ChildProcess {
  const nodeFlags = ["--disable-warning=ExperimentalWarning"];
  return spawn(process.execPath, [...nodeFlags, main, ...words], {
    stdio: ["ignore", stdout, "inherit"],
    detached: true,
  });
}

async function isOpen(server: ChildProcess, signal: AbortSignal): Promise<boolean> {
  if (server.stdout === null) return false;
  for await (const line of createInterface({ input: server.stdout, signal })) {
    if (!line.startsWith("Chorus is open at")) continue;
    server.stdout.resume();
    return true;
  }
  return false;
}

/**
 * Until it is interrupted. An encoder that ends is started again, as an encoder in a studio would be; while a host of flesh and
 * blood sends, or has made a key of their own, it stays away.
 */
async function broadcast({ ffmpeg }: Options, target: Target, signal: AbortSignal): Promise<void> {
  const api = await hostApi(target);
  await api("PUT", "ingest", { secondPublisher: "take-over" });
  const made = await api("POST", "ingest/key");
  if (!made.rtmp) {
    console.error(
      made.detail ?? "This server takes no RTMP, so there is no picture: see what it says above.",
    );
    return interrupted(signal);
  }
  const ours = (await api("GET", "ingest")).key?.made;
  while (!signal.aborted) {
    const { state, key } = await api("GET", "ingest");
    if (state !== "live" && key?.made === ours) {
      const encoder = startTestEncoder({
        ffmpeg,
        url: `${made.rtmp.server}/${made.rtmp.key}`,
        format: "flv",
      });
      signal.addEventListener("abort", encoder.stop, { once: true });
      const how = await endOf(encoder.process);
      signal.removeEventListener("abort", encoder.stop);
      if (how === "missing") {
        console.error(
          "There is no ffmpeg here, so there is no picture: install ffmpeg, or name it with --ffmpeg.",
        );
        return interrupted(signal);
      }
    }
    await pause(encoderPauseMs, signal);
  }
}

type Ingest = {
  state?: string;
  key?: { made: number } | null;
  rtmp?: { server: string; key: string } | null;
  detail?: string;
};

/** What a host does on the port of pictures. */
async function hostApi(
  target: Target,
): Promise<(method: string, path: string, body?: object) => Promise<Ingest>> {
  const { url: media } = (await (await fetch(`${target.url}/v1/media`)).json()) as { url: string };
  return async function ask(method, path, body) {
    const authorization = `Bearer ${await tokenFor(target, host)}`;
    const at = `${media}/v1/rooms/${target.room}/${path}`;
    const json = { authorization, "content-type": "application/json" };
    const answer = await (body === undefined
      ? fetch(at, { method, headers: { authorization } })
      : fetch(at, { method, headers: json, body: JSON.stringify(body) }));
    return (await answer.json()) as Ingest;
  };
}

function endOf(child: ChildProcess): Promise<"ended" | "missing"> {
  return new Promise((resolve) => {
    child.once("error", () => resolve("missing"));
    child.once("exit", () => resolve("ended"));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
