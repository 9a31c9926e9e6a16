import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createDrafts,
  draftCharsMax,
  draftMs,
  type DraftPurpose,
  draftRoomsMax,
  draftsInRoomMax,
} from "./drafts.ts";
import { aStorage } from "./storage.fixture.ts";

const say: DraftPurpose = { to: "say" };

test("W7.6 a draft is kept for its room and its purpose, over a reload and for other tabs", () => {
  const storage = aStorage();
  const drafts = createDrafts(storage, () => 0);
  drafts.write("demo", say, "half a");
  drafts.write("demo", { to: "reply", id: "m1" }, "an answer");
  drafts.write("other", say, "elsewhere");
  const again = createDrafts(storage, () => 1_000);
  assert.equal(again.read("demo", say), "half a");
  assert.equal(again.read("demo", { to: "reply", id: "m1" }), "an answer");
  assert.equal(again.read("demo", { to: "edit", id: "m1" }), "");
  again.write("demo", say, "half a thought");
  assert.equal(drafts.read("demo", say), "half a thought");
  assert.equal(drafts.read("other", say), "elsewhere");
});

test("W7.6 what is sent or blank leaves nothing behind", () => {
  const storage = aStorage();
  const drafts = createDrafts(storage, () => 0);
  drafts.write("demo", say, "   ");
  assert.equal(storage.items.size, 0);
  drafts.write("demo", say, "x");
  drafts.write("demo", say, "");
  assert.equal(storage.items.size, 0);
  drafts.write("demo", say, "y");
  drafts.forget();
  assert.equal(storage.items.size, 0);
});

test("W7.7 drafts are bounded in rooms, in purposes, in length and in days, and the newest stay", () => {
  let now = 0;
  const drafts = createDrafts(aStorage(), () => now);
  for (let nth = 0; nth <= draftRoomsMax; nth++) drafts.write(`room${nth}`, say, "x");
  assert.equal(drafts.read("room0", say), "");
  assert.equal(drafts.read("room1", say), "x");
  for (let nth = 0; nth <= draftsInRoomMax; nth++) drafts.write("room1", { to: "edit", id: `m${nth}` }, "x");
  assert.equal(drafts.read("room1", { to: "edit", id: "m0" }), "");
  assert.equal(drafts.read("room1", { to: "edit", id: "m1" }), "x");
  drafts.write("room1", say, "😀".repeat(draftCharsMax + 1));
  assert.equal(drafts.read("room1", say), "😀".repeat(draftCharsMax));
  now = draftMs;
  assert.equal(drafts.read("room1", say), "");
});

test("W7.7 what is in the storage and is no draft is as nothing", () => {
  const storage = aStorage();
  const drafts = createDrafts(storage, () => 0);
  for (const wrong of [
    "{",
    "3",
    '{"room":1}',
    '[{"room":"demo","purpose":"say","text":7,"at":0}]',
    "[null]",
  ]) {
    storage.items.set("chorus-drafts", wrong);
    assert.equal(drafts.read("demo", say), "");
    drafts.write("demo", say, "x");
    assert.equal(drafts.read("demo", say), "x");
  }
});

test("W7.6 without a storage, or with one that is full, nothing breaks", () => {
  const alone = createDrafts(null, () => 0);
  alone.write("demo", say, "x");
  assert.equal(alone.read("demo", say), "x");
  const full = createDrafts(
    {
      ...aStorage(),
      setItem() {
        throw new Error("QuotaExceededError");
      },
    },
    () => 0,
  );
  full.write("demo", say, "x");
  assert.equal(full.read("demo", say), "");
});
