import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, time } from "@chorus/protocol/ids.ts";
import { LogFailure, type LogReader } from "../log/log.ts";
import { type RevokeOutcome, toGateways } from "../messages.ts";
import { type Called, call } from "./calls.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import type { Gateway } from "./state.ts";

/** As the private port does it. */
function revokes(stage: Stage, person: string): () => Called<RevokeOutcome> | null {
  let outcome: Called<RevokeOutcome> | null = null;
  void call(stage.gateway, { m: "revoke", person: personId(person) }, 5_000).then((called) => {
    outcome = called;
  });
  stage.settles();
  return () => outcome;
}

function knows(gateway: Gateway, person: string): boolean {
  return gateway.revocations.isRevoked({ id: personId(person), issued: time(1) });
}

test("C2.63 what somebody has open ends at every gateway, and what others have and what is newer stays", () => {
  const stage = aStage();
  const other = stage.addGateway().gateway;
  const [here, there] = [stage.enters("eve"), stage.enters("eve", "viewer", { gateway: other })];
  const bob = stage.enters("bob");
  stage.passes(10);
  revokes(stage, "eve");
  assert.deepEqual([here.closed, there.closed, bob.closed], ["tokenRevoked", "tokenRevoked", null]);
  const again = stage.enters("eve");
  stage.bus.fate = () => "twice";
  stage.passes(2_000);
  assert.equal(again.closed, null);
  revokes(stage, "eve");
  assert.equal(again.closed, "tokenRevoked");
});

test("C2.66 a gateway that the message did not reach hears of it with the next pulse, and reads it from the log", () => {
  const stage = aStage();
  const eve = stage.enters("eve");
  stage.passes(10);
  stage.bus.fate = (subject, m) => (subject === toGateways && m === "revocation" ? "lost" : "arrives");
  revokes(stage, "eve");
  assert.equal(eve.closed, null);
  stage.passes(1_100);
  assert.equal(eve.closed, "tokenRevoked");
});

test("C2.66 what a keeper has stored before it died is known when the next one lives", () => {
  const stage = aStage();
  const eve = stage.enters("eve");
  stage.passes(10);
  stage.bus.fate = (subject, m) => (subject === toGateways && m === "revocation" ? "lost" : "arrives");
  revokes(stage, "eve");
  stage.keeperDies();
  stage.passes(3_000);
  assert.equal(eve.closed, null);
  stage.keeperStarts();
  assert.equal(eve.closed, "tokenRevoked");
  assert.ok(knows(stage.addGateway().gateway, "eve"), "a gateway that starts later reads it");
});

test("C2.65 C2.66 a gateway that cannot read the log is told nothing, and reads it again with each pulse", () => {
  const stage = aStage();
  revokes(stage, "eve");
  let broken = true;
  const { gateway } = stage.addGateway(unreadable(stage.log, () => broken));
  const told: boolean[] = [];
  gateway.revocations.whenTold((one) => told.push(one));
  stage.passes(1_500);
  assert.deepEqual(told, []);
  broken = false;
  stage.passes(1_100);
  assert.deepEqual([told, knows(gateway, "eve")], [[true], true]);
});

test("C2.69 what could not be stored is not told to anybody", async () => {
  const stage = aStage({
    keeperLog: (log) => ({ ...log, revoke: (_revoked, done) => done({ ok: false, failure }) }),
  });
  const eve = stage.enters("eve");
  stage.passes(10);
  const outcome = revokes(stage, "eve");
  stage.passes(2_000);
  await Promise.resolve();
  assert.deepEqual(outcome(), { ok: true, value: "unavailable" });
  assert.equal(eve.closed, null);
  assert.equal(stage.bus.sent(toGateways, "revocation"), 0);
});

const failure = new LogFailure("the disk is full");

function unreadable(log: LogReader, isBroken: () => boolean): LogReader {
  return {
    ...log,
    revocations: (done) => (isBroken() ? done({ ok: false, failure }) : log.revocations(done)),
  };
}
