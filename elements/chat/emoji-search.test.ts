import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { KeyValueStorage } from "@chorus/sdk/browser.ts";
import { createRecents, recentsMax, searchEmoji } from "./emoji-search.ts";
import { commonEmoji, emojiOf } from "./shortcodes.ts";
import { segmentsOf } from "./segments.ts";

const isOneEmoji = /^\p{RGI_Emoji}$/v;

test("W5.1 the names that people use most stand for emoji", () => {
  for (const [name, emoji] of Object.entries({
    tada: "🎉",
    "+1": "👍",
    heart: "❤️",
    "100": "💯",
    JOY: "😂",
  })) {
    assert.equal(emojiOf(name), emoji);
  }
  for (const name of ["", "nothing", "constructor", "__proto__"]) assert.equal(emojiOf(name), null);
  assert.ok(commonEmoji().length >= 200);
  const names = commonEmoji().flatMap((one) => one.names);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(commonEmoji().map((one) => one.emoji)).size, commonEmoji().length);
});

test("W5.2 each of the common emoji is one that Unicode recommends, and its names can be written in a message", () => {
  for (const { emoji, names } of commonEmoji()) {
    assert.match(emoji, isOneEmoji);
    for (const name of names) {
      const [segment] = segmentsOf(`:${name}:`, { emoteOf: emojiOf });
      assert.equal(segment?.kind === "emote" && segment.emote, emoji);
    }
  }
});

test("W5.3 the table costs less than 4 KB of the bundle", () => {
  const source = readFileSync(join(import.meta.dirname, "shortcodes.ts"));
  assert.ok(gzipSync(source).length < 4 * 1024);
});

test("W5.4 a search finds whole names, then their beginnings, then words in them", () => {
  assert.deepEqual(found(":heart"), ["heart", "heart_eyes", "heart_hands", "heartpulse", "heartbeat"]);
  assert.deepEqual(found("THUMBS"), ["thumbsup", "thumbsdown"]);
  assert.deepEqual(found("face holding"), ["face_holding_back_tears"]);
  assert.deepEqual(found("hearts"), ["smiling_face_with_three_hearts", "two_hearts", "revolving_hearts"]);
  assert.deepEqual(found("holding tears"), ["face_holding_back_tears"]);
  assert.deepEqual(found("face"), [
    "face_holding_back_tears",
    "face_with_peeking_eye",
    "facepunch",
    "facepalm",
    "smiling_face_with_three_hearts",
  ]);
  for (const nothing of ["", " : ", "qqq", "heart qqq", "(.*"]) assert.deepEqual(found(nothing), []);
  const pool = [{ emoji: "🛸", names: ["flying_saucer"], words: "ufo space" }];
  assert.deepEqual(searchEmoji("ufo", pool, 5), pool);
});

test("W5.5 what was picked comes first next time, each once, and at most as many as are remembered", () => {
  const storage = aStorage();
  const recents = createRecents(storage);
  for (const { emoji } of commonEmoji().slice(0, recentsMax + 5)) recents.add(emoji);
  recents.add("👍");
  recents.add("🛸");
  assert.deepEqual(recents.list().slice(0, 2), ["🛸", "👍"]);
  assert.equal(recents.list().length, recentsMax);
  assert.equal(new Set(recents.list()).size, recentsMax);
  assert.deepEqual(createRecents(storage).list(), recents.list());
});

test("W5.6 a storage that is missing, forbidden, full or filled by others costs the memory and nothing else", () => {
  const none = createRecents(null);
  none.add("👍");
  assert.deepEqual(none.list(), ["👍"]);
  const forbidden = createRecents({ getItem: refuse, setItem: refuse, removeItem: refuse });
  forbidden.add("👍");
  assert.deepEqual(forbidden.list(), ["👍"]);
  for (const kept of [
    "",
    "{",
    "{}",
    "7",
    "null",
    '["x",1,null,""]',
    JSON.stringify(["x", "y".repeat(1_000)]),
  ]) {
    const list = createRecents(aStorage(kept)).list();
    assert.ok(list.length === 0 || (list.length === 1 && list[0] === "x"), kept);
  }
});

function found(query: string): (string | undefined)[] {
  return searchEmoji(query, commonEmoji(), 5).map((one) => one.names[0]);
}

function aStorage(value: string | null = null): KeyValueStorage {
  let kept = value;
  return {
    getItem: () => kept,
    setItem: (_, next) => void (kept = next),
    removeItem: () => void (kept = null),
  };
}

function refuse(): never {
  throw new DOMException("Forbidden", "SecurityError");
}
