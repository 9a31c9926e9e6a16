import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { epoch, seq, time } from "@chorus/protocol/ids.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import {
  after,
  close,
  demo,
  give,
  id,
  joined,
  joinedFrame,
  message,
  range,
  receive,
  reconnect,
  removal,
  roomOf,
  sent,
  texts,
  told,
  view,
} from "./client.fixture.ts";

function messages(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
}

function changed(n: number): EntryBody {
  return { k: "settings", id: id(n), time: time(n), settings: defaultRoomSettings };
}

test("K2.1 a range that continues the position is applied and moves it, whatever was shed inside", () => {
  const client = joined();
  receive(client, range(1, messages(1, 2)));
  receive(client, { ...range(3, [message(4)], 9), shed: 6, s: [seq(4)] });
  assert.deepEqual(texts(client), ["m1", "m2", "m4"]);
  assert.deepEqual(
    roomOf(client).fold.messages.map((shown) => shown.seq),
    [1, 2, 4],
  );
  assert.equal(roomOf(client).pos, 9);
});

test("K2.2 of a range that overlaps the position only what is new is applied", () => {
  const client = joined();
  receive(client, range(1, messages(1, 3)));
  receive(client, range(2, messages(2, 5)));
  receive(client, range(1, messages(1, 4)));
  assert.deepEqual(texts(client), ["m1", "m2", "m3", "m4", "m5"]);
  assert.equal(told(client, "message").length, 5);
  client.orders = [];
  receive(client, range(6, [changed(6)]));
  receive(client, range(6, [changed(6), changed(7)]));
  assert.equal(told(client, "settings").length, 2);
});

