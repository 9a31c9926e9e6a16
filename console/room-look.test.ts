import assert from "node:assert/strict";
import { test } from "node:test";
import { lookFrom, plainLook, writtenLook } from "./room-look.ts";

test("X1.230 a look that was kept is the same again, and nothing unknown comes into it", () => {
  const look = { theme: "dark", text: "150" } as const;
  assert.deepEqual(lookFrom(new URLSearchParams(writtenLook(look))), look);
  assert.deepEqual(lookFrom(new URLSearchParams("theme=blue&text=9000")), plainLook);
  assert.deepEqual(lookFrom(new URLSearchParams("text=125"), look), { theme: "dark", text: "125" });
});
