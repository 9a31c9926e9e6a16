import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServer, until } from "./running-server.ts";

const quiet = ["--gateways", "1", "--log-level", "silent"];
const main = join(import.meta.dirname, "../../server/main.ts");

test("O6.12 two servers never run on one data directory, whichever way they are started", async () => {
  using place = aPlace();
  const data = join(place.path, "a-name-that-is-longer-than-the-address-of-a-socket-may-be-".repeat(3));
  mkdirSync(data);
  for (const mode of [[], ["--single"]]) {
    await using first = await startServer({ data, args: [...quiet, ...mode] });
    for (const other of [[], ["--single"]]) {
      await using second = await startServer({ data, args: [...quiet, ...other] });
      assert.equal(second.process.exitCode, 1, second.said);
      assert.match(
        second.said,
        new RegExp(`^Another Chorus already runs on ${data}: stop it, or .*\\.$`, "m"),
      );
    }
    const file = join(place.path, `backup-${mode.length}`);
    assert.equal(chorus("backup", file, "--data", data).status, 0);
    assert.match(chorus("restore", file, "--data", data).stderr, /^Another Chorus already runs on /);
    const { findings } = JSON.parse(chorus("doctor", "--dev", "--data", data, "--json").stdout);
    assert.ok(JSON.stringify(findings).includes(`A Chorus runs on ${data}.`));
    assert.equal(await first.status("/healthz"), 200);
  }
});

test("O6.12 a keeper that was killed is started again on the data of its supervisor", async () => {
  using place = aPlace();
  await using server = await startServer({ data: place.path, args: quiet });
  const [killed] = server.pids("keeper");
  process.kill(killed ?? 0, "SIGKILL");
  const readyz = () => server.status("/readyz");
  await until(
    async () => !server.pids("keeper").includes(killed ?? 0) && (await readyz()) === 200,
    10_000,
    () => server.said,
  );
});

test("O6.13 after kill -9 of a supervisor another server may be started at once, on the same data and ports", async () => {
  using place = aPlace();
  await using server = await startServer({ data: place.path, args: quiet });
  const orphans = [...server.pids("keeper"), ...server.pids("gateway")];
  // A process that stands still for a moment is the last one to notice.
  for (const pid of orphans) process.kill(pid, "SIGSTOP");
  server.process.kill("SIGKILL");
  setTimeout(() => orphans.forEach((pid) => process.kill(pid, "SIGCONT")), 700);
  const port = ["--port", `${server.port}`];
  await using next = await startServer({ data: place.path, args: [...quiet, ...port] });
  assert.equal(next.process.exitCode, null, next.said);
  assert.equal(await server.status("/healthz"), 200);
  assert.equal(next.pids("keeper").length, 1);
});

test("O9.31 only its owner can read what a server keeps, and the directory that it makes", async () => {
  using place = aPlace();
  for (const mode of [[], ["--single"]]) {
    const data = join(place.path, `made-${mode.length}`, "data");
    await using server = await startServer({ data, args: [...quiet, ...mode] });
    assert.equal(server.data, data);
    for (const name of ["", "lock", "log.sqlite", "log.sqlite-wal", "log.sqlite-shm"]) {
      assert.equal(statSync(join(data, name)).mode & 0o077, 0, name);
    }
    const file = join(place.path, `backup-${mode.length}`);
    assert.equal(chorus("backup", file, "--data", data).status, 0);
    const restored = join(place.path, `restored-${mode.length}`);
    assert.equal(chorus("restore", file, "--data", restored).status, 0);
    for (const path of [file, restored, join(restored, "log.sqlite")]) {
      assert.equal(statSync(path).mode & 0o077, 0, path);
    }
  }
});

function chorus(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
}

function aPlace(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "chorus-two-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
