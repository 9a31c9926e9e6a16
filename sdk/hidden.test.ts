import assert from "node:assert/strict";
import { test } from "node:test";
import { seq, time } from "@chorus/protocol/ids.ts";
import type { Join } from "@chorus/protocol/requests.ts";
import * as bounds from "./bounds.ts";
import {
  after,
  type Client,
  give,
  joined,
  joinedFrame,
  message,
  range,
  receive,
  sent,
  texts,
} from "./client.fixture.ts";

function joins(client: Client): Join[] {
  return sent(client).filter((request) => request.t === "join");
}

test("K2.28 a tab that is hidden for a while is content with totals, and is brought up to date when it is looked at", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  give(client, { i: "hidden" });
  joins(client);
  after(client, bounds.restAfterMs - 1);
  give(client, { i: "shown" });
  after(client, bounds.restAfterMs);
  assert.deepEqual(joins(client), []);
  receive(client, { t: "beat", time: time(1) });
  give(client, { i: "hidden" });
  after(client, bounds.restAfterMs);
  assert.deepEqual(
    joins(client).map(({ seq, hidden }) => [seq, hidden]),
    [[1, true]],
  );
  receive(client, joinedFrame({ how: "resumed", seq: seq(3) }));
  give(client, { i: "shown" });
  assert.deepEqual(
    joins(client).map(({ seq, hidden }) => [seq, hidden]),
    [[1, undefined]],
  );
  receive(client, joinedFrame({ how: "resumed", seq: seq(3) }));
  receive(client, range(2, [message(2), message(3)]));
  assert.deepEqual(texts(client), ["m1", "m2", "m3"]);
});
