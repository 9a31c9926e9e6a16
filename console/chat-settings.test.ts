import assert from "node:assert/strict";
import { test } from "node:test";
import { chatSettingsIn } from "./chat-settings.ts";

test("X1.313 a page follows what was chosen in the chat, and nothing that it does not know", () => {
  const chosen = { theme: "dark", textSize: "larger" };
  assert.deepEqual(chatSettingsIn({ ...chosen, times: false }), chosen);
  for (const strange of [
    null,
    "dark",
    {},
    { theme: "dark" },
    { ...chosen, theme: "blue" },
    { ...chosen, textSize: "9rem" },
  ])
    assert.equal(chatSettingsIn(strange), null);
});
