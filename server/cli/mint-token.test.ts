import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { developmentKey } from "../config.ts";
import { secretTokenKey } from "../identity/token-keys.ts";
import { createTokenVerifier } from "../identity/verify-token.ts";
import { type Bearer, claimsFor, signToken } from "./mint-token.ts";
import { developmentSigningKey, signingKeyFrom, signingKeyInFile } from "./signing-key.ts";

const ada: Bearer = { sub: "ada", rooms: ["demo"], role: "viewer", grants: null, name: null, kind: null };
const nowSeconds = 1_800_000_000;

test("X9.5 a minted token says who, where, what and until when, and a server with the key believes it", async () => {
  const bearer: Bearer = {
    ...ada,
    rooms: ["demo", "*"],
    role: "moderator",
    grants: ["read", "replay"],
    name: "Ada",
    kind: "bot",
  };
  const claims = claimsFor(bearer, nowSeconds, 600);
  assert.ok(!("problem" in claims));
  const secret = Buffer.from(developmentKey);
  const token = await signToken(claims, secret);
  assert.ok(typeof token === "string");
  const trust = { keys: [secretTokenKey(secret)], keySet: null, issuer: null, audience: null };
  const verified = await createTokenVerifier(trust).verify(token, time(nowSeconds * 1_000));
  assert.ok(verified.ok);
  const { id, name, kind, expires, rooms } = verified.person;
  assert.deepEqual([id, name, kind, expires], ["ada", "Ada", "bot", (nowSeconds + 600) * 1_000]);
  const line = { role: "moderator", grants: ["read", "replay"] };
  assert.deepEqual(rooms, { demo: line, "*": line });
});

test("X9.6 claims that a server would refuse are refused when they are minted", () => {
  for (const wrong of [
    { sub: "a b" },
    { sub: "" },
    { rooms: ["Demo"] },
    { rooms: ["a", "**"] },
    { name: "" },
    { name: "n".repeat(41) },
  ]) {
    const claims = claimsFor({ ...ada, ...wrong }, nowSeconds, 600);
    assert.ok("problem" in claims, JSON.stringify(wrong));
    assert.match(claims.problem, /^The token would be refused: .*\.$/);
  }
});

test("X9.6 a token that no server would read is not minted", async () => {
  const grants = ["read", "say", "react", "moderate", "host", "stage", "replay"] as const;
  const rooms = Array.from({ length: 50 }, (_, i) => `${i}`.padEnd(64, "x"));
  const claims = claimsFor({ ...ada, rooms, grants }, nowSeconds, 600);
  assert.ok(!("problem" in claims));
  assert.ok(typeof (await signToken(claims, Buffer.from(developmentKey))) === "object");
});

test("X9.7 a signing key is the text without its last line break, and 32 bytes at least", () => {
  const text = "k".repeat(32);
  assert.deepEqual(signingKeyFrom(`${text}\r\n`, "It"), { secret: Buffer.from(text) });
  assert.deepEqual(signingKeyFrom(text.slice(1), "It"), {
    problem: "It is shorter than 32 bytes: give the key that the server has.",
  });
  assert.ok("problem" in signingKeyFrom(`-----BEGIN PUBLIC KEY-----\n${text}`, "It"));
  assert.ok("problem" in signingKeyInFile("/nowhere/at/all"));
  assert.deepEqual(developmentSigningKey, signingKeyFrom(developmentKey, "It"));
});
