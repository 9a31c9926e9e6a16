import assert from "node:assert/strict";
import { test } from "node:test";
import { loadStudioWords } from "./studio-words.ts";

test("V7.20 the studio speaks the languages of the chat, and says nothing in another one between", async () => {
  const arabic = await loadStudioWords("ar-EG");
  assert.deepEqual([arabic.lang, arabic.dir], ["ar-EG", "rtl"]);
  /* What programs and buttons of other programs are called stands in isolates. */
  for (const text of textsIn({ ...arabic, lang: "", dir: "" }))
    assert.doesNotMatch(text.replaceAll(/\u2068[^\u2069]*\u2069/g, ""), /[a-z]/i, text);
  assert.match(arabic.timecode(3_661), /:.+:/);
  const other = await loadStudioWords("de-AT");
  assert.deepEqual([other.lang, other.dir, other.phase.live], ["en-AT", "ltr", "Live"]);
  assert.deepEqual(
    [other.timecode(9), other.timecode(725), other.timecode(3_661)],
    ["0:09", "12:05", "1:01:01"],
  );
});

function textsIn(value: object): readonly string[] {
  return Object.values(value).flatMap((one: unknown) => {
    if (typeof one === "string") return [one];
    return typeof one === "object" && one !== null ? textsIn(one) : [];
  });
}