test("K2.3 a small hole is asked for at once, and what came early is shown after it in order", () => {
  const client = joined();
  receive(client, range(1, messages(1, 2)));
  receive(client, range(6, messages(6, 7)));
  assert.deepEqual(texts(client), ["m1", "m2"]);
  assert.deepEqual(sent(client), [{ t: "fill", room: demo, epoch: "first", from: 3, to: 5 }]);
  receive(client, range(8, messages(8, 8)));
  assert.deepEqual(sent(client), []);
  receive(client, range(3, messages(3, 5)));
  assert.deepEqual(texts(client), ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"]);
  assert.deepEqual(told(client, "gap"), []);
});

test("K2.4 a hole that is not filled within 100 ms is shown as a gap", () => {
  const client = joined();
  receive(client, range(3, messages(3, 3)));
  after(client, 99);
  assert.deepEqual(texts(client), []);
  after(client, 1);
  assert.deepEqual(texts(client), ["m3"]);
  assert.deepEqual(told(client, "gap"), [{ from: 1, to: 2, reason: "lost" }]);
  receive(client, range(1, messages(1, 2)));
  assert.deepEqual(texts(client), ["m3"]);
});

test("K2.5 a hole of 100 or more is a gap at once and not asked for", () => {
  const client = joined();
  receive(client, range(101, messages(101, 101)));
  assert.deepEqual(told(client, "gap"), [{ from: 1, to: 100, reason: "lost" }]);
  const other = joined();
  receive(other, range(100, messages(100, 100)));
  assert.deepEqual(told(other, "gap"), []);
  const fills = [...sent(client), ...sent(other)].filter((request) => request.t === "fill");
  assert.deepEqual(fills, [{ t: "fill", room: demo, epoch: "first", from: 1, to: 99 }]);
});

test("K2.6 two holes are asked for one by one and may be filled in any order", () => {
  const client = joined();
  receive(client, range(2, messages(2, 2)));
  receive(client, range(4, messages(4, 4)));
  assert.deepEqual(
    sent(client).map((fill) => (fill.t === "fill" ? fill.from : null)),
    [1, 3],
  );
  receive(client, range(3, messages(3, 3)));
  receive(client, range(1, messages(1, 1)));
  assert.deepEqual(texts(client), ["m1", "m2", "m3", "m4"]);
  assert.equal(roomOf(client).early.length, 0);
});

test("K2.7 what waits for a hole is bounded", () => {
  const client = joined();
  for (let n = 0; n < 65; n++) receive(client, range(2 + n, messages(2 + n, 2 + n)));
  assert.deepEqual(told(client, "gap"), [{ from: 1, to: 1, reason: "lost" }]);
  assert.equal(roomOf(client).pos, 66);
  assert.equal(roomOf(client).early.length, 0);
});

test("K2.8 a gap of the server is told, and the view after it replaces the list", () => {
  const client = joined();
  receive(client, range(1, messages(1, 2)));
  receive(client, { t: "gap", room: demo, from: seq(3), to: seq(50), reason: "too-many" });
  assert.equal(roomOf(client).phase, "catching-up");
  receive(client, view(50, [{ seq: 50, body: message(50) }]));
  assert.deepEqual(texts(client), ["m50"]);
  assert.deepEqual(told(client, "gap"), [{ from: 3, to: 50, reason: "too-many" }]);
  receive(client, range(51, messages(51, 51)));
  assert.deepEqual(texts(client), ["m50", "m51"]);
});

test("K2.9 a view from before the position changes nothing", () => {
  const client = joined();
  receive(client, range(1, messages(1, 5)));
  receive(client, view(3, [{ seq: 3, body: message(3) }]));
  assert.equal(roomOf(client).pos, 5);
  assert.deepEqual(texts(client), ["m1", "m2", "m3", "m4", "m5"]);
});

test("K2.10 in another epoch the position is dropped and the view starts the list anew", () => {
  const client = joined();
  receive(client, range(1, messages(1, 5)));
  close(client, 1006);
  reconnect(client, { epoch: epoch("second"), seq: seq(2), how: "gap" });
  receive(client, { t: "gap", room: demo, from: seq(1), to: seq(2), reason: "epoch" });
  receive(client, view(2, [{ seq: 1, body: message(1) }], { epoch: epoch("second") }));
  assert.equal(roomOf(client).pos, 2);
  assert.deepEqual(texts(client), ["m1"]);
});

test("K2.11 a resumed room is catching up until it is where the room was when it was joined", () => {
  const client = joined();
  receive(client, range(1, messages(1, 2)));
  close(client, 1006);
  reconnect(client, { seq: seq(4) });
  assert.equal(roomOf(client).phase, "catching-up");
  receive(client, range(3, messages(3, 4)));
  assert.equal(roomOf(client).phase, "live");
  assert.deepEqual(texts(client), ["m1", "m2", "m3", "m4"]);
});

test("K2.12 a position of one audience is not used in another", () => {
  const client = joined();
  receive(client, range(1, messages(1, 5)));
  close(client, 1006);
  sent(client);
  reconnect(client, { audience: "staff", seq: seq(9) });
  assert.deepEqual(sent(client).at(-1), { t: "join", room: demo });
  receive(client, joinedFrame({ audience: "staff", seq: seq(9) }));
  receive(client, view(9, [{ seq: 9, body: message(5) }]));
  assert.equal(roomOf(client).pos, 9);
  assert.deepEqual(texts(client), ["m5"]);
});

test("K2.13 progress is reported within 10 s, a removal within 2 s, 96 KB of it within 500 ms, and nothing without progress", () => {
  const client = joined();
  receive(client, range(1, messages(1, 1)));
  after(client, 1_999);
  assert.deepEqual(sent(client), []);
  after(client, 8_001);
  assert.deepEqual(sent(client), [{ t: "seen", room: demo, seq: 1 }]);
  after(client, 20_000);
  assert.deepEqual(sent(client), []);
  const much = (from: number) => receive(client, { ...range(from, messages(from, from + 9)) }, 50_000);
  much(2);
  after(client, 500);
  assert.deepEqual(sent(client), []);
  much(12);
  after(client, 500);
  assert.deepEqual(sent(client), [{ t: "seen", room: demo, seq: 21 }]);
  much(22);
  after(client, 500);
  assert.deepEqual(sent(client), [], "what was reported is not counted again");
  receive(client, range(32, [removal(32, [31])]));
  after(client, 2_000);
  assert.deepEqual(sent(client), [{ t: "seen", room: demo, seq: 32 }]);
});

test("K2.14 a tab that is hidden reports its progress at once", () => {
  const client = joined();
  receive(client, range(1, messages(1, 1)));
  give(client, { i: "hidden" });
  assert.deepEqual(sent(client), [{ t: "seen", room: demo, seq: 1 }]);
  give(client, { i: "hidden" });
  assert.deepEqual(sent(client), []);
});

test("K2.15 a view that skips entries without a word about them is a gap", () => {
  const client = joined();
  receive(client, range(1, messages(1, 2)));
  close(client, 1006);
  reconnect(client, { how: "fresh", seq: seq(9) });
  receive(client, view(9, [{ seq: 9, body: message(9) }]));
  assert.deepEqual(told(client, "gap"), [{ from: 3, to: 9, reason: "fresh" }]);
});

test("K2.22 a hole that the server cannot fill is a gap, and what is behind it is shown", () => {
  const client = joined();
  receive(client, range(2, messages(2, 2)));
  receive(client, range(5, messages(5, 5)));
  receive(client, { t: "gap", room: demo, from: seq(3), to: seq(4), reason: "retention" });
  assert.deepEqual(texts(client), []);
  receive(client, range(1, messages(1, 1)));
  assert.deepEqual(texts(client), ["m1", "m2", "m5"]);
  assert.equal(roomOf(client).phase, "live");
  assert.deepEqual(told(client, "gap"), [{ from: 3, to: 4, reason: "retention" }]);
});

test("K2.23 a server that says the history is another is believed, also under the same epoch", () => {
  const client = joined();
  receive(client, range(1, messages(1, 50)));
  close(client, 1006);
  reconnect(client, { how: "gap", seq: seq(3) });
  receive(client, { t: "gap", room: demo, from: seq(0), to: seq(0), reason: "epoch" });
  receive(client, view(3, [{ seq: 3, body: message(3) }]));
  assert.deepEqual([texts(client), roomOf(client).pos], [["m3"], 3]);
});
