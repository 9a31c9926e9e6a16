import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "@chorus/protocol/entries.ts";
import { entryId, personId, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { aRoom, type Room } from "./cast.fixture.ts";
import { forgottenBy } from "./forgotten.ts";

test("R7.4 an author may change a message for five minutes; everybody reads the new text", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const said = ada.says("helo");
  room.waits(limits.editWithinMs);
  const edited = ada.edits(said.id, " hello ");
  assert.deepEqual(edited.public, [
    { k: "edited", id: edited.id, time: room.now, of: said.id, by: ada.id, text: "hello" },
  ]);
  assert.deepEqual(messagesIn(room), [{ ...said.public[0], text: "hello", edited: room.now }]);
  assert.deepEqual(edited.draft?.overlays, [{ id: said.id, body: messagesIn(room)[0] }]);
  room.waits(1);
  assert.equal(ada.edits(said.id, "hello!").refused, "too-late");
});

test("R7.5 an edit needs a message of one's own that is there, and a text that differs", () => {
  const room = aRoom();
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  const said = ada.says("hi");
  assert.equal(bob.edits(said.id, "ho").refused, "not-yours");
  assert.equal(ada.edits(said.id, " hi").refused, "unchanged");
  assert.equal(ada.edits(entryId("no-such-entry"), "ho").refused, "unknown");
  ada.retracts(said.id);
  assert.equal(ada.edits(said.id, "ho").refused, "unknown");
});

test("R7.6 whoever may not say something may not edit it in either", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  const edits = (text: string) => ada.edits(said.id, text).refused;
  assert.equal(edits("x".repeat(501)), "too-long");
  assert.equal(edits(" "), "empty");
  moderator.sets({ mode: "moderated" });
  assert.equal(edits("ho"), "forbidden");
  moderator.sets({ mode: "read-only" });
  assert.equal(edits("ho"), "read-only");
  moderator.sets({ mode: "open", slowMs: 10_000 });
  assert.equal(edits("ho"), "slow");
  moderator.mutes(ada);
  assert.equal(edits("ho"), "muted");
});

test("R7.7 edits count as messages for the pace and as text for duplicates", () => {
  const room = aRoom();
  const guest = room.guest("g1", "Ada");
  const said = guest.says("one");
  assert.equal(guest.edits(said.id, "two").refused, null);
  assert.equal(guest.says("three").refused, "pace");
  room.waits(limits.guestPaceMs);
  assert.equal(guest.says("two").refused, "duplicate");
});

test("R7.8 an author takes a message back at any time, once, and nobody brings it back", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  room.waits(86_400_000);
  const retracted = ada.retracts(said.id);
  assert.deepEqual(retracted.public, [
    { k: "removed", id: retracted.id, time: room.now, of: [said.id], by: "author" },
  ]);
  const tombstone = { k: "tombstone", id: said.id, time: said.public[0]?.time, by: "author" };
  assert.deepEqual(retracted.draft?.overlays, [{ id: said.id, body: tombstone }]);
  assert.deepEqual(messagesIn(room), []);
  assert.equal(ada.retracts(said.id).refused, "unknown");
  assert.equal(moderator.restores(said.id).refused, "not-yours");
});

test("R7.9 nobody takes back what somebody else said", () => {
  const room = aRoom();
  const said = room.viewer("ada").says("hi");
  assert.equal(room.viewer("bob").retracts(said.id).refused, "not-yours");
});

test("R7.10 a message older than the room's memory is taken back as the log has it", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const message = olderMessage(room, "old");
  const retracted = ada.retracts(message.id, { message, tombstone: null });
  assert.equal(retracted.public[0]?.k, "removed");
  const gone = { k: "tombstone", id: message.id, time: message.time, by: "staff" } as const;
  assert.equal(ada.retracts(message.id, { message, tombstone: gone }).refused, "unknown");
  assert.equal(room.viewer("bob").retracts(message.id, { message, tombstone: null }).refused, "not-yours");
});

test("R7.11 what was read from the log is believed only under its own id", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const own = { message: olderMessage(room, "mine"), tombstone: null };
  const [victim, removed] = [entryId("entry-of-bob"), entryId("entry-of-eve")];
  assert.equal(ada.retracts(victim, own).refused, "unknown");
  assert.equal(moderator.removes(victim, own).refused, "unknown");
  const tombstone = { k: "tombstone", id: own.message.id, time: room.now, by: "staff" } as const;
  assert.equal(moderator.restores(removed, { ...own, tombstone }).refused, "unknown");
});

test("R7.12 an author takes back what still waits for a moderator", () => {
  const room = aRoom({ mode: "moderated" });
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  const retracted = ada.retracts(said.id);
  assert.deepEqual(
    [retracted.reply?.t, retracted.public.length, retracted.staff[0]?.k],
    ["ack", 0, "rejected"],
  );
  assert.equal(moderator.approves(said.id).refused, "unknown");
});

