import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { personId, seq, time } from "@chorus/protocol/ids.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import {
  ack,
  ada,
  type Client,
  close,
  demo,
  id,
  joined,
  joinedFrame,
  message,
  range,
  receive,
  reconnect,
  removal,
  roomOf,
  say,
  texts,
  told,
  view,
} from "./client.fixture.ts";

function restored(n: number, of: number): EntryBody {
  return { k: "restored", id: id(`b${n}`), time: time(n * 1_000), message: message(of) };
}

function edited(n: number, of: number, text: string): EntryBody {
  return { k: "edited", id: id(`e${n}`), time: time(n * 1_000), of: id(of), by: personId("ada"), text };
}

function safety(client: Client, ...e: EntryBody[]): void {
  receive(client, { t: "safety", room: demo, e });
}

function person(client: Client, ...e: EntryBody[]): void {
  receive(client, { t: "person", room: demo, e });
}

test("K4.1 a message that arrives after its removal is never shown, until it is restored", () => {
  const client = joined();
  safety(client, removal(2, [1]));
  receive(client, range(1, [message(1), removal(2, [1])]));
  assert.deepEqual(texts(client), ["✝"]);
  assert.deepEqual(told(client, "message"), []);
  receive(client, range(3, [restored(3, 1)]));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K4.2 a safety entry is applied at once, and its second copy in the sequence changes nothing", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  safety(client, removal(2, [1]));
  safety(client, restored(3, 1));
  assert.deepEqual(texts(client), ["m1"]);
  receive(client, range(2, [removal(2, [1]), restored(3, 1)]));
  assert.deepEqual(texts(client), ["m1"]);
  assert.deepEqual([told(client, "removed").length, told(client, "restored").length], [1, 1]);
});

test("K4.3 a removal that is ahead of a view hides its message in the view; one from before the view does not", () => {
  const client = joined();
  receive(client, range(1, [message(1), message(2), removal(3, [1])]));
  safety(client, removal(6, [2]));
  receive(client, { t: "gap", room: demo, from: seq(4), to: seq(5), reason: "slow" });
  receive(
    client,
    view(5, [
      { seq: 1, body: message(1) },
      { seq: 2, body: message(2) },
    ]),
  );
  assert.deepEqual(texts(client), ["m1", "✝"]);
});

test("K4.4 after a view the sequence decides, also about what was applied ahead of it", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  safety(client, removal(2, [1]), restored(3, 1));
  receive(client, { t: "gap", room: demo, from: seq(2), to: seq(2), reason: "slow" });
  receive(client, view(2, []));
  receive(client, range(3, [restored(3, 1)]));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K4.9 a removal that is older than a view does not hide what the view shows", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  safety(client, removal(2, [1]));
  close(client, 1006);
  reconnect(client, { how: "gap", seq: seq(9) });
  receive(client, { t: "gap", room: demo, from: seq(2), to: seq(9), reason: "too-many" });
  receive(client, view(9, [{ seq: 1, body: message(1) }]));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K4.10 a removal that was met in its place does not hide what a view of the same moment shows", () => {
  const client = joined();
  receive(client, range(1, [message(1), removal(2, [1])]));
  receive(client, { t: "gap", room: demo, from: seq(3), to: seq(3), reason: "slow" });
  receive(client, view(3, [{ seq: 1, body: message(1) }], { time: time(2_000) }));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K4.5 removed ids are remembered in a bounded number", () => {
  const client = joined({ idsMax: 10 });
  for (let n = 1; n <= 100; n++) safety(client, removal(1_000 + n, [n]));
  const { fates } = roomOf(client).fold;
  assert.ok(fates.young.size + fates.old.size <= 20);
  receive(client, range(1, [message(91), message(100)]));
  assert.deepEqual(texts(client), ["✝", "✝"]);
});

test("K4.6 nothing of a removed message is left in the list or among the pins", () => {
  const client = joined();
  const reply = { id: id(9), name: "Cy", quote: "rude" };
  receive(
    client,
    range(1, [
      message(1, { reply }),
      { k: "pinned", id: id("p"), time: time(1), message: message(1, { reply }) },
    ]),
  );
  receive(client, range(3, [removal(3, [1])]));
  const shown = roomOf(client).fold.messages[0];
  assert.deepEqual([shown?.text, shown?.reply, shown?.removed], ["", null, { by: "staff", why: "spam" }]);
  assert.deepEqual(roomOf(client).fold.pins, []);
  receive(client, range(4, [edited(4, 1, "still here")]));
  assert.deepEqual(texts(client), ["✝"]);
});

