import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPageWords } from "./page-words.ts";

test("X1.315 a room's page speaks every language of its chat, and is answered in English where there is none", async () => {
  const arabic = await loadPageWords("ar-EG");
  assert.deepEqual([arabic.lang, arabic.dir], ["ar-EG", "rtl"]);
  const said = [arabic.phase, arabic.poster, arabic].flatMap((group) =>
    Object.entries(group).flatMap(([key, value]) =>
      typeof value === "string" && key !== "lang" && key !== "dir" ? [value] : [],
    ),
  );
  for (const text of [...said, arabic.linkIs("·"), arabic.viewersExactly(7)])
    assert.doesNotMatch(text, /[a-z]/i);
  assert.match(arabic.linkIs("https://chat.example"), /\u2068https:\/\/chat\.example\u2069/);
  const other = await loadPageWords("de-AT");
  assert.deepEqual([other.lang, other.dir, other.phase.live], ["en-AT", "ltr", "Live"]);
});
