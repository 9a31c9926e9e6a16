import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { readConfig } from "../config.ts";
import { prepareData } from "../roles/paths.ts";
import { runSingle } from "../roles/single-process.ts";

const main = join(import.meta.dirname, "../main.ts");
const lineCount = 60;
const authors = 7;

/** A whole development server in this process. */
async function aServer(t: TestContext): Promise<{ url: string; place: string }> {
  const place = mkdtempSync(join(tmpdir(), "chorus-cli-"));
  const args = ["--dev", "--single", "--port", "0", "--data", join(place, "data"), "--log-level", "silent"];
  const config = readConfig(args, {});
  assert.ok(!("problems" in config));
  assert.equal(prepareData(config), null);
  const server = await runSingle(config);
  t.after(async () => {
    await server.stop();
    rmSync(place, { recursive: true });
  });
  return { url: server.url ?? "", place };
}

/** Seven people in bursts, one who says the same again and again, and a few lines of other kinds. */
function aChat(place: string): string {
  const lines = Array.from({ length: lineCount }, (_, i) => ({
    t_ms: Math.floor(i / 10) * 10_000 + (i % 3),
    kind: "chat",
    author: i % authors === 0 ? null : `singer-${i % authors}`,
    text: i % authors === 1 ? "Encore!" : `line ${i}`,
  }));
  const path = join(place, "chat.jsonl");
  const others = [
    { kind: "paid", t_ms: 4 },
    { kind: "delete_message", t_ms: 9 },
    { kind: "paid", t_ms: 11 },
  ];
  writeFileSync(path, [...lines, ...others].map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

type Chorus = {
  process: ChildProcess;
  /** A load says so when all its viewers are in the room. */
  entered: Promise<void>;
  /** It has heard that it is interrupted. */
  stopping: Promise<void>;
  ended: Promise<{ status: number | null; result: Record<string, unknown> }>;
};

function chorus(t: TestContext, ...args: string[]): Chorus {
  const child = spawn(process.execPath, [main, ...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { promise: stopping, resolve: stop } = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.startsWith("Stopping")) stop();
    if (line.endsWith("viewers are in the room.")) enter();
  });
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(([status]) => ({
    status,
    result: JSON.parse(lines.at(-1) ?? "null"),
  }));
  return { process: child, entered, stopping, ended };
}

test("X9.30 a replay says every line once through its author's own connection, and each viewer of a load gets all of it", async (t) => {
  const { url, place } = await aServer(t);
  const path = aChat(place);
  const target = ["--room", "demo", "--url", url];
  const load = chorus(t, "load", "--viewers", "5", "--rate", "0", "--seconds", "600", ...target);
  await load.entered;
  const replay = await chorus(t, "replay", path, "--speed", "100", ...target).ended;
  load.process.kill("SIGINT");
  const { status, result } = await load.ended;

  const { seconds, ackMs, ...counts } = replay.result;
  assert.deepEqual(
    [replay.status, counts],
    [
      0,
      {
        sent: lineCount,
        acked: lineCount,
        held: 0,
        refused: {},
        failed: 0,
        failures: {},
        skipped: { paid: 2, delete_message: 1 },
        authors: authors - 1 + Math.ceil(lineCount / authors),
      },
    ],
  );
  assert.ok(Number(seconds) >= 0.5 && ackMs !== null);
  const { receiveMs: _receive, publishMs: _publish, ...received } = result;
  assert.deepEqual(
    [status, received],
    [
      130,
      {
        viewers: 5,
        expected: 5 * lineCount,
        delivered: 5 * lineCount,
        lost: 0,
        shed: 0,
        doubled: 0,
        outOfOrder: 0,
        gaps: 0,
        reconnects: 0,
        slowestReconnectMs: 0,
        said: { sent: 0, acked: 0, refused: {}, failed: 0, unheard: 0 },
        interrupted: true,
      },
    ],
  );
});

test("X9.31 without the replay grant the room refuses as it does people, and the sum is the same", async (t) => {
  const { url, place } = await aServer(t);
  const target = ["--room", "demo", "--url", url];
  const { status, result } = await chorus(
    t,
    "replay",
    aChat(place),
    "--speed",
    "100",
    "--no-grant",
    "--connections",
    "3",
    ...target,
  ).ended;
  const refused = Object.values(result["refused"] ?? {}).reduce((sum, one) => sum + Number(one), 0);
  assert.equal(status, 0);
  assert.deepEqual(
    [result["sent"], Number(result["acked"]) + refused, result["failed"]],
    [lineCount, lineCount, 0],
  );
  assert.ok(refused > 0 && JSON.stringify(result["refused"]).includes("duplicate"), JSON.stringify(result));
});

test("X9.32 what cannot be reached, joined or signed for is said in one sentence, with status 1", async (t) => {
  const { url, place } = await aServer(t);
  const key = join(place, "key");
  writeFileSync(key, "a key that this server has never heard of");
  const path = aChat(place);
  const runs = [
    chorus(t, "replay", path, "--room", "demo", "--url", "http://127.0.0.1:1"),
    chorus(t, "replay", path, "--room", "nowhere", "--url", url),
    chorus(t, "load", "--room", "demo", "--url", url, "--signing-key-file", key),
  ];
  const ended = await Promise.all(runs.map(({ ended }) => ended));
  assert.deepEqual(
    ended.map(({ status }) => status),
    [1, 1, 1],
  );
  const [unreachable, missing, unbelieved] = ended.map(({ result }) => String(result["failure"]));
  assert.match(unreachable ?? "", /^No Chorus answers at http:\/\/127\.0\.0\.1:1: /);
  assert.equal(missing, "There is no room nowhere there.");
  assert.match(
    unbelieved ?? "",
    /refuses the connection \(code 4300\): give its signing key with --signing-key-file/,
  );
});

test("X9.33 what is interrupted tells what it has counted, says that it is not whole, and ends as its signal does", async (t) => {
  const { url, place } = await aServer(t);
  const target = ["--room", "demo", "--url", url];
  const replay = chorus(t, "replay", aChat(place), "--speed", "1", ...target);
  const load = chorus(t, "load", "--viewers", "1", "--rate", "0", "--seconds", "600", ...target);
  await load.entered;
  while (!(await (await fetch(`${url}/v1/rooms/demo/history`)).text()).includes('"line 0"')) await tick();
  replay.process.kill("SIGTERM");
  load.process.kill("SIGTERM");
  const ended = await Promise.all([replay.ended, load.ended]);
  assert.deepEqual(
    ended.map(({ status, result }) => [status, result["interrupted"]]),
    [
      [143, true],
      [143, true],
    ],
  );
  const [said] = ended;
  assert.ok(Number(said?.result["sent"]) < lineCount && said?.result["sent"] === said?.result["acked"]);
});

test("X9.33 so does what is interrupted before it has begun", async (t) => {
  const silent = createServer().listen(0, "127.0.0.1");
  t.after(() => silent.close());
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const load = chorus(t, "load", "--room", "demo", "--url", `http://127.0.0.1:${port}`);
  const [socket] = (await once(silent, "connection")) as [Socket];
  load.process.kill("SIGINT");
  await load.stopping;
  socket.destroy();
  const { status, result } = await load.ended;
  assert.deepEqual([status, Object.keys(result)], [130, ["failure", "interrupted"]]);
});

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
