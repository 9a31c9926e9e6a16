import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { entryId, personId, roomId } from "@chorus/protocol/ids.ts";
import { createWriting, type WritingHost } from "./composer-writing.ts";
import { createDraftKeeper, draftPauseMs } from "./draft-keeper.ts";
import { createDrafts } from "./drafts.ts";
import type { Purpose } from "./host.ts";
import { aMessage } from "./shown.fixture.ts";

const ben = { id: personId("ben"), name: "Ben", role: null, firstSeen: 0, lastSeen: 0, messages: [] };

const answer: Purpose = { to: "reply", message: aMessage() };
const edit: Purpose = { to: "edit", message: aMessage({ id: entryId("m2"), text: "as it was" }) };

function aWriting() {
  const drafts = createDrafts(null, () => 0);
  const keeper = createDraftKeeper(drafts);
  let room = "demo";
  const host: WritingHost = {
    get model() {
      return { room: { id: roomId(room) }, people: { recent: () => [ben], get: () => ben } };
    },
  };
  const writing = createWriting(host, keeper);
  return { drafts, keeper, writing, go: (to: string) => void (room = to) };
}

test("W7.17 what one wrote goes along from saying to answering and back", () => {
  const { writing, keeper } = aWriting();
  writing.write("bravo");
  writing.become(answer);
  assert.deepEqual([writing.text, writing.purpose], ["bravo", answer]);
  writing.write("bravo!");
  writing.cancel();
  assert.deepEqual([writing.text, writing.purpose], ["bravo!", { to: "say" }]);
  keeper.flush();
});

test("W7.17 an edit begins with its message, and what one was going to say comes back after it", () => {
  const { writing, keeper } = aWriting();
  writing.enter();
  writing.write("half a thought");
  writing.become(edit);
  assert.deepEqual([writing.text, writing.isUnchanged()], ["as it was", true]);
  writing.write("as it is");
  writing.become({ to: "say" });
  assert.equal(writing.text, "half a thought");
  writing.become(edit);
  assert.equal(writing.text, "as it is");
  writing.cancel();
  writing.become(edit);
  assert.equal(writing.text, "as it was");
  writing.startAnew();
  assert.deepEqual([writing.text, writing.purpose], ["half a thought", { to: "say" }]);
  keeper.flush();
});

test("W7.17 what is put in stands behind what was written, and an unnamed message takes no purpose", () => {
  const { writing, keeper } = aWriting();
  writing.write("so");
  assert.equal(writing.become({ to: "say" }, "@Ben "), true);
  assert.equal(writing.text, "so @Ben ");
  assert.equal(writing.become({ to: "reply", message: aMessage({ id: null }) }), false);
  assert.deepEqual(writing.purpose, { to: "say" });
  keeper.flush();
});

test("W7.18 a draft is written when the person pauses, not with each key", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { writing, drafts } = aWriting();
    writing.enter();
    writing.write("a");
    mock.timers.tick(draftPauseMs - 1);
    writing.write("ab");
    mock.timers.tick(draftPauseMs - 1);
    assert.equal(drafts.read("demo", { to: "say" }), "");
    mock.timers.tick(1);
    assert.equal(drafts.read("demo", { to: "say" }), "ab");
  } finally {
    mock.timers.reset();
  }
});

test("W7.18 every room has drafts of its own, and what was written before any is for the first", () => {
  const { writing, drafts, keeper, go } = aWriting();
  writing.write("early");
  assert.equal(writing.enter(), true);
  assert.equal(writing.text, "early");
  writing.write("in demo");
  go("other");
  assert.equal(writing.enter(), true);
  assert.equal(writing.text, "");
  assert.equal(drafts.read("demo", { to: "say" }), "in demo");
  go("demo");
  writing.enter();
  assert.equal(writing.text, "in demo");
  writing.startAnew();
  assert.equal(drafts.read("demo", { to: "say" }), "");
  keeper.flush();
});

test("W7.18 of several with one name it is who was chosen for this text", () => {
  const { writing, keeper } = aWriting();
  const other = { id: personId("ben2"), name: "Ben" };
  writing.enter();
  writing.chose(other);
  assert.equal(writing.people()[0], other);
  writing.startAnew();
  assert.equal(writing.people()[0], ben);
  keeper.flush();
});
