import assert from "node:assert/strict";
import { test } from "node:test";
import { createPreferences, defaultPreferences, preferencesIn } from "./preferences.ts";
import { aStorage } from "./storage.fixture.ts";

test("W9.1 what a person chose comes before what the page asks for, and that before the defaults", () => {
  let given: unknown = null;
  const keeper = createPreferences(aStorage(), () => given);
  assert.deepEqual(keeper.all(), defaultPreferences);
  given = { theme: "dark", announce: "mentions" };
  assert.deepEqual(keeper.all(), { ...defaultPreferences, theme: "dark", announce: "mentions" });
  keeper.choose({ ...keeper.all(), theme: "light" });
  assert.equal(keeper.all().theme, "light");
  assert.equal(keeper.all().announce, "mentions");
  given = { theme: "dark", announce: "all" };
  assert.equal(keeper.all().theme, "light");
  assert.equal(keeper.all().announce, "all", "what the person did not touch is not their choice");
});

test("W9.1 a person may choose what is the default against what the page asks for", () => {
  const keeper = createPreferences(aStorage(), () => ({ theme: "dark" }));
  keeper.choose({ ...keeper.all(), theme: "system" });
  assert.equal(keeper.all().theme, "system");
});

test("W9.2 what was chosen holds over reloads, and what another tab chose meanwhile is not undone", () => {
  const storage = aStorage();
  const here = createPreferences(storage);
  const there = createPreferences(storage);
  there.choose({ ...there.all(), textSize: "large" });
  here.choose({ ...here.all(), times: false });
  const after = { ...defaultPreferences, textSize: "large", times: false };
  assert.deepEqual(here.all(), after);
  assert.deepEqual(createPreferences(storage).all(), after);
  assert.equal(storage.items.size, 1);
});

test("W9.2 a storage that is absent, full or forbidden costs the reload and nothing else", () => {
  for (const storage of [null, aStorage(false)]) {
    const keeper = createPreferences(storage);
    keeper.choose({ ...keeper.all(), focus: true });
    keeper.choose({ ...keeper.all(), motion: false });
    assert.deepEqual(keeper.all(), { ...defaultPreferences, focus: true, motion: false });
  }
});

test("W9.3 what is no value of a preference is as if it were not there, in the storage and in attributes", () => {
  const garbage = [null, 7, "dark", [], ["dark"], { theme: "purple", times: "yes", motion: 1, focus: null }];
  for (const value of [...garbage, { announce: ["all"] }, { textSize: "LARGE" }]) {
    assert.deepEqual(preferencesIn(value), {}, JSON.stringify(value));
    assert.deepEqual(createPreferences(null, () => value).all(), defaultPreferences);
  }
  const storage = aStorage();
  createPreferences(storage).choose({ ...defaultPreferences, theme: "dark" });
  const [key = ""] = storage.items.keys();
  for (const text of ["{", "null", '"dark"', '{"__proto__":{"theme":"dark"},"theme":"Dark"}']) {
    storage.items.set(key, text);
    assert.deepEqual(createPreferences(storage).all(), defaultPreferences, text);
  }
  storage.items.set(key, '{"theme":"dark","times":"no","colour":"red"}');
  const keeper = createPreferences(storage);
  assert.deepEqual(keeper.all(), { ...defaultPreferences, theme: "dark" });
  keeper.choose({ ...keeper.all(), times: false });
  assert.deepEqual(JSON.parse(storage.items.get(key) ?? ""), { theme: "dark", times: false });
});
