import assert from "node:assert/strict";
import { test } from "node:test";
import { lookFrom } from "./room-look.ts";

test("X1.230 a page looks as its address asks for, and nothing unknown comes into it", () => {
  const plain = { theme: "system", text: "100" };
  assert.deepEqual(lookFrom(new URLSearchParams("theme=dark&text=150")), { theme: "dark", text: "150" });
  assert.deepEqual(lookFrom(new URLSearchParams("text=125")), { ...plain, text: "125" });
  assert.deepEqual(lookFrom(new URLSearchParams("theme=blue&text=9000")), plain);
  assert.deepEqual(lookFrom(new URLSearchParams()), plain);
});