test("R7.15 what is pinned or restored carries no quote, since nothing could take it out of that entry again", () => {
  const room = aRoom();
  const [ada, bob, moderator] = [room.viewer("ada"), room.viewer("bob"), room.moderator("mod")];
  const said = ada.says("secret");
  const reply = bob.says("what secret?", { reply: said.id });
  moderator.removes(reply.id);
  const entries = [moderator.restores(reply.id), moderator.pins(reply.id)].map(
    ({ public: [entry] }) => entry,
  );
  assert.deepEqual(
    entries.map((entry) => entry?.k),
    ["restored", "pinned"],
  );
  for (const entry of entries) assert.doesNotMatch(JSON.stringify(entry), /"quote":"secret"/);
});

test("R7.13 when a message goes, so do the quotes of it, wherever they stand", () => {
  const room = aRoom();
  const [ada, bob, moderator] = [room.viewer("ada"), room.viewer("bob"), room.moderator("mod")];
  const said = ada.says("secret");
  const reply = bob.says("what secret?", { reply: said.id });
  moderator.pins(reply.id);
  moderator.sets({ mode: "moderated" });
  const waiting = bob.says("tell me", { reply: said.id });
  moderator.sets({ mode: "open" });

  ada.retracts(said.id);
  const blank = { id: said.id, by: personId("ada"), name: "Ada", quote: "" };
  moderator.approves(waiting.id);
  assert.deepEqual(
    messagesIn(room).map((message) => message.reply),
    [blank, blank],
  );
  assert.deepEqual(room.sees().pins[0]?.reply, blank);

  moderator.removes(reply.id);
  const restored = moderator.restores(reply.id);
  assert.ok(!JSON.stringify([restored.public, room.sees()]).includes('quote":"secret'));
});

test("R7.14 a pinned message can be taken away however old it is", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const [own, other] = [ada.says("one"), ada.says("two")];
  for (const { id } of [own, other]) moderator.pins(id);
  for (let i = 0; i < limits.messagesRemembered; i++) moderator.says(`${i}`);
  assert.equal(ada.retracts(own.id).refused, null);
  assert.equal(moderator.removes(other.id).refused, null);
  assert.deepEqual(room.sees().pins, []);
});

test("R7.16 an edited reply carries no quote in what is read later: nothing could take it out again there", () => {
  const room = aRoom();
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  const reply = bob.says("what secret?", { reply: ada.says("secret").id });
  const edited = bob.edits(reply.id, "which secret?");
  const [overlay] = edited.draft?.overlays ?? [];
  assert.ok(overlay?.body?.k === "message");
  assert.deepEqual([overlay.body.text, overlay.body.reply?.quote], ["which secret?", ""]);
});

test("R7.17 a command about a message that the room has forgotten names its place in its author's audience, and only then", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const known = ada.says("known").id;
  const [old, at] = [entryId("long-ago"), seq(7)];
  const placeOf = (who: typeof ada, wish: Parameters<typeof ada.wishes>[0]) =>
    forgottenBy(room.state, who.wishes(wish));
  assert.deepEqual(placeOf(ada, { t: "retract", id: old, seq: at }), {
    audience: "public",
    id: old,
    seq: at,
  });
  assert.deepEqual(placeOf(ada, { t: "edit", id: old, seq: at, text: "x" })?.seq, at);
  assert.deepEqual(placeOf(ada, { t: "say", reply: old, replySeq: at, text: "x" })?.id, old);
  for (const doing of ["retract", "restore", "pin"] as const) {
    const act = {
      do: doing,
      id: old,
      seq: at,
      ...(doing === "retract" ? { why: "spam" } : {}),
    } as Moderation;
    assert.deepEqual(placeOf(moderator, { t: "moderate", act })?.audience, "staff");
  }
  assert.equal(placeOf(ada, { t: "retract", id: old }), null);
  assert.equal(placeOf(ada, { t: "retract", id: known, seq: at }), null);
  assert.equal(placeOf(ada, { t: "say", text: "x" }), null);
});

test("R7.18 what one turn does to a forgotten message, one after the other, each time starts from what was done before", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const { id, public: said } = ada.says("first");
  const [message] = said;
  assert.ok(message?.k === "message");
  room.state.messages.clear();
  const found = { message, tombstone: null };
  const { public: entries } = room.takes(
    { ...ada.wishes({ t: "edit", id, text: "second" }), found },
    { ...moderator.wishes({ t: "moderate", act: { do: "retract", id, why: "spam" } }), found },
    { ...moderator.wishes({ t: "moderate", act: { do: "restore", id } }), found },
  );
  assert.deepEqual(
    entries.map(({ k }) => k),
    ["edited", "removed", "restored"],
  );
  const [, , restored] = entries;
  assert.equal(restored?.k === "restored" && restored.message.text, "second");
});

function messagesIn(room: Room): Message[] {
  return room.sees().entries.flatMap(({ body }) => (body.k === "message" ? [body] : []));
}

function olderMessage(room: Room, id: string): Message {
  const { id: by, actor } = room.viewer("ada");
  return {
    k: "message",
    id: entryId(`entry-${id}`),
    time: room.now,
    by,
    name: "Ada",
    role: actor.role,
    text: id,
  };
}