test("K4.7 a tombstone stands in the place of its message", () => {
  const client = joined();
  const gone: EntryBody = { k: "tombstone", id: id(2), time: time(2_000), by: "author" };
  receive(client, range(1, [message(1), gone, message(3)]));
  assert.deepEqual(texts(client), ["m1", "✝", "m3"]);
  receive(client, range(4, [restored(4, 2)]));
  assert.deepEqual(texts(client), ["m1", "m2", "m3"]);
});

test("K4.8 of removals and restorations that overtake one another the latest decides", () => {
  const client = joined();
  safety(client, restored(3, 1));
  receive(client, range(1, [message(1), removal(2, [1]), restored(3, 1)]));
  assert.deepEqual(texts(client), ["m1"]);
  safety(client, removal(6, [1]));
  receive(client, range(4, [removal(4, [1]), restored(5, 1)]));
  assert.deepEqual(texts(client), ["✝"]);
  receive(client, range(6, [removal(6, [1])]));
  assert.deepEqual(texts(client), ["✝"]);
  assert.equal(told(client, "removed").length, 1);
});

test("K2.16 an entry that comes twice, by whatever way, is shown once", () => {
  const client = joined();
  person(client, message(1, { by: ada }));
  person(client, message(1, { by: ada }));
  receive(client, range(1, [message(1, { by: ada }), message(1, { by: ada })]));
  assert.deepEqual(texts(client), ["m1"]);
  assert.equal(told(client, "message").length, 1);
});

test("K2.26 what settings of an earlier version lack is as in a room that nobody has set", () => {
  const client = joined();
  const { removed, timeouts, emotes, framedBy, ...past } = defaultRoomSettings;
  const settings = { ...past, title: "Then" };
  receive(client, range(1, [{ k: "settings", id: id("s1"), time: time(1_000), settings }]));
  assert.deepEqual(roomOf(client).fold.settings, { ...settings, removed, timeouts, emotes, framedBy });
});

test("K2.17 the list follows edits, pins and settings, and what it gave out before does not change", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  const before = roomOf(client).fold.messages[0];
  receive(
    client,
    range(2, [
      edited(2, 1, "better"),
      { k: "pinned", id: id("p1"), time: time(3_000), message: message(1) },
      edited(4, 1, "best"),
      { k: "settings", id: id("s1"), time: time(5_000), settings: { ...defaultRoomSettings, slowMs: 5_000 } },
    ]),
  );
  const { fold } = roomOf(client);
  assert.deepEqual(
    [texts(client)[0], fold.pins[0]?.text, fold.settings?.slowMs, before?.text],
    ["best", "best", 5_000, "m1"],
  );
  receive(client, range(6, [{ k: "unpinned", id: id("p2"), time: time(6_000), of: id(1) }]));
  assert.deepEqual(fold.pins, []);
});

test("K2.18 the list holds the last messages up to its bound", () => {
  const client = joined({ messagesMax: 3 });
  for (let n = 1; n <= 5; n++) receive(client, range(n, [message(n)]));
  assert.deepEqual(texts(client), ["m3", "m4", "m5"]);
  assert.equal(roomOf(client).fold.byId.size, 3);
});

test("K2.19 a tally older than the last one of this connection is dropped", () => {
  const client = joined();
  const tally = (v: number) => receive(client, { t: "tally", room: demo, v, viewers: v, reactions: {} });
  tally(5);
  tally(4);
  assert.equal(roomOf(client).fold.tally?.v, 5);
  close(client, 1006);
  reconnect(client);
  tally(4);
  assert.equal(roomOf(client).fold.tally?.v, 4);
});

test("K2.20 what only staff see is told once, whether it comes as an entry or in a view", () => {
  const client = joined();
  const held: EntryBody = { k: "held", id: id("h1"), time: time(1), message: message(1) };
  receive(client, range(1, [held, held]));
  assert.deepEqual(told(client, "staff"), [held]);
  assert.deepEqual(texts(client), []);
  receive(client, view(3, [{ seq: 3, body: held }]));
  assert.deepEqual(told(client, "staff"), [held]);
  receive(client, range(4, [message(1)]));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K2.21 a person's own shadowed message comes again behind a view that does not know it, and is shown once", () => {
  const client = joined();
  const { key } = say(client, "psst");
  ack(client, key, 1);
  person(client, message(1, { by: ada, text: "psst" }));
  receive(client, range(1, [message(2)]));
  receive(client, { t: "gap", room: demo, from: seq(2), to: seq(2), reason: "slow" });
  receive(client, view(2, [{ seq: 1, body: message(2) }]));
  for (let i = 0; i < 2; i++) person(client, message(1, { by: ada, text: "psst" }));
  assert.deepEqual(texts(client), ["psst", "m2"]);
});

