import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { aRoom, type Outcome, type Room } from "./cast.fixture.ts";

test("M4.1 what a shadow-banned author says reaches them and staff, and nobody else", () => {
  const { room, eve, moderator } = shadowed();
  const said = eve.says("spam");
  const message = {
    k: "message",
    id: said.id,
    time: room.now,
    by: eve.id,
    name: "Eve",
    role: "viewer",
    text: "spam",
  };
  assert.deepEqual(said.public, []);
  assert.deepEqual(said.personal, [{ person: eve.id, body: message }]);
  assert.deepEqual(said.staff, [{ ...message, shadow: true }]);
  assert.equal(said.draft?.publicTo, Number(said.draft?.publicFrom) - 1);
  assert.deepEqual(room.sees().entries, []);
  assert.deepEqual(
    room.staffSees().entries.map(({ body }) => body),
    said.staff,
  );
  assert.equal(moderator.pins(said.id).refused, "unknown");
});

test("M4.2 a shadow-banned author cannot tell it from any answer", () => {
  const plain = aRoom();
  plain.moderator("mod").says("a step as long");
  assert.deepEqual(answersOf(shadowed().room), answersOf(plain));
});

test("M4.3 nobody is told of a shadow ban or of its end", () => {
  const room = aRoom();
  const [eve, moderator] = [room.viewer("eve"), room.moderator("mod")];
  for (const outcome of [moderator.shadows(eve), moderator.lifts(eve, "shadow")]) {
    assert.deepEqual([outcome.refused, outcome.public, outcome.personal], [null, [], []]);
  }
  assert.equal(eve.says("hi").public.length, 1);
});

test("M4.4 a shadowed message stays hidden after the ban, when it is edited, answered or taken back", () => {
  const { room, eve, moderator } = shadowed();
  const said = eve.says("spam");
  moderator.lifts(eve, "shadow");
  const outcomes = [
    eve.edits(said.id, "more spam"),
    eve.says("look", { reply: said.id }),
    eve.retracts(said.id),
  ];
  assert.ok(!JSON.stringify(outcomes.map((outcome) => outcome.public)).includes("spam"));
  assert.deepEqual(
    outcomes.map((outcome) => outcome.public.map(({ k }) => k)),
    [[], ["message"], []],
  );
  assert.equal(room.sees().entries.length, 1);
});

test("M4.5 a shadowed message older than the room's memory is taken back unseen", () => {
  const { room, eve, moderator } = shadowed();
  const [message] = eve.says("spam").staff;
  assert.ok(message?.k === "message");
  room.state.messages.clear();
  const found = { message, tombstone: null };
  assert.equal(moderator.removes(message.id, found).refused, "unknown");
  const retracted = eve.retracts(message.id, found);
  assert.deepEqual([retracted.refused, retracted.public, retracted.personal.length], [null, [], 1]);
});

test("M4.6 an approved message of a shadow-banned author is still theirs alone", () => {
  const { room, eve, moderator } = shadowed();
  moderator.sets({ mode: "moderated" });
  const said = eve.says("spam");
  const approved = moderator.approves(said.id);
  assert.deepEqual(approved.public, []);
  assert.deepEqual(
    approved.personal.map(({ body }) => body.k),
    ["message", "notice"],
  );
  assert.deepEqual(
    room.staffSees().entries.map(({ body }) => body.k),
    ["message"],
  );
});

test("M4.22 what somebody said before their shadow ban changes for them and staff alone when they edit it", () => {
  const room = aRoom();
  const [eve, moderator] = [room.viewer("eve"), room.moderator("mod")];
  const said = eve.says("harmless");
  moderator.pins(said.id);
  moderator.shadows(eve);
  const edited = eve.edits(said.id, "spam");
  assert.deepEqual([edited.refused, edited.public, edited.draft?.overlays], [null, [], []]);
  assert.deepEqual(
    edited.personal.map(({ person, body }) => [person, body.k]),
    [[eve.id, "edited"]],
  );
  assert.equal(eve.edits(said.id, "spam").refused, "unchanged");
  assert.ok(!JSON.stringify(room.sees()).includes("spam"));
  const texts = (): unknown[] =>
    room.staffSees().entries.map(({ body }) => body.k === "message" && body.text);
  assert.deepEqual(texts(), ["spam"]);
  room.restarts();
  assert.deepEqual(texts(), ["spam"]);
  moderator.removes(said.id);
  moderator.restores(said.id);
  assert.deepEqual(texts(), ["harmless"]);
  moderator.lifts(eve, "shadow");
  room.waits(10_000);
  assert.equal(eve.edits(said.id, "sorry").public.length, 1);
  assert.ok(JSON.stringify(room.sees()).includes("sorry"));
});

test("M4.21 what a shadow-banned author said is not quoted by what waited and was approved after the ban", () => {
  const { eve, moderator } = shadowed();
  const said = eve.says("spam");
  moderator.sets({ mode: "moderated" });
  const waiting = eve.says("look", { reply: said.id });
  moderator.lifts(eve, "shadow");
  const approved = moderator.approves(waiting.id);
  assert.deepEqual([approved.public.length, JSON.stringify(approved.public).includes("spam")], [1, false]);
});

function shadowed() {
  const room = aRoom();
  const [eve, moderator] = [room.viewer("eve"), room.moderator("mod")];
  moderator.shadows(eve);
  return { room, eve, moderator };
}

function answersOf(room: Room): unknown[] {
  const eve = room.viewer("eve");
  const said = eve.says("one");
  const reply = eve.says("two", { reply: said.id });
  const outcomes = [
    said,
    eve.repeats(),
    reply,
    eve.edits(said.id, "three"),
    eve.edits(said.id, "three"),
    eve.says("three"),
    eve.retracts(said.id),
    eve.retracts(said.id),
    eve.edits(said.id, "four"),
  ];
  return outcomes.map((outcome) => [withoutIds(outcome), heardByAuthor(outcome)]);
}

function withoutIds({ reply }: Outcome): unknown {
  return reply?.t === "refused" ? [reply.reason, reply.retryMs] : reply?.t;
}

function heardByAuthor({ public: all, personal }: Outcome): unknown[] {
  return [...all, ...personal.map(({ body }) => body)].map((body: EntryBody) =>
    body.k === "message" ? [body.k, body.text, body.reply?.quote, body.shadow] : body.k,
  );
}
