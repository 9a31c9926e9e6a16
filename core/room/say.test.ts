import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, personId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { grantsOfRole } from "@chorus/protocol/people.ts";
import { aRoom } from "./cast.fixture.ts";

test("R2.1 what is said gets the next seq of both audiences and an id of its own", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const first = ada.says("hi");
  const second = ada.says("there");
  assert.deepEqual([first.draft?.offset, second.draft?.offset], [1, 2]);
  assert.deepEqual([second.draft?.publicFrom, second.draft?.publicTo], [2, 2]);
  assert.deepEqual([second.draft?.staffFrom, second.draft?.staffTo], [2, 2]);
  assert.deepEqual(first.public, [
    { k: "message", id: first.id, time: room.now, by: ada.id, name: "Ada", role: "viewer", text: "hi" },
  ]);
});

test("R2.2 what arrives together becomes one draft, in the order of its arrival", () => {
  const room = aRoom();
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  const both = room.takes(ada.wishes({ t: "say", text: "one" }), bob.wishes({ t: "say", text: "two" }));
  assert.deepEqual([both.draft?.publicFrom, both.draft?.publicTo], [1, 2]);
  assert.deepEqual(
    both.public.map((body) => body.k === "message" && body.text),
    ["one", "two"],
  );
  assert.equal(both.answers.length, 2);
});

test("R2.3 time never goes back, whatever the clock does", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const first = ada.says("hi");
  room.waits(-60_000);
  const second = ada.says("there");
  assert.equal(second.public[0]?.time, first.public[0]?.time);
  assert.equal(second.draft?.at, first.draft?.at);
});

test("R2.4 the moment of the author's picture is at most two minutes old and never ahead", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const at = (offset: number) => {
    const [body] = moderator.says(`at ${offset}`, { at: time(room.now + offset) }).public;
    return body?.k === "message" && body.at !== undefined ? body.at - room.now : null;
  };
  assert.equal(at(-30_000), -30_000);
  assert.equal(at(-500_000), -limits.atAgeMs);
  assert.equal(at(5_000), 0);
});

test("R3.1 an answer to what was done carries key, id and time, and no seq", () => {
  const room = aRoom();
  const { reply, id, draft } = room.viewer("ada").says("hi");
  assert.deepEqual(reply, { t: "ack", room: "demo", key: "session-ada:0", id, time: draft?.at });
});

test("I7.1 text is cleaned; nothing to see and more than 500 characters are refused", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const [body] = moderator.says(" \u202egood\u0007 \n").public;
  assert.equal(body?.k === "message" && body.text, "good");
  assert.equal(moderator.says(" \u200b\n ").refused, "empty");
  assert.equal(moderator.says("😀".repeat(limits.textCharsMax)).refused, null);
  assert.equal(moderator.says("😀".repeat(limits.textCharsMax + 1)).refused, "too-long");
});

test("I7.2 in a moderated room what is said waits, and staff need not wait", () => {
  const room = aRoom({ mode: "moderated" });
  const said = room.viewer("ada").says("hi");
  assert.equal(said.reply?.t, "held");
  assert.deepEqual([said.public.length, said.personal.length], [0, 0]);
  assert.equal(said.staff[0]?.k, "held");
  assert.equal(room.moderator("mod").says("welcome").public.length, 1);
});

test("I7.3 no more than 1,000 messages wait, and no more than 20 of one person", () => {
  const room = aRoom({ mode: "moderated" });
  const replayer = (i: number) => room.person(`replayer-${i}`, "viewer", { grants: ["say", "replay"] });
  for (let i = 0; i < limits.heldMax / limits.heldPerPersonMax; i++) {
    const one = replayer(i);
    for (let j = 0; j < limits.heldPerPersonMax; j++) assert.equal(one.says(`${j}`).refused, null);
    if (i === 0) assert.equal(one.says("one more").refused, "limit");
  }
  assert.equal(replayer(-1).says("hi").refused, "limit");
  assert.equal(room.state.held.size, limits.heldMax);
});

test("I7.4 in a read-only room staff alone may say something", () => {
  const room = aRoom({ mode: "read-only" });
  assert.equal(room.viewer("ada").says("hi").refused, "read-only");
  assert.equal(room.moderator("mod").says("hi").refused, null);
});

test("I7.5 slow mode makes everybody but staff wait, and says how long", () => {
  const room = aRoom({ slowMs: 30_000 });
  const ada = room.viewer("ada");
  ada.says("one");
  room.waits(20_000);
  const soon = ada.says("two");
  assert.deepEqual([soon.refused, soon.retryMs], ["slow", 10_000]);
  assert.equal(room.viewer("bob").says("two").refused, null);
  room.waits(10_000);
  assert.equal(ada.says("two").refused, null);
});