test("K2.27 what a room has given up under load is told, and forgotten when it is joined again", () => {
  const client = joined();
  const frame = { t: "tier", room: demo, tier: "capped", shown: 25 } as const;
  receive(client, frame);
  assert.deepEqual(told(client, "tier"), [frame]);
  assert.deepEqual(roomOf(client).tier, frame);
  receive(client, joinedFrame({ how: "resumed" }));
  assert.equal(roomOf(client).tier, null);
});

test("K2.25 a message that was restored does not survive a view that no longer has it", () => {
  const client = joined();
  receive(client, range(1, [message(1)]));
  safety(client, restored(9, 5));
  assert.deepEqual(texts(client), ["m1", "m5"]);
  receive(client, { t: "gap", room: demo, from: seq(2), to: seq(8), reason: "slow" });
  receive(client, view(8, [{ seq: 1, body: message(1) }]));
  assert.deepEqual(texts(client), ["m1"]);
});

test("K3.1 an own message is shown as pending at once and exactly once, whether its answer or its entry comes first", () => {
  for (const first of ["answer", "entry"] as const) {
    const client = joined();
    const { key } = say(client, " hello ");
    assert.equal(roomOf(client).fold.messages[0]?.status, "pending");
    const entry = range(1, [message(8), message(9, { by: ada, text: "hello" })]);
    if (first === "answer") ack(client, key, 9);
    receive(client, entry);
    assert.equal(roomOf(client).fold.messages.length, 2);
    if (first === "entry") ack(client, key, 9);
    const { messages } = roomOf(client).fold;
    assert.deepEqual(
      messages.map((shown) => [shown.text, shown.status, shown.seq]),
      [
        ["m8", "confirmed", 1],
        ["hello", "confirmed", 2],
      ],
    );
    assert.equal(messages[1]?.key, key);
  }
});

test("K3.2 an entry of the same text from another device is told apart by the answer", () => {
  const client = joined();
  const { key } = say(client, "hello");
  receive(client, range(1, [message(1, { by: ada, text: "hello" })]));
  ack(client, key, 2);
  assert.deepEqual(
    roomOf(client).fold.messages.map((shown) => [shown.id, shown.key]),
    [
      [id(1), null],
      [id(2), key],
    ],
  );
  receive(client, range(2, [message(2, { by: ada, text: "hello" })]));
  assert.deepEqual(
    roomOf(client).fold.messages.map((shown) => shown.seq),
    [1, 2],
  );
});

test("K3.3 a held message is shown as held, then approved in its place or refused with the reason", () => {
  const client = joined();
  const first = say(client, "may I?").key;
  const second = say(client, "and I?").key;
  receive(client, { t: "held", room: demo, key: first, id: id(1), time: time(1) });
  receive(client, { t: "held", room: demo, key: second, id: id(2), time: time(2) });
  assert.deepEqual(
    roomOf(client).fold.messages.map((shown) => shown.status),
    ["held", "held"],
  );
  receive(client, range(1, [message(1, { by: ada, text: "may I?" })]));
  person(client, { k: "notice", id: id("n"), time: time(3), what: "rejected", of: id(2), why: "spam" });
  assert.deepEqual(
    roomOf(client).fold.messages.map(({ text, status, trouble }) => [text, status, trouble?.reason]),
    [
      ["and I?", "refused", "spam"],
      ["may I?", "confirmed", undefined],
    ],
  );
});

test("K3.23 of own stored messages a view keeps those that are newer than it, and no others", () => {
  const client = joined();
  const older = say(client, "older").key;
  const newer = say(client, "newer").key;
  ack(client, older, 3);
  ack(client, newer, 7);
  receive(client, { t: "gap", room: demo, from: seq(1), to: seq(5), reason: "slow" });
  receive(client, view(5, [{ seq: 5, body: message(5) }]));
  assert.deepEqual(texts(client), ["m5", "newer"]);
});

test("K3.4 a view neither loses nor doubles what is waiting", () => {
  const client = joined();
  const first = say(client, "one").key;
  say(client, "two");
  ack(client, first, 1);
  receive(client, { t: "gap", room: demo, from: seq(1), to: seq(2), reason: "slow" });
  receive(
    client,
    view(2, [
      { seq: 1, body: message(1, { by: ada, text: "one" }) },
      { seq: 2, body: message(2, { by: personId("bob") }) },
    ]),
  );
  assert.deepEqual(texts(client), ["one", "m2", "two"]);
});
