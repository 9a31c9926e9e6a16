import assert from "node:assert/strict";
import { test } from "node:test";
import { type Key, key as keyOf } from "@chorus/protocol/ids.ts";
import {
  ack,
  aClient,
  after,
  type Client,
  close,
  connected,
  demo,
  give,
  joined,
  joinedFrame,
  receive,
  reconnect,
  refuse,
  roomOf,
  say,
  sent,
  told,
  view,
} from "./client.fixture.ts";
import { takeKey } from "./pending.ts";

function sentTexts(client: Client): string[] {
  return sent(client).flatMap((request) => (request.t === "say" ? [request.text] : []));
}

function sentTaps(client: Client): Record<string, number>[] {
  return sent(client).flatMap((request) => (request.t === "react" ? [request.taps] : []));
}

function outcomes(client: Client): (string | undefined)[] {
  return told(client, "pending").map(({ outcome }) => outcome?.status);
}

function kept(client: Client): unknown {
  const effect = client.orders.findLast((effect) => effect.do === "keep" && effect.key === "pending:demo");
  return effect?.do === "keep" ? structuredClone(effect.value) : undefined;
}

test("K3.5 a command keeps its key over resends, and a second answer changes nothing", () => {
  const client = joined();
  const { key } = say(client, "hello");
  assert.deepEqual(sent(client), [{ t: "say", room: demo, key, text: "hello" }]);
  after(client, 10_000);
  assert.deepEqual(sent(client), [{ t: "say", room: demo, key, text: "hello" }]);
  ack(client, key, 1);
  ack(client, key, 1);
  after(client, 60_000 - 1);
  assert.deepEqual(sent(client), []);
  assert.deepEqual(outcomes(client), [undefined, "confirmed"]);
});

test("K3.6 after a reconnect all that waits is sent again in order, once the room is joined", () => {
  const client = joined();
  for (const text of ["a", "b", "c"]) say(client, text);
  sent(client);
  close(client, 1006);
  say(client, "d");
  assert.deepEqual(sentTexts(client), []);
  reconnect(client);
  assert.deepEqual(sentTexts(client), ["a", "b", "c", "d"]);
});

test("K3.7 refused for later, a command and all behind it wait, 1 s doubling to 8 s or as the server says", () => {
  const client = joined();
  const { key } = say(client, "a");
  sent(client);
  for (const waitMs of [1_000, 2_000, 4_000, 8_000, 8_000]) {
    refuse(client, key, "try-later");
    after(client, waitMs - 1);
    assert.deepEqual(sentTexts(client), []);
    after(client, 1);
    assert.deepEqual(sentTexts(client), ["a"]);
  }
  refuse(client, key, "busy", 3_000);
  say(client, "b");
  after(client, 2_999);
  assert.deepEqual(sentTexts(client), []);
  after(client, 1);
  assert.deepEqual(sentTexts(client), ["a", "b"]);
});

test("K3.22 many commands refused for later at once double the pause once", () => {
  const client = joined();
  const keys = ["a", "b", "c", "d"].map((text) => say(client, text).key);
  sent(client);
  for (const key of keys) refuse(client, key, "busy");
  after(client, 999);
  assert.deepEqual(sentTexts(client), []);
  after(client, 1);
  assert.deepEqual(sentTexts(client), ["a", "b", "c", "d"]);
  for (const key of keys) refuse(client, key, "busy");
  after(client, 2_000);
  assert.deepEqual(sentTexts(client), ["a", "b", "c", "d"]);
});

test("K3.8 any other refusal is final and carries the reason and the sentence", () => {
  const client = joined();
  const { key } = say(client, "a");
  refuse(client, key, "muted");
  assert.deepEqual(told(client, "pending").at(-1)?.outcome, {
    status: "refused",
    reason: "muted",
    sentence: "No.",
  });
  const shown = roomOf(client).fold.messages[0];
  assert.deepEqual([shown?.status, shown?.trouble?.reason], ["refused", "muted"]);
});

