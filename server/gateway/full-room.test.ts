import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "./client.fixture.ts";
import { crowdEveryMs } from "./crowd.ts";
import { aStage } from "./stage.fixture.ts";

function isIn(client: Client): boolean {
  return client.all("joined").length === 1 && client.all("left").length === 0;
}

test("C8.60 a full room turns viewers away for now, lets staff in, and others as soon as there is room", () => {
  const stage = aStage({ caps: { perRoom: 2 } });
  stage.addRoom("other");
  const [ada, bob] = [stage.enters("ada"), stage.enters("bob")];
  const eve = stage.enters("eve");
  assert.deepEqual([isIn(ada), isIn(bob), eve.closed], [true, true, null]);
  const { reason, retryMs = 0 } = eve.last("left");
  assert.equal(reason, "unavailable");
  assert.ok(retryMs >= 5_000 && retryMs <= 10_000, `${retryMs}`);
  assert.ok(stage.noted.includes("limit connectionsPerRoomMax"));
  assert.ok(isIn(stage.enters("mo", "moderator")));
  assert.ok(isIn(stage.enters("hal", "host")));
  eve.joins(undefined, "other");
  assert.equal(eve.last("joined").room, "other");
  ada.joins();
  assert.equal(ada.all("left").length, 0, "who is in may join anew");
  bob.vanishes();
  eve.joins();
  assert.equal(eve.last("joined").room, "demo");
});

test("C8.61 the viewers of a room are counted over all gateways, and room is made when one goes", () => {
  const stage = aStage({ caps: { perRoom: 3, gateways: 2 } });
  const other = stage.addGateway().gateway;
  const inside = [stage.enters("a"), stage.enters("b"), stage.enters("c", "viewer", { gateway: other })];
  assert.ok(inside.every(isIn));
  stage.passes(2 * crowdEveryMs);
  for (const gateway of [stage.gateway, other])
    assert.equal(stage.enters("late", "viewer", { gateway }).last("left").reason, "unavailable");
  inside[0]?.vanishes();
  stage.passes(2 * crowdEveryMs);
  assert.ok(isIn(stage.enters("next", "viewer", { gateway: other })));
});
