import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { aStack } from "../api/api-stack.fixture.ts";
import { startPrivateApi } from "../api/private-api.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { revokePerson } from "./revoke.ts";

test("X9.63 tokens are called back through the private port, and the command says of when they are void", async () => {
  await using stack = await aStack();
  const { bus, clock, log, mintId, keeper } = stack;
  const metrics = createMetrics("keeper");
  const api = await startPrivateApi({ port: 0, bus, clock, log, metrics, mintId, loaded: keeper.rooms });
  const person = "https://id.example/u/17";
  const done = await revokePerson({ port: api.port, person });
  assert.deepEqual(done, {
    status: 0,
    result: { person, revokedBefore: clock.now() },
    summary: [`What was issued to ${person} before ${new Date(clock.now()).toISOString()} is void.`],
  });
  assert.deepEqual(await revokePerson({ port: stack.port, person }), {
    failure: `${stack.port} is the public port of a Chorus: give the private one with --private-port, which is the next unless \`start\` was told otherwise.`,
  });
  metrics.stop();
  await api.close();
  assert.deepEqual(await revokePerson({ port: api.port, person }), {
    failure: `No Chorus answers at port ${api.port} of this machine: start one, or give its private port with --private-port.`,
  });
});

test("X9.63 an id that nobody can have is told before anything is asked", () => {
  const main = join(import.meta.dirname, "../main.ts");
  const { status, stderr } = spawnSync(process.execPath, [main, "revoke", "two words"], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.equal(
    stderr.trim(),
    'PERSON must be 1 to 128 visible ASCII characters without blanks, not "two words".',
  );
});