test("K3.9 what has no answer for five minutes has failed; an answer after that is still true", () => {
  const client = joined();
  const { key } = say(client, "a");
  close(client, 1006);
  client.random = 0.999;
  after(client, 299_999);
  assert.equal(outcomes(client).at(-1), undefined);
  after(client, 1);
  assert.equal(outcomes(client).at(-1), "failed");
  reconnect(client);
  ack(client, key, 1);
  assert.equal(roomOf(client).fold.messages[0]?.status, "confirmed");
});

test("K3.10 at most 100 commands wait in a room, at most 32 are on their way", () => {
  const client = joined();
  const keys: Key[] = [];
  for (let n = 0; n < 101; n++) keys.push(say(client, `${n}`).key);
  assert.equal(outcomes(client).filter((status) => status === "failed").length, 1);
  assert.equal(sent(client).length, 30);
  after(client, 200);
  assert.equal(sent(client).length, 2);
  after(client, 1_000);
  assert.equal(sent(client).length, 0);
  ack(client, keys[0] ?? keyOf(""), 1);
  assert.deepEqual(sentTexts(client), ["32"]);
});

test("K3.11 commands leave in a burst of at most 30 and then at most 15 in a second", () => {
  const client = joined();
  for (let n = 0; n < 90; n++) {
    const { key } = say(client, `${n}`);
    if (n < 30) ack(client, key, n);
  }
  assert.equal(sent(client).length, 30);
  after(client, 1_000);
  const second = sent(client).length;
  assert.ok(second >= 14 && second <= 15, `${second}`);
});

test("K3.12 nothing overtakes the oldest open command of a session by 64 counters", () => {
  const client = joined();
  const oldest = say(client, "oldest").key;
  for (let n = 1; n < 80; n++) {
    const { key } = say(client, `${n}`);
    after(client, 100);
    if (sentTexts(client).includes(`${n}`)) ack(client, key, n);
  }
  assert.equal(roomOf(client).queue.length, 1 + 16);
  ack(client, oldest, 1);
  assert.equal(sentTexts(client).length, 16);
});

test("K3.13 while the room is paused commands wait, and afterwards all that has no answer is sent again", () => {
  const client = joined();
  say(client, "a");
  receive(client, { t: "status", room: demo, sending: "paused" });
  say(client, "b");
  sent(client);
  after(client, 30_000);
  assert.deepEqual(sentTexts(client), []);
  receive(client, { t: "status", room: demo, sending: "open" });
  assert.deepEqual(sentTexts(client), ["a", "b"]);
});

test("K3.14 what waits survives a reload under its old keys; what is said afterwards has keys of a new session", () => {
  const before = joined({ keeps: true });
  const first = say(before, "a").key;
  say(before, "b");
  ack(before, first, 1);
  const client = connected({ keeps: true, session: "another-session-" });
  client.now += 5_000;
  give(client, { i: "entered", room: demo, kept: kept(before) });
  assert.deepEqual(
    roomOf(client).fold.messages.map((shown) => [shown.text, shown.status]),
    [["b", "pending"]],
  );
  say(client, "c");
  receive(client, joinedFrame());
  receive(client, view(0, []));
  const says = sent(client).filter((request) => request.t === "say");
  assert.deepEqual(
    says.map(({ key, text }) => [key, text]),
    [
      ["session-of-tests:1", "b"],
      ["another-session-:0", "c"],
    ],
  );
  for (const { key } of says) ack(client, key, 5);
  assert.equal(kept(client), null);
});