test("I7.6 a person may say five messages in five seconds, a guest two", () => {
  for (const [role, allowed] of [
    ["viewer", limits.paceMessages],
    ["guest", limits.guestPaceMessages],
  ] as const) {
    const room = aRoom();
    const ada = room.person("ada", role);
    for (let i = 0; i < allowed; i++) assert.equal(ada.says(`${role} ${i}`).refused, null);
    room.waits(4_000);
    const soon = ada.says("more");
    assert.deepEqual([soon.refused, soon.retryMs], ["pace", 1_000]);
    room.waits(1_000);
    assert.equal(ada.says("more").refused, null);
  }
});

test("I7.7 the same text again within 30 seconds is a duplicate", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  ada.says("hi");
  room.waits(10_000);
  const again = ada.says(" hi ");
  assert.deepEqual([again.refused, again.retryMs], ["duplicate", 20_000]);
  assert.equal(room.viewer("bob").says("hi").refused, null);
  room.waits(20_000);
  assert.equal(ada.says("hi").refused, null);
});

test("I7.8 staff and replays are not paced, and bound by sanctions and size like everybody", () => {
  const room = aRoom({ slowMs: 60_000 });
  const moderator = room.moderator("mod");
  const replayer = room.person("replayer", "viewer", { grants: [...grantsOfRole.viewer, "replay"] });
  for (const person of [moderator, replayer]) {
    for (let i = 0; i < 10; i++) assert.equal(person.says("same").refused, null);
    assert.equal(person.says("x".repeat(501)).refused, "too-long");
  }
  moderator.mutes(replayer);
  assert.equal(replayer.says("same").refused, "muted");
});

test("I7.9 before it opens and after it ended a room hears only staff; archived it never changes", () => {
  for (const [state, reason] of [
    ["scheduled", "not-open"],
    ["ended", "ended"],
  ] as const) {
    const room = aRoom({ state });
    assert.equal(room.viewer("ada").says("hi").refused, reason);
    assert.equal(room.moderator("mod").says("hi").refused, null);
  }
  const room = aRoom();
  const [ada, host] = [room.viewer("ada"), room.host("host")];
  const said = ada.says("hi");
  host.sets({ state: "archived" });
  const outcomes = [
    host.says("hi"),
    ada.retracts(said.id),
    host.removes(said.id),
    host.sets({ state: "live" }),
  ];
  assert.deepEqual(
    outcomes.map(({ refused, draft }) => [refused, draft]),
    [0, 1, 2, 3].map(() => ["ended", null]),
  );
});

test("I7.10 a refusal leaves no trace: no draft, no pace, no number", () => {
  const room = aRoom({ mode: "read-only" });
  const guest = room.guest("g1");
  const before = JSON.stringify([...room.state.people, ...room.state.guests]);
  assert.equal(guest.says("hi").draft, null);
  assert.equal(JSON.stringify([...room.state.people, ...room.state.guests]), before);
});

test("I7.11 without the grant to say something one may only read", () => {
  const room = aRoom();
  const reader = room.person("reader", "viewer", { grants: ["read"] });
  assert.equal(reader.says("hi").refused, "forbidden");
});

test("R7.1 a reply names and quotes what it answers, at most 80 characters of it", () => {
  const room = aRoom();
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  const said = ada.says("😀".repeat(100));
  const [body] = bob.says("yes", { reply: said.id }).public;
  assert.deepEqual(body?.k === "message" && body.reply, {
    id: said.id,
    by: personId("ada"),
    name: "Ada",
    quote: "😀".repeat(80),
  });
});

test("R7.2 a reply to what is not to be seen goes without a quote", () => {
  const room = aRoom();
  const [ada, bob, moderator] = [room.viewer("ada"), room.viewer("bob"), room.moderator("mod")];
  const removed = ada.says("first");
  moderator.removes(removed.id);
  moderator.shadows(ada);
  const hidden = ada.says("second");
  for (const id of [removed.id, hidden.id, entryId("no-such-entry")]) {
    const [body] = bob.says(`re ${id}`, { reply: id }).public;
    assert.equal(body?.k === "message" && body.reply, undefined);
  }
});

test("R7.3 mentions go with the message as they were sent", () => {
  const room = aRoom();
  const mentions = [personId("bob"), personId("eve")];
  const [body] = room.viewer("ada").says("look", { mentions }).public;
  assert.deepEqual(body?.k === "message" && body.mentions, mentions);
});
