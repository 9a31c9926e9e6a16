import assert from "node:assert/strict";
import { test } from "node:test";
import { charsOf, countChars } from "./characters.ts";
import { missingWords, removedWords, sanctionWords, timeWords } from "./words.ts";

test("X4.11 what is left of a message says who took it away, and why where that was told", () => {
  assert.equal(removedWords({ by: "author", why: null }), "Taken back by its author.");
  assert.equal(removedWords({ by: "staff", why: null }), "Removed by a moderator.");
  assert.equal(removedWords({ by: "staff", why: "other" }), "Removed by a moderator.");
  assert.equal(removedWords({ by: "staff", why: "off-topic" }), "Removed by a moderator (off topic).");
});

test("X4.12 a sanction says until when and what for, where that is known", () => {
  const until = Date.UTC(2026, 0, 1, 12);
  assert.equal(sanctionWords("banned", null, undefined), "A moderator banned you from this room.");
  assert.equal(
    sanctionWords("muted", until, "spam"),
    `A moderator muted you here until ${timeWords(until)} (spam).`,
  );
});

test("X4.13 the number of missing messages is said to be a bound", () => {
  assert.equal(missingWords(1), "A message may be missing here.");
  assert.match(missingWords(40), /^Up to 40 messages/);
});

test("X4.4 characters are counted as the room counts them", () => {
  assert.equal(countChars("a🦊é"), 3);
  assert.equal(charsOf("🦊🦊🦊", 3), "🦊🦊🦊");
  assert.equal(charsOf("🦊🦊🦊🦊", 3), "🦊🦊…");
});