test("K3.15 a storage with anything else in it is not trusted", () => {
  const client = connected();
  const good = { request: { t: "say", room: "demo", key: "abcdefgh:1", text: "x" }, since: client.now };
  const bad = [
    null,
    1,
    "x",
    {},
    { request: good.request },
    { ...good, request: { ...good.request, key: "x" } },
  ];
  const foreign = { ...good, request: { ...good.request, room: "other" } };
  give(client, { i: "entered", room: demo, kept: [...bad, foreign, good, good] });
  assert.equal(roomOf(client).queue.length, 1);
  give(client, { i: "departed", room: demo });
  give(client, { i: "entered", room: demo, kept: "nonsense" });
  assert.equal(roomOf(client).queue.length, 0);
});

test("K3.16 a room that is left and joined again never hears a key twice", () => {
  const client = joined();
  const { key } = say(client, "a");
  give(client, { i: "departed", room: demo });
  assert.equal(outcomes(client).at(-1), "failed");
  give(client, { i: "entered", room: demo, kept: null });
  assert.notEqual(takeKey(client.machine), key);
});

test("K3.17 a text that could not be one frame is refused before it is sent", () => {
  const client = joined();
  say(client, "x".repeat(2_049));
  assert.deepEqual(sent(client), []);
  const outcome = told(client, "pending").at(-1)?.outcome;
  assert.equal(outcome?.status === "refused" ? outcome.reason : null, "too-long");
});

test("K3.18 a server that counts too many frames is left alone for as long as it says", () => {
  const client = joined();
  receive(client, { t: "refused", reason: "rate", sentence: "Slower.", retryMs: 2_000 });
  say(client, "a");
  after(client, 1_999);
  assert.deepEqual(sentTexts(client), []);
  after(client, 1);
  assert.deepEqual(sentTexts(client), ["a"]);
});

test("K3.19 taps are sent at most every 250 ms, at most 20 in a frame, and never twice", () => {
  const client = joined();
  const tap = (emoji: string) => give(client, { i: "tapped", room: demo, emoji });
  tap("🔥");
  for (let n = 0; n < 30; n++) tap(n % 2 === 0 ? "🔥" : "👏");
  after(client, 249);
  assert.deepEqual(sentTaps(client), [{ "🔥": 1 }]);
  after(client, 1);
  assert.deepEqual(sentTaps(client), [{ "🔥": 10, "👏": 10 }]);
  tap("🔥");
  close(client, 1006);
  tap("🔥");
  reconnect(client);
  after(client, 1_000);
  assert.deepEqual(sentTaps(client), []);
});

test("K3.31 taps are gathered for as long as the totals say, each client's own part of it, or until a frame is full", () => {
  const client = joined();
  const tap = (times: number) => {
    for (let n = 0; n < times; n++) give(client, { i: "tapped", room: demo, emoji: "🔥" });
  };
  const told = (v: number, gatherMs?: number) =>
    receive(client, { t: "tally", room: demo, v, viewers: 1, reactions: {}, ...(gatherMs && { gatherMs }) });
  const sentAfter = (ms: number) => {
    after(client, ms);
    return sentTaps(client).flatMap((taps) => Object.values(taps));
  };
  told(1, 2_000);
  client.random = 0.4;
  tap(3);
  assert.deepEqual([sentAfter(349), sentAfter(1)], [[], [3]], "the first ones together, too");
  tap(4);
  assert.deepEqual([sentAfter(1_474), sentAfter(1)], [[], [4]], "within two seconds");
  tap(20);
  tap(5);
  assert.deepEqual(
    [sentAfter(249), sentAfter(1)],
    [[], [20]],
    "what would not fit any more is not waited with",
  );
  told(2);
  after(client, 250);
  tap(1);
  assert.deepEqual(sentAfter(0), [1], "calm again");
});

test("K3.20 what is said before the room is joined waits for it", () => {
  const client = aClient();
  give(client, { i: "entered", room: demo, kept: null });
  say(client, "early");
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  assert.deepEqual(sentTexts(client), []);
  reconnect(client, { how: "fresh" });
  assert.deepEqual(sentTexts(client), ["early"]);
});
