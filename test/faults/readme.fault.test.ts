import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { startServer, until } from "./running-server.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const example = readFileSync(join(root, "examples/hello.ts"), "utf8");

test("X1.1 the snippet of README.md is the file of examples, and says and hears something at `bin/start --dev`", async () => {
  assert.equal(blockAfter("## Ten lines of SDK", "ts"), example);
  await using server = await startServer({ args: ["--single", "--log-level", "silent"] });
  const program = example.replaceAll("127.0.0.1:8080", `127.0.0.1:${server.port}`);
  const one = aProgram(program);
  await until(
    () => one.said.includes("Ada: Hello!\n"),
    5_000,
    () => one.said,
  );
  one.process.kill("SIGKILL");
  assert.match(one.said, /^connecting\nlive\n/);
});

test("X1.2 the snippet says so where nobody answers", async () => {
  const one = aProgram(example.replaceAll("127.0.0.1:8080", "127.0.0.1:1"));
  await until(
    () => one.said.includes("reconnecting\n"),
    5_000,
    () => one.said,
  );
  one.process.kill("SIGKILL");
});

test("X1.3 the addresses that README.md names for browsers are served", async () => {
  await using server = await startServer({ args: ["--single", "--log-level", "silent"] });
  const [, address = ""] = /https:\/\/live\.example(\/\S+\.ts)/.exec(readme) ?? [];
  const answer = await fetch(`http://127.0.0.1:${server.port}${address}`);
  assert.equal(answer.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(await answer.text(), /export function connect\(/);
});

test("X1.4 the commands of README.md for production work one after the other as they are typed", async () => {
  using place = aPlace();
  const [key = "", start = "", ...others] = blockAfter("## In production", "sh").trim().split("\n");
  assert.equal(sh(place.path, key).status, 0, key);
  assert.equal(statSync(join(place.path, "chorus.key")).mode & 0o777, 0o600);
  const [, flags = ""] = /^bin\/start (.*)$/.exec(start) ?? [];
  const words = flags.split(" ").map((word) => word.replace("chorus.key", join(place.path, "chorus.key")));
  assert.deepEqual(words.slice(0, 2), ["--data", "/var/lib/chorus"]);
  await using server = await startServer({ production: true, args: [...words.slice(2), "--single"] });
  assert.equal(server.process.exitCode, null, server.said);
  const outcomes = others.map((line) => sh(place.path, line, server.port));
  for (const { status, stderr } of outcomes) assert.equal(status, 0, stderr);
  const token = outcomes.at(-1)?.stdout.trim();
  const answer = await fetch(`http://127.0.0.1:${server.port}/v1/rooms/demo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200, await answer.text());
});

/** The code of a heading's first block. */
function blockAfter(heading: string, language: string): string {
  const [, section = ""] = readme.split(`${heading}\n`);
  const [, block = ""] = section.split(`\`\`\`${language}\n`);
  return block.split("```")[0] ?? "";
}

/** Runs in a folder of its own, where `bin` is that of this tree. OpenSSL is not what is tested, and may be missing. */
function sh(
  place: string,
  line: string,
  port = 0,
): { status: number | null; stdout: string; stderr: string } {
  const openssl = join(place, "openssl");
  writeFileSync(openssl, "#!/bin/sh\nhead -c 48 /dev/urandom | base64\n");
  chmodSync(openssl, 0o755);
  return spawnSync("sh", ["-euc", line.replace(/^bin\//, `${root}/bin/`)], {
    cwd: place,
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${place}${delimiter}${process.env["PATH"]}`,
      CHORUS_PRIVATE_PORT: `${port + 1}`,
    },
  });
}

function aProgram(text: string): { process: ChildProcess; readonly said: string } {
  const child = spawn(process.execPath, ["--input-type=module-typescript"], { cwd: root });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => (said += more));
  }
  child.stdin.end(text);
  return {
    process: child,
    get said() {
      return said;
    },
  };
}

function aPlace(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "chorus-readme-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
