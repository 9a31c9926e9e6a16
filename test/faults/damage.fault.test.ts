import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { join } from "./people.ts";
import { startServer, until } from "./running-server.ts";

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

function aFolder(): Disposable & { path: string } {
  const path = mkdtempSync(joinPath(tmpdir(), "chorus-damage-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
