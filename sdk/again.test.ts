import assert from "node:assert/strict";
import { test } from "node:test";
import { key as keyOf, seq, time } from "@chorus/protocol/ids.ts";
import type { Say } from "@chorus/protocol/requests.ts";
import {
  ack,
  after,
  type Client,
  close,
  demo,
  give,
  id,
  joined,
  message,
  range,
  receive,
  reconnect,
  refuse,
  roomOf,
  say,
  sent,
  texts,
  told,
} from "./client.fixture.ts";
import { createRoomHandle, type RoomHandle } from "./room-handle.ts";

/** The room as an application holds it. */
function handleOf(client: Client): RoomHandle {
  return createRoomHandle(client.machine, roomOf(client), {
    feed: (input) => give(client, input),
    submit(command) {
      give(client, { i: "commanded", command });
      return new Promise(() => {});
    },
  });
}

function saysIn(client: Client): Say[] {
  return sent(client).filter((request) => request.t === "say");
}

test("K3.27 a refused or failed message is said again under a new key, at the end like a new one", () => {
  const client = joined();
  const { room } = handleOf(client);
  receive(client, range(1, [message(1)]));
  const sayed = room.say("yes", { reply: id(1), mentions: [message(1).by], at: time(5) });
  refuse(client, sayed.key, "muted");
  receive(client, range(2, [message(2)]));
  assert.deepEqual(texts(client), ["m1", "yes", "m2"]);
  sent(client);
  const again = room.retry(sayed.key);
  assert.ok(again !== null && again.key !== sayed.key);
  assert.deepEqual(texts(client), ["m1", "m2", "yes"]);
  assert.equal(room.messages.at(-1)?.status, "pending");
  const { by } = message(1);
  assert.deepEqual(saysIn(client), [
    { t: "say", room: demo, key: again.key, text: "yes", reply: id(1), replySeq: 1, mentions: [by], at: 5 },
  ]);
  ack(client, again.key, 3);
  receive(client, range(3, [message(3, { text: "yes" })]));
  assert.deepEqual(texts(client), ["m1", "m2", "yes"]);
});

test("K3.27 what failed without an answer is said again too, and both are shown when both arrive", () => {
  const client = joined();
  const { room } = handleOf(client);
  const { key } = say(client, "hello");
  close(client, 1006);
  client.random = 0.999;
  after(client, 300_000);
  assert.equal(room.messages[0]?.status, "failed");
  reconnect(client);
  const again = room.retry(key);
  receive(client, range(1, [message(1, { text: "hello" })]));
  assert.ok(again !== null);
  ack(client, again.key, 2);
  receive(client, range(2, [message(2, { text: "hello" })]));
  ack(client, key, 1);
  assert.deepEqual(
    room.messages.map(({ text, seq, status }) => [text, seq, status]),
    [
      ["hello", seq(1), "confirmed"],
      ["hello", seq(2), "confirmed"],
    ],
  );
});

test("K3.28 a refused or failed message is taken from the list, and told", () => {
  const client = joined();
  const { room } = handleOf(client);
  const { key } = say(client, "hello");
  refuse(client, key, "muted");
  client.orders = [];
  assert.equal(room.discard(key), true);
  assert.deepEqual(texts(client), []);
  assert.deepEqual(
    told(client, "discarded").map((shown) => shown.key),
    [key],
  );
  assert.equal(room.discard(key), false);
});

test("K3.29 what is on its way, stored, another's or gone is neither said again nor discarded", () => {
  const client = joined();
  const { room } = handleOf(client);
  const [waiting, stored] = [say(client, "a"), say(client, "b")];
  ack(client, stored.key, 1);
  for (const key of [waiting.key, stored.key, keyOf("another-session:0")]) {
    assert.equal(room.retry(key), null);
    assert.equal(room.discard(key), false);
  }
  assert.deepEqual(texts(client), ["a", "b"]);
  refuse(client, waiting.key, "muted");
  room.leave();
  assert.equal(room.retry(waiting.key), null);
  assert.equal(room.discard(waiting.key), false);
});
