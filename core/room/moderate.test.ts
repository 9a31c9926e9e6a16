import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom } from "./cast.fixture.ts";

test("M4.13 a removal says to all what and why, and to staff alone who did it", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("buy this");
  const { id, public: all, staff, draft, reply } = moderator.removes(said.id);
  const common = { time: room.now, of: [said.id], why: "spam" };
  assert.deepEqual(all, [{ k: "removed", id: `${id}-1`, by: "staff", ...common }]);
  assert.deepEqual(staff, [{ k: "act", id, act: "retract", by: moderator.id, name: "Mod", ...common }]);
  const tombstone = { k: "tombstone", id: said.id, time: said.public[0]?.time, by: "staff", why: "spam" };
  assert.deepEqual(draft?.overlays, [{ id: said.id, body: tombstone }]);
  assert.deepEqual(reply, { t: "ack", room: "demo", key: "session-mod:0", id, time: room.now });
  assert.deepEqual(room.sees().entries, []);
  assert.equal(moderator.removes(said.id).refused, "unknown");
  assert.equal(ada.retracts(said.id).refused, "unknown");
});

test("M4.14 a restored message stands where it stood, as it was last", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("helo");
  ada.edits(said.id, "hello");
  const before = room.sees().entries;
  moderator.removes(said.id);
  const restored = moderator.restores(said.id);
  assert.deepEqual(
    restored.public.map((body) => body.k === "restored" && body.message),
    [before[0]?.body],
  );
  assert.deepEqual(restored.draft?.overlays, [{ id: said.id, body: before[0]?.body }]);
  assert.deepEqual(room.sees().entries, before);
  assert.equal(moderator.restores(said.id).refused, "unchanged");
});

test("M4.15 what was never changed is restored to its original", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const said = room.viewer("ada").says("hello");
  moderator.removes(said.id);
  assert.deepEqual(moderator.restores(said.id).draft?.overlays, [{ id: said.id, body: null }]);
});

test("M4.16 staff remove and restore messages older than the room's memory", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const [message] = room.viewer("ada").says("old").public;
  assert.ok(message?.k === "message");
  room.state.messages.clear();
  assert.equal(moderator.removes(message.id).refused, "unknown");
  const removed = moderator.removes(message.id, { message, tombstone: null });
  assert.deepEqual(
    removed.public.map(({ k }) => k),
    ["removed"],
  );
  const of = (by: "author" | "staff") =>
    ({ k: "tombstone", id: message.id, time: message.time, by }) as const;
  assert.equal(moderator.restores(message.id, { message, tombstone: of("author") }).refused, "unknown");
  assert.equal(moderator.restores(message.id, { message, tombstone: of("staff") }).refused, null);
});

test("M4.17 approved, a held message joins the room under the id it was promised, now", () => {
  const room = aRoom({ mode: "moderated", slowMs: 30_000 });
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  room.waits(60_000);
  const approved = moderator.approves(said.id);
  assert.deepEqual(
    approved.public.map(({ k, id, time }) => [k, id, time]),
    [["message", said.id, room.now]],
  );
  assert.deepEqual(
    approved.personal.map(({ person, body }) => [person, body.k === "notice" && [body.what, body.of]]),
    [[ada.id, ["approved", said.id]]],
  );
  assert.equal(moderator.approves(said.id).refused, "unknown");
  assert.equal(ada.says("again").reply?.t, "held", "what counts for slow mode is when it was said");
});

test("M4.18 rejected, a held message is gone, and its author learns why", () => {
  const room = aRoom({ mode: "moderated" });
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  const rejected = moderator.rejects(said.id);
  assert.deepEqual(rejected.public, []);
  assert.deepEqual(
    rejected.personal.map(({ person, body }) => [person, body.k === "notice" && [body.what, body.why]]),
    [[ada.id, ["rejected", "off-topic"]]],
  );
  assert.equal(room.state.held.size, 0);
  assert.equal(moderator.approves(said.id).refused, "unknown");
});

test("I6.1 at most five messages are pinned, each once, in the order of their pinning", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const said = Array.from({ length: limits.pinsMax + 1 }, (_, i) => moderator.says(`${i}`).id);
  const last = said.pop();
  assert.ok(last !== undefined);
  for (const id of said.toReversed()) assert.equal(moderator.pins(id).public[0]?.k, "pinned");
  assert.deepEqual(
    room.sees().pins.map(({ id }) => id),
    said.toReversed(),
  );
  assert.equal(moderator.pins(last).refused, "limit");
  const [first] = said;
  assert.ok(first !== undefined);
  assert.equal(moderator.pins(first).refused, "unchanged");
  assert.equal(moderator.unpins(first).public[0]?.k, "unpinned");
  assert.equal(moderator.unpins(first).refused, "unchanged");
  assert.equal(moderator.pins(last).refused, null);
});

test("I6.2 a pin shows its message's newest text and goes with it", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("helo");
  moderator.pins(said.id);
  ada.edits(said.id, "hello");
  assert.equal(room.sees().pins[0]?.text, "hello");
  moderator.removes(said.id);
  assert.deepEqual(room.sees().pins, []);
  moderator.restores(said.id);
  assert.deepEqual(room.sees().pins, [], "a restored message is not pinned again");
});
