import assert from "node:assert/strict";
import { test } from "node:test";
import { aStorage } from "@chorus/elements/chat/storage.fixture.ts";
import { createTokenSource, expiryOf } from "./token-source.ts";

function aToken(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
}

test("X4.2 a token is for the room of its link, and in another room the same tab is a guest", () => {
  const storage = aStorage();
  createTokenSource("demo", aToken({ exp: 100 }), storage, () => 0);
  assert.equal(createTokenSource("other", null, storage, () => 0).token, null);
  assert.notEqual(createTokenSource("demo", null, storage, () => 0).token, null);
});

test("X4.2 a token outlives a reload of the tab until it is given up", () => {
  const storage = aStorage();
  const token = aToken({ exp: 100 });
  assert.equal(createTokenSource("demo", token, storage, () => 0).give(), token);
  const reloaded = createTokenSource("demo", null, storage, () => 0);
  assert.equal(reloaded.token, token);
  reloaded.forget();
  assert.equal(createTokenSource("demo", null, storage, () => 0).token, null);
});

test("X4.2 a token that has run out is not sent again", () => {
  let now = 99_999;
  const source = createTokenSource("demo", aToken({ exp: 100, name: "Zoë 🦊" }), null, () => now);
  assert.ok(source.give().length > 0);
  now = 100_000;
  assert.throws(() => source.give(), /run out/);
});

test("X4.2 who reloads the page after the token has run out is a guest", () => {
  const storage = aStorage();
  const late = createTokenSource("demo", aToken({ exp: 100 }), storage, () => 100_000);
  assert.notEqual(late.token, null);
  assert.throws(() => late.give(), /run out/);
  assert.equal(createTokenSource("demo", null, storage, () => 100_000).token, null);
  assert.equal(createTokenSource("demo", null, storage, () => 0).token, null);
});

test("X4.2 what cannot be read is left for the server to judge", () => {
  for (const token of ["", "a.b.c", "e30", aToken(null), aToken({}), aToken({ exp: "soon" })]) {
    assert.equal(expiryOf(token), Infinity, token);
  }
});
