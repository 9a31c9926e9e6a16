import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createKeySet, type KeySetBounds, keySetBounds } from "./key-set.ts";
import { createTokenVerifier } from "./verify-token.ts";

const start = 1_700_000_000_000;
const first = await aSigner("k1");
const second = await aSigner("k2");
const at = (ms: number) => time(start + ms);

async function aSigner(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const claims = { sub: "u-17", exp: start / 1_000 + 86_400, chorus: { rooms: {} } };
  const token = await new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid }).sign(privateKey);
  return { jwk: { ...(await exportJWK(publicKey)), kid }, token };
}

/** A publisher of keys on this machine, whose answer a test may change. */
async function aPublisher(t: TestContext, bounds: Partial<KeySetBounds> = {}) {
  const publisher = { fetches: 0, answer: (response: ServerResponse) => publish(response, [first.jwk]) };
  const server = createServer((_, response) => {
    publisher.fetches++;
    publisher.answer(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const keySet = createKeySet(new URL(`http://127.0.0.1:${port}/jwks`), { ...keySetBounds, ...bounds });
  const verifier = createTokenVerifier({ keys: [], keySet, issuer: null, audience: null });
  const outcomeOf = async (token: string, ms: number) => {
    const outcome = await verifier.verify(token, at(ms));
    return outcome.ok ? "ok" : outcome.reason;
  };
  return Object.assign(publisher, { keySet, outcomeOf });
}

function publish(response: ServerResponse, keys: unknown): void {
  response.end(JSON.stringify({ keys }));
}

function fail(response: ServerResponse): void {
  response.statusCode = 500;
  response.end();
}

test("C2.16 a key set is fetched once, however many ask, and kept while it is fresh", async (t) => {
  const publisher = await aPublisher(t);
  const outcomes = await Promise.all([1, 2, 3].map(() => publisher.outcomeOf(first.token, 0)));
  assert.deepEqual(outcomes, ["ok", "ok", "ok"]);
  assert.equal(await publisher.outcomeOf(first.token, keySetBounds.freshMs - 1), "ok");
  assert.equal(publisher.fetches, 1);
});

test("C2.17 an unknown key causes one fetch per cooldown, and a new key is found by it", async (t) => {
  const publisher = await aPublisher(t);
  assert.equal(await publisher.outcomeOf(first.token, 0), "ok");
  publisher.answer = (response) => publish(response, [first.jwk, second.jwk]);
  assert.equal(await publisher.outcomeOf(second.token, keySetBounds.cooldownMs - 1), "forged");
  assert.equal(publisher.fetches, 1);
  assert.equal(await publisher.outcomeOf(second.token, keySetBounds.cooldownMs), "ok");
  assert.equal(await publisher.outcomeOf(second.token, keySetBounds.cooldownMs), "ok");
  assert.equal(publisher.fetches, 2);
});

test("C2.18 a key that is published no more is refused after the next fetch", async (t) => {
  const publisher = await aPublisher(t);
  assert.equal(await publisher.outcomeOf(first.token, 0), "ok");
  publisher.answer = (response) => publish(response, [second.jwk]);
  assert.equal(await publisher.outcomeOf(second.token, keySetBounds.freshMs), "ok");
  assert.equal(await publisher.outcomeOf(first.token, keySetBounds.freshMs), "forged");
});

test("C2.19 while the keys cannot be fetched, known ones stay in use for a bounded time, then tokens are unavailable", async (t) => {
  const publisher = await aPublisher(t);
  publisher.answer = fail;
  assert.equal(await publisher.outcomeOf(first.token, 0), "unavailable");
  assert.equal(await publisher.outcomeOf(first.token, keySetBounds.retryMs - 1), "unavailable");
  assert.equal(publisher.fetches, 1);
  publisher.answer = (response) => publish(response, [first.jwk]);
  assert.equal(await publisher.outcomeOf(first.token, keySetBounds.retryMs), "ok");
  publisher.answer = fail;
  assert.equal(await publisher.outcomeOf(first.token, keySetBounds.usableMs), "ok");
  assert.equal(await publisher.outcomeOf(second.token, keySetBounds.usableMs), "unavailable");
  assert.equal(
    await publisher.outcomeOf(first.token, keySetBounds.retryMs + keySetBounds.usableMs),
    "unavailable",
  );
});

test("C2.50 a key set is bounded in time, bytes and keys, and follows no redirect", async (t) => {
  const publisher = await aPublisher(t, { timeoutMs: 50, retryMs: 0, keysMax: 2 });
  const answers: ((response: ServerResponse) => void)[] = [
    () => undefined,
    (response) => response.write('{"keys":['),
    (response) => response.end(" ".repeat(keySetBounds.bytesMax + 1)),
    (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
    (response) => response.end("<html>"),
    (response) => response.end("null"),
    (response) => response.end('{"keys":{}}'),
  ];
  for (const answer of answers) {
    publisher.answer = answer;
    assert.equal(await publisher.outcomeOf(first.token, 0), "unavailable", String(answer));
  }
  publisher.answer = (response) => publish(response, [second.jwk, { kty: "oct", k: "AA" }, first.jwk]);
  assert.equal(await publisher.outcomeOf(second.token, 0), "ok");
  assert.equal(await publisher.outcomeOf(first.token, 0), "forged");
});

test("C2.51 a key set is never used for HS256", async (t) => {
  const publisher = await aPublisher(t);
  const claims = { sub: "u-17", exp: start / 1_000 + 600, chorus: { rooms: {} } };
  const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.alloc(32, 1));
  assert.equal(await publisher.outcomeOf(token, 0), "forged");
  assert.equal(publisher.fetches, 0);
});
