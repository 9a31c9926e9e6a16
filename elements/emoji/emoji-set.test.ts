import assert from "node:assert/strict";
import { test } from "node:test";
import { commonEmoji } from "../chat/shortcodes.ts";
import { emojiGroupNames, loadEmojiSet, readEmojiSet, toneModifiers } from "./emoji-set.ts";

const isOneEmoji = /^\p{RGI_Emoji}$/v;
const groups = await loadEmojiSet();
const all = groups.flatMap((group) => group.emoji);

test("W5.7 the whole set has every group, and in it what Unicode recommends, once each and under names of its own", () => {
  assert.deepEqual(
    groups.map((group) => group.name),
    emojiGroupNames,
  );
  assert.ok(all.length > 1_800);
  assert.equal(new Set(all.map((one) => one.emoji)).size, all.length);
  for (const { emoji, names } of all) {
    assert.match(emoji, isOneEmoji, emoji);
    assert.ok(names.length > 0, emoji);
    for (const name of names) assert.match(name, /^[a-z0-9_+-]{1,48}$/, emoji);
  }
  const names = all.flatMap((one) => one.names);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test("W5.8 an emoji has five skin tones or none", () => {
  for (const { emoji, tones } of all) {
    assert.ok(tones.length === 0 || tones.length === toneModifiers.length, emoji);
    for (const [index, tone] of tones.entries()) {
      assert.match(tone, isOneEmoji);
      assert.ok(tone.includes(toneModifiers[index] ?? "none"));
    }
  }
  assert.deepEqual(tonesOf("👍"), ["👍🏻", "👍🏼", "👍🏽", "👍🏾", "👍🏿"]);
  assert.deepEqual(tonesOf("✌️").slice(0, 1), ["✌🏻"]);
  assert.deepEqual(tonesOf("🧑‍🤝‍🧑").slice(0, 1), ["🧑🏻‍🤝‍🧑🏻"]);
  assert.deepEqual(tonesOf("😀"), []);
});

test("W5.9 the common emoji are in the whole set, and no name means one thing here and another there", () => {
  const byName = new Map(all.flatMap((one) => one.names.map((name) => [name, one.emoji])));
  const whole = new Set(all.map((one) => one.emoji));
  for (const { emoji, names } of commonEmoji()) {
    assert.ok(whole.has(emoji), emoji);
    for (const name of names) assert.equal(byName.get(name) ?? emoji, emoji, name);
  }
});

test("W5.10 a set without a group, or with lines that are cut, is read as far as it goes", () => {
  const data = { licence: "", groups: [{ name: "flags", emoji: ["🏁|checkered_flag"] }] };
  const flags = readEmojiSet(data).find((group) => group.name === "flags");
  assert.deepEqual(flags?.emoji, [{ emoji: "🏁", names: ["checkered_flag"], words: "", tones: [] }]);
});

function tonesOf(emoji: string): readonly string[] {
  return all.find((one) => one.emoji === emoji)?.tones ?? [];
}
