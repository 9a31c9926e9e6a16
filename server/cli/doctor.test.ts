import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { epoch, roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { openSqliteLog } from "../log/sqlite-log.ts";
import { lockData } from "../roles/data-lock.ts";
import { logPath } from "../roles/paths.ts";
import { checkRunning } from "./doctor.ts";
import { checkLog } from "./doctor-log.ts";
import {
  checkClock,
  checkData,
  checkFiles,
  checkNode,
  diskFinding,
  openFilesLimit,
} from "./doctor-machine.ts";
import { checkPorts } from "./doctor-ports.ts";

function aPlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), "chorus-doctor-"));
  t.after(() => rmSync(place, { recursive: true }));
  return place;
}

async function aPort(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const healthy: RequestListener = (_request, response) => response.end('{"ok":true}');

test("X9.50 each finding is ok, a warning or a failure, in a sentence that says what to do", () => {
  assert.deepEqual([checkNode(process.version).state, checkNode("v20.1.0").state], ["ok", "fail"]);
  const gibibyte = 1024 ** 3;
  assert.deepEqual(
    [gibibyte, gibibyte - 1, 1].map((bytes) => diskFinding(bytes).state),
    ["ok", "warn", "fail"],
  );
  const files = [null, limits.connectionsMax + 100, limits.connectionsMax, 10].map(checkFiles);
  assert.deepEqual(
    files.map(({ state }) => state),
    ["ok", "ok", "warn", "warn"],
  );
  assert.match(files[3]?.says ?? "", /^10 open files a process hold about 0 connections/);
  const limit = openFilesLimit();
  assert.ok(limit === null || limit > 0);
});

test("X9.51 a clock that is plainly wrong fails, a log from the future is a warning", () => {
  const now = Date.UTC(2027, 5, 1);
  assert.equal(checkClock(now, null).state, "ok");
  assert.equal(checkClock(now, now + 5_000).state, "ok");
  assert.equal(checkClock(now, now + 5_001).state, "warn");
  assert.equal(checkClock(0, null).state, "fail");
});

test("X9.52 the data directory may be missing, not be a file; the log may be missing, not be damaged", (t) => {
  const dataDir = aPlace(t);
  assert.match(checkData(dataDir).says, /can be written\.$/);
  assert.deepEqual(
    [checkData(join(dataDir, "a", "b")).state, checkLog(join(dataDir, "a")).state],
    ["ok", "ok"],
  );
  const log = openSqliteLog(logPath({ dataDir }));
  log.create(roomId("demo"), epoch("epoch-1"), ({ ok }) => assert.ok(ok));
  const { state, says, newest } = checkLog(dataDir);
  assert.deepEqual([state, newest], ["ok", null]);
  assert.match(says, /is sound: 1 room, /);
  log.close();
  writeFileSync(logPath({ dataDir }), "no database ".repeat(500));
  assert.equal(checkLog(dataDir).state, "fail");
  assert.equal(checkData(logPath({ dataDir })).state, "fail");
});

test("X9.55 whether a Chorus runs on the data directory is told", (t) => {
  const dataDir = aPlace(t);
  const nobody = { check: "running", state: "ok", says: `No Chorus runs on ${dataDir}.` };
  assert.deepEqual(checkRunning(dataDir), nobody);
  const locked = lockData(dataDir);
  assert.ok("lock" in locked);
  assert.deepEqual(checkRunning(dataDir), { ...nobody, says: `A Chorus runs on ${dataDir}.` });
  locked.lock[Symbol.dispose]();
  assert.deepEqual(checkRunning(dataDir), nobody);
  writeFileSync(join(dataDir, "lock"), "something else ".repeat(100));
  assert.equal(checkRunning(dataDir).state, "fail");
});

async function states(port: number, privatePort: number): Promise<string[]> {
  const findings = await checkPorts({ host: "0.0.0.0", port, privatePort });
  return findings.map(({ check, state }) => `${check} ${state}`);
}

test("X9.53 a port is free, answered by a Chorus, or taken by another program", async (t) => {
  const chorus = await aPort(t, healthy);
  const other = await aPort(t, (_request, response) => response.end("hello"));
  assert.deepEqual(await states(0, 0), ["port ok", "private port ok"]);
  assert.deepEqual(await states(chorus, 0), ["port ok", "private port ok", "ready warn"]);
  assert.deepEqual(await states(other, chorus), ["port fail", "private port ok", "ready ok"]);
});

test("X9.54 a Chorus that is not ready says why", async (t) => {
  const unready = await aPort(t, (request, response) => {
    if (request.url === "/healthz") return healthy(request, response);
    response.writeHead(503).end('{"title":"Unavailable","detail":"The keeper has been silent for 9 s."}');
  });
  const findings = await checkPorts({ host: "127.0.0.1", port: unready, privatePort: unready });
  assert.deepEqual(findings.at(-1), {
    check: "ready",
    state: "fail",
    says: "The Chorus there is not ready. The keeper has been silent for 9 s.",
  });
});
