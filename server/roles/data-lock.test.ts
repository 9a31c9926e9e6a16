import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { joinServer, lockData, occupantOf } from "./data-lock.ts";

const source = join(import.meta.dirname, "data-lock.ts");

function aPlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), "chorus-lock-"));
  t.after(() => rmSync(place, { recursive: true }));
  return place;
}

/** Another process that does this to the directory, says so, and stays. */
async function aProcess(t: TestContext, call: "lockData" | "joinServer", dataDir: string) {
  const program = `
    import { ${call} } from ${JSON.stringify(source)};
    ${call}(${JSON.stringify(dataDir)});
    console.log("held");
    setInterval(() => globalThis.gc(), 10);
  `;
  const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "-e", program]);
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return {
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

test("O6.12 a data directory is locked once, until the lock is given back or its process is killed", async (t) => {
  const dataDir = aPlace(t);
  assert.equal(occupantOf(dataDir), "nobody");
  assert.deepEqual(readdirSync(dataDir), [], "looking changes nothing");
  const own = lockData(dataDir);
  assert.ok("lock" in own);
  assert.equal(occupantOf(dataDir), "chorus");
  assert.ok("obstacle" in lockData(dataDir));
  own.lock[Symbol.dispose]();
  assert.equal(occupantOf(dataDir), "nobody");
  const other = await aProcess(t, "lockData", dataDir);
  assert.equal(occupantOf(dataDir), "chorus");
  assert.deepEqual(lockData(dataDir), {
    obstacle: `Another Chorus already runs on ${dataDir}: stop it, or choose another with --data.`,
  });
  await other.kill();
  assert.equal(occupantOf(dataDir), "nobody");
  assert.deepEqual(readdirSync(dataDir), ["lock"]);
});

test("O6.12 the processes of a server do not hinder one another", async (t) => {
  const dataDir = aPlace(t);
  await aProcess(t, "lockData", dataDir);
  const [one] = await Promise.all([aProcess(t, "joinServer", dataDir), aProcess(t, "joinServer", dataDir)]);
  await one.kill();
  await aProcess(t, "joinServer", dataDir);
  assert.equal(occupantOf(dataDir), "chorus");
});

test("O6.13 a lock waits for the processes of a server that was killed", async (t) => {
  const dataDir = aPlace(t);
  const orphan = await aProcess(t, "joinServer", dataDir);
  assert.ok("obstacle" in lockData(dataDir, 10));
  await orphan.kill();
  assert.ok("lock" in lockData(dataDir, 10));
});

test("O6.12 a lock that cannot be used is told with what to do, and left alone", (t) => {
  const dataDir = aPlace(t);
  const path = join(dataDir, "lock");
  writeFileSync(path, "something else ".repeat(100));
  const { obstacle } = { obstacle: "", ...lockData(dataDir) };
  assert.match(obstacle, /lock cannot be used \(.*\): change its owner, or delete it\.$/);
  assert.deepEqual(occupantOf(dataDir), { obstacle });
  assert.throws(() => joinServer(dataDir), { message: obstacle });
});
