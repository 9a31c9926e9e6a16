import assert from "node:assert/strict";
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { startServer, until } from "./running-server.ts";
import { join, shownBy } from "./people.ts";

const texts = 90;
const quiet = ["--gateways", "1", "--log-level", "error"];

test("R3.22 a log that was damaged while nobody looked stops no process: health is well, and the log says what to do", async () => {
  using folder = aFolder();
  writeFileSync(joinPath(folder.path, "log.sqlite"), "this was a log ".repeat(10_000));
  await using server = await startServer({ data: folder.path, args: quiet });
  const pids = [...server.pids("keeper"), ...server.pids("gateway")];
  using ada = join(server.port, "ada");
  ada.say("is anybody there?");
  await until(
    () => server.said.includes("The log failed."),
    10_000,
    () => server.said,
  );
  assert.equal(await server.status("/healthz"), 200);
  assert.match(server.said, /log\.sqlite: [^"]*\b(backup|restore)\b/i);
  assert.deepEqual([...server.pids("keeper"), ...server.pids("gateway")], pids);
  assert.equal(ada.room.state === "live", false);
});

test("R3.22 a log that is damaged while people talk stops no process, and whoever is there reads on", async () => {
  using folder = aFolder();
  await fillLog(folder.path);
  await using server = await startServer({ data: folder.path, args: quiet });
  using ada = join(server.port, "ada");
  await until(
    () => ada.room.state === "live",
    10_000,
    () => server.said,
  );
  overwrite(joinPath(folder.path, "log.sqlite"));
  const [killed] = server.pids("keeper");
  process.kill(killed ?? 0, "SIGKILL");
  ada.say("is anybody there?");
  using late = join(server.port, "late");
  await until(
    () => server.said.includes("The log failed."),
    30_000,
    () => `${ada.room.state} ${late.room.state} ${server.said}`,
  );
  const pids = [...server.pids("keeper"), ...server.pids("gateway")];
  await until(
    () => ada.room.state === "paused" && late.room.state !== "joining",
    10_000,
    () => `${ada.room.state} ${late.room.state}`,
  );
  assert.equal(shownBy(ada).length, texts);
  assert.equal(await server.status("/healthz"), 200);
  assert.match(server.said, /log\.sqlite: [^"]*\b(backup|restore)\b/i);
  assert.deepEqual(
    [...server.pids("keeper"), ...server.pids("gateway")],
    pids,
    "the keeper was started again once",
  );
});

/** A log that has been closed: everything is in its one file. */
async function fillLog(data: string): Promise<void> {
  await using server = await startServer({ data, args: quiet });
  using ada = join(server.port, "ada");
  for (let i = 0; i < texts; i++) ada.say(`${i} ${"x".repeat(400)}`);
  await until(
    () => shownBy(ada).length === texts,
    20_000,
    () => server.said,
  );
}

/** All but the first page, so that it still looks like a database. */
function overwrite(path: string): void {
  const file = openSync(path, "r+");
  const { size } = statSync(path);
  const noise = new Uint8Array(4_096).fill(0xa5);
  for (let at = 4_096; at < size; at += noise.length) writeSync(file, noise, 0, noise.length, at);
  fsyncSync(file);
  closeSync(file);
}

function aFolder(): Disposable & { path: string } {
  const path = mkdtempSync(joinPath(tmpdir(), "chorus-damage-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
