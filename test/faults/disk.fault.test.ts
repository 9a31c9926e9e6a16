import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { canMount, type RunningServer, startServer, until } from "./running-server.ts";
import { join, shownBy } from "./people.ts";

const diskBytes = 12 * 1024 * 1024;

test("R3.21 on a full disk words wait, reading goes on, nothing crashes, and all is said once there is space", async () => {
  await using server = await startServer({ diskBytes, args: ["--gateways", "1", "--log-level", "error"] });
  using ada = join(server.port, "ada");
  using eve = join(server.port, "eve");
  await until(
    () => ada.room.state === "live" && eve.room.state === "live",
    10_000,
    () => server.said,
  );
  const pids = [...server.pids("keeper"), ...server.pids("gateway")];
  ada.say("before");
  await until(
    () => shownBy(eve).length === 1,
    5_000,
    () => server.said,
  );

  fillDisk(server);
  const text = "x".repeat(480);
  for (let i = 0; i < 40; i++) {
    ada.say(`${i} ${text}`);
    eve.say(`${i} ${text}`);
  }
  await until(
    () => server.said.includes("The log failed."),
    10_000,
    () => server.said.slice(-2_000),
  );
  assert.ok(ada.unanswered + eve.unanswered > 0, "some of it waits");
  assert.equal(await server.status("/healthz"), 200);
  using late = join(server.port, "late");
  await until(
    () => late.room.state === "live",
    10_000,
    () => server.said.slice(-2_000),
  );
  assert.equal(shownBy(late)[0]?.text, "before");
  assert.ok(ada.room.state === "live" && eve.room.state === "live", "nobody was thrown out");

  freeSpace(server);
  await until(
    () => ada.unanswered + eve.unanswered === 0,
    30_000,
    () => server.said.slice(-2_000),
  );
  for (const { outcomes } of [ada, eve]) {
    for (const outcome of outcomes) assert.equal(outcome.status, "confirmed", JSON.stringify(outcome));
  }
  await until(
    () => [ada, eve, late].every((person) => shownBy(person).length === 81),
    5_000,
    () => `${shownBy(late).length}`,
  );
  assert.deepEqual(
    [...server.pids("keeper"), ...server.pids("gateway")],
    pids,
    "no process was started again",
  );
});

/** The server's folder as its own processes see it, disk and all. */
function ballast(server: RunningServer): string {
  return `/proc/${server.process.pid}/root${server.data}/ballast`;
}

/** Where a disk of its own is not allowed, a file that may not grow is the next best. */
function fillDisk(server: RunningServer): void {
  if (!canMount) return limitFiles(server, "4096");
  for (let bytes = 64 * 1024; bytes >= 1024; bytes /= 2) {
    try {
      for (;;) writeFileSync(ballast(server), new Uint8Array(bytes), { flag: "a" });
    } catch {
      // It is full down to this size.
    }
  }
}

function freeSpace(server: RunningServer): void {
  if (canMount) rmSync(ballast(server));
  else limitFiles(server, "unlimited");
}

function limitFiles(server: RunningServer, bytes: string): void {
  for (const pid of server.pids("keeper")) {
    const { status } = spawnSync("prlimit", ["--pid", `${pid}`, `--fsize=${bytes}:unlimited`]);
    assert.equal(status, 0);
  }
}
