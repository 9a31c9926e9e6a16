import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsIn, foundCellsMax, hands, loadedOf, tabsOf, toneOf } from "./emoji-shelf.ts";

const wave = { emoji: "👋", names: ["wave"], words: "hello", tones: ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"] };
const dog = { emoji: "🐶", names: ["dog"], words: "pet", tones: [] };
const loaded = loadedOf([
  { name: "people-body", emoji: [wave] },
  { name: "animals-nature", emoji: [dog] },
]);
const choice = { query: "", tab: "people-body", tone: 0, recents: [] } as const;

test("W7.21 the picker shows a group, what was used lately, or what is searched in all", () => {
  assert.deepEqual(tabsOf(loaded), ["recent", "people-body", "animals-nature"]);
  assert.deepEqual(cellsIn(loaded, choice), [{ emoji: "👋", name: "wave" }]);
  assert.deepEqual(cellsIn(loaded, { ...choice, query: "pet" }), [{ emoji: "🐶", name: "dog" }]);
  assert.deepEqual(cellsIn(loaded, { ...choice, query: "nothing" }), []);
  assert.deepEqual(cellsIn(loaded, { ...choice, tab: "recent", recents: ["👋🏿", "🆕"] }), [
    { emoji: "👋🏿", name: "wave" },
    { emoji: "🆕", name: "" },
  ]);
  const many = Array.from({ length: foundCellsMax + 1 }, (_, index) => ({ ...dog, emoji: String(index) }));
  const crowd = loadedOf([{ name: "objects", emoji: many }]);
  assert.equal(cellsIn(crowd, { ...choice, query: "dog" }).length, foundCellsMax);
});

test("W7.21 a skin tone holds where an emoji has it, and a stored one is believed only when it is one", () => {
  const cells = cellsIn(loaded, { ...choice, tone: 5 });
  assert.equal(cells[0]?.emoji, "👋🏿");
  assert.equal(cellsIn(loaded, { ...choice, tab: "animals-nature", tone: 5 })[0]?.emoji, "🐶");
  assert.deepEqual([0, 5, hands.length, -1, 1.5, "2", null].map(toneOf), [0, 5, 0, 0, 0, 0, 0]);
});
