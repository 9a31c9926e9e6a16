import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom, type Room } from "./cast.fixture.ts";

test("R4.1 a view holds the last 100 visible messages with their seqs, edits and removals applied", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const said = Array.from({ length: limits.viewEntriesMax + 10 }, (_, i) => moderator.says(`${i}`));
  const [edited, removed] = [said.at(-1), said.at(-2)];
  assert.ok(edited !== undefined && removed !== undefined);
  moderator.edits(edited.id, "edited");
  moderator.removes(removed.id);
  const { entries, publicSeq } = room.sees();
  assert.equal(entries.length, limits.viewEntriesMax);
  assert.equal(entries[0]?.seq, said[9]?.draft?.publicTo);
  assert.equal(entries.at(-1)?.seq, edited.draft?.publicTo);
  assert.equal(textsIn(room).at(-1), "edited");
  assert.ok(!textsIn(room).includes("108"));
  assert.equal(publicSeq, said.length + 2);
});

test("R4.2 a room remembers 1,000 messages; older ones are in the log alone", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const first = moderator.says("first");
  for (let i = 0; i < limits.messagesRemembered; i++) moderator.says(`${i}`);
  assert.equal(room.state.messages.size, limits.messagesRemembered);
  assert.equal(moderator.edits(first.id, "late").refused, "unknown");
});

test("R4.3 staff also see what is held or shadowed, under their own seqs; the public sees no trace", () => {
  const room = aRoom();
  const [ada, eve, moderator] = [room.viewer("ada"), room.viewer("eve"), room.moderator("mod")];
  moderator.shadows(eve);
  const hidden = eve.says("hidden");
  moderator.sets({ mode: "moderated" });
  const waiting = ada.says("waiting");
  assert.deepEqual(
    room.staffSees().entries.map(({ seq, body }) => [seq, body.k]),
    [
      [hidden.draft?.staffTo, "message"],
      [waiting.draft?.staffTo, "held"],
    ],
  );
  const { entries, pins, settings } = room.sees();
  assert.deepEqual([entries, pins, settings.mode], [[], [], "moderated"]);
});

test("R4.4 what waits is in the view under the id it has in the log, apart from the message it becomes", () => {
  const room = aRoom({ mode: "moderated" });
  const { staff } = room.viewer("ada").says("hi");
  assert.deepEqual(
    room.staffSees().entries.map(({ body }) => body),
    staff,
  );
});

test("R4.6 what is not to be seen gives way first where there is much of it: a raid empties no view", () => {
  const room = aRoom();
  const [moderator, eve] = [room.moderator("mod"), room.viewer("eve")];
  const seen = moderator.says("seen");
  moderator.shadows(eve);
  for (let i = 0; i < limits.messagesRemembered; i++) {
    room.waits(limits.duplicateWithinMs);
    eve.says(`${i}`);
  }
  assert.deepEqual(textsIn(room), ["seen"]);
  for (let i = 0; i < limits.messagesRemembered - limits.goneMessagesRemembered; i++) moderator.says(`${i}`);
  assert.equal(room.state.messages.has(seen.id), false);
  assert.equal(room.state.messagesGone, limits.goneMessagesRemembered);
});

function textsIn(room: Room): (string | false)[] {
  return room.sees().entries.map(({ body }) => body.k === "message" && body.text);
}
