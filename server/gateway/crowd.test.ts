import assert from "node:assert/strict";
import { test } from "node:test";
import { toCrowd } from "../messages.ts";
import { type Client, openClient } from "./client.fixture.ts";
import { crowdEveryMs, crowdKeptMs, crowdSoonMs, crowdToldMax } from "./crowd.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import type { Gateway } from "./state.ts";

const address = "192.0.2.7";

function threeGateways(perAddress: number, perPerson: number): { stage: Stage; gateways: Gateway[] } {
  const stage = aStage({ caps: { perAddress, perPerson, gateways: 3 } });
  return { stage, gateways: [stage.gateway, stage.addGateway().gateway, stage.addGateway().gateway] };
}

function isIn({ closed }: Client): boolean {
  return closed === null;
}

test("C8.26 an address has so many connections at all gateways together, however they are spread", () => {
  for (const spread of [
    [5, 0, 0],
    [3, 1, 1],
    [2, 2, 1],
    [0, 1, 4],
  ]) {
    const { stage, gateways } = threeGateways(5, 100);
    let name = 0;
    for (const [i, count] of spread.entries())
      for (let n = 0; n < count; n++)
        assert.ok(
          isIn(stage.connects(`${name++}`, "viewer", { gateway: gateways[i] ?? stage.gateway, address })),
        );
    stage.passes(2 * crowdSoonMs);
    for (const gateway of gateways) {
      assert.equal(openClient(gateway, stage.settles, address).closed, "tooManyConnections", `${spread}`);
      assert.ok(isIn(stage.connects("other", "viewer", { gateway, address: "192.0.2.8" })));
    }
  }
});

test("C8.26 a person has so many connections at all gateways together, and room again when one ends", () => {
  const { stage, gateways } = threeGateways(100, 4);
  const [first = stage.gateway, second = stage.gateway, third = stage.gateway] = gateways;
  const ada = [first, first, second, third].map((gateway) => stage.connects("ada", "viewer", { gateway }));
  assert.ok(ada.every(isIn));
  stage.passes(2 * crowdEveryMs);
  for (const gateway of gateways) {
    assert.equal(stage.connects("ada", "viewer", { gateway }).closed, "tooManyConnections");
    assert.ok(isIn(stage.connects("eve", "viewer", { gateway })));
  }
  assert.ok(stage.noted.includes("limit connectionsPerPersonMax"));
  ada[0]?.vanishes();
  stage.passes(2 * crowdEveryMs);
  assert.ok(isIn(stage.connects("ada", "viewer", { gateway: third })));
});

test("C8.27 a gateway that is gone counts no more", () => {
  const stage = aStage({ caps: { perAddress: 2, gateways: 2 } });
  const other = stage.addGateway();
  for (const name of ["a", "b"]) stage.connects(name, "viewer", { gateway: other.gateway, address });
  stage.passes(crowdEveryMs);
  other.dies();
  assert.equal(openClient(stage.gateway, stage.settles, address).closed, "tooManyConnections");
  stage.passes(crowdKeptMs + 2 * crowdEveryMs);
  assert.ok(isIn(stage.connects("c", "viewer", { address })));
  assert.equal(stage.gateway.crowd.others.size, 0);
});

test("C8.28 nothing is told of those who have less than an even share, and at most so many are told of", () => {
  const stage = aStage({ caps: { perAddress: 9, gateways: 3 } });
  for (const name of ["a", "b"]) stage.connects(name, "viewer", { address });
  stage.passes(5 * crowdEveryMs);
  assert.equal(stage.bus.sent(toCrowd, "crowd"), 0);
  for (let i = 0; i <= crowdToldMax; i++) stage.gateway.addresses.set(`${i}`, 3);
  let told = 0;
  stage.bus.connect().subscribe(toCrowd, ({ head }) => {
    told = (head as { addresses: unknown[] }).addresses.length;
  });
  stage.passes(crowdEveryMs);
  assert.equal(told, crowdToldMax);
  assert.ok(stage.noted.includes("limit crowdToldMax"));
  stage.gateway.addresses.clear();
  stage.passes(5 * crowdEveryMs);
  assert.equal(told, 0);
});
