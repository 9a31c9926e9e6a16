import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import * as fc from "fast-check";
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { rightsIn } from "./person.ts";
import { readPublicKeys, secretTokenKey, type TokenKey } from "./token-keys.ts";
import { createTokenVerifier, type TokenRefusal, type TokenTrust } from "./verify-token.ts";

const now = time(1_700_000_000_000);
const nowSeconds = now / 1_000;
const secret = Buffer.from("an old signing key of forty bytes or so!");
const newerSecret = Buffer.from("the newer signing key of forty bytes, too");
const rsa = await generateKeyPair("RS256");
const ec = await generateKeyPair("ES256");
const rsaPem = await exportSPKI(rsa.publicKey);
const trusted = [
  secretTokenKey(newerSecret),
  secretTokenKey(secret),
  ...keysIn(rsaPem),
  ...keysIn(await exportSPKI(ec.publicKey)),
];
const claims = {
  sub: "u-17",
  exp: nowSeconds + 600,
  name: "Ada",
  chorus: { rooms: { demo: { role: "moderator" } } },
};

function keysIn(text: string): TokenKey[] {
  const keys = readPublicKeys(text);
  assert.ok(typeof keys !== "string", String(keys));
  return keys;
}

function verifierOf(trust: Partial<TokenTrust> = {}) {
  return createTokenVerifier({ keys: trusted, keySet: null, issuer: null, audience: null, ...trust });
}

function signed(
  payload: JWTPayload | object = claims,
  alg = "HS256",
  key: CryptoKey | KeyObject | Uint8Array = secret,
): Promise<string> {
  return new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key);
}

async function refusalOf(token: string, trust: Partial<TokenTrust> = {}): Promise<TokenRefusal> {
  const outcome = await verifierOf(trust).verify(token, now);
  assert.ok(!outcome.ok, "it was accepted");
  assert.match(outcome.sentence, /^[A-Z].*\.$/);
  return outcome;
}

async function reasonOf(token: string, trust: Partial<TokenTrust> = {}): Promise<string> {
  return (await refusalOf(token, trust)).reason;
}

const mac = (part: string) => createHmac("sha256", secret).update(part).digest("base64url");
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("C2.1 a token signed with any configured key is accepted: HS256, RS256, ES256", async () => {
  const verifier = verifierOf();
  for (const [alg, key] of [
    ["HS256", secret],
    ["HS256", newerSecret],
    ["RS256", rsa.privateKey],
    ["ES256", ec.privateKey],
  ] as const) {
    const outcome = await verifier.verify(await signed(claims, alg, key), now);
    assert.ok(outcome.ok, `${alg}: ${JSON.stringify(outcome)}`);
    assert.equal(outcome.person.id, "u-17");
    assert.equal(outcome.person.name, "Ada");
    assert.equal(rightsIn(outcome.person, roomId("demo"))?.role, "moderator");
  }
});

test("C2.2 every other algorithm is refused as forged, `none` before all", async () => {
  for (const alg of ["none", "None", "NONE", ""]) {
    assert.equal(await reasonOf(`${encoded({ alg })}.${encoded(claims)}.`), "forged", alg);
  }
  const pss = await generateKeyPair("PS256");
  assert.equal(await reasonOf(await signed(claims, "HS512", Buffer.alloc(64, 1))), "forged");
  assert.equal(await reasonOf(await signed(claims, "PS256", pss.privateKey)), "forged");
});

test("C2.3 the key decides the algorithm: a public key is never taken for a secret", async () => {
  const header = encoded({ alg: "HS256", typ: "JWT" });
  for (const text of [rsaPem, rsaPem.trim()]) {
    const confused = createHmac("sha256", text)
      .update(`${header}.${encoded(claims)}`)
      .digest("base64url");
    assert.equal(await reasonOf(`${header}.${encoded(claims)}.${confused}`), "forged");
  }
});

test("C2.4 a token signed with another key, or changed after signing, is forged", async () => {
  const strangers = await generateKeyPair("RS256");
  assert.equal(await reasonOf(await signed(claims, "HS256", Buffer.alloc(32, 9))), "forged");
  assert.equal(await reasonOf(await signed(claims, "RS256", strangers.privateKey)), "forged");
  const [header, , signature] = (await signed()).split(".");
  const host = { ...claims, chorus: { rooms: { "*": { role: "host" } } } };
  assert.equal(await reasonOf(`${header}.${encoded(host)}.${signature}`), "forged");
  assert.equal(await reasonOf(`${header}.${encoded(claims)}.`), "forged");
  const expired = await signed({ ...claims, exp: 1 }, "HS256", Buffer.alloc(32, 9));
  assert.equal(await reasonOf(expired), "forged");
});

test("C2.5 a token must expire, and is accepted until five seconds after it did", async () => {
  const { exp: _, ...endless } = claims;
  assert.match((await refusalOf(await signed(endless))).sentence, /"exp"/);
  assert.equal(await reasonOf(await signed({ ...claims, exp: "never" })), "claims");
  assert.equal(await reasonOf(await signed({ ...claims, exp: nowSeconds - 5 })), "expired");
  assert.ok((await verifierOf().verify(await signed({ ...claims, exp: nowSeconds - 4 }), now)).ok);
});

test("C2.6 a token is not accepted earlier than five seconds before its nbf", async () => {
  assert.match((await refusalOf(await signed({ ...claims, nbf: nowSeconds + 6 }))).sentence, /not valid yet/);
  assert.ok((await verifierOf().verify(await signed({ ...claims, nbf: nowSeconds + 5 }), now)).ok);
});

test("C2.7 issuer and audience are checked where they are configured, else ignored", async () => {
  const trust = { issuer: "https://id.example", audience: "chorus" };
  const good = { ...claims, iss: trust.issuer, aud: ["other", "chorus"] };
  assert.ok((await verifierOf(trust).verify(await signed(good), now)).ok);
  assert.ok((await verifierOf().verify(await signed({ ...good, iss: "anybody" }), now)).ok);
  assert.match((await refusalOf(await signed({ ...good, iss: "evil" }), trust)).sentence, /"iss"/);
  assert.match((await refusalOf(await signed({ ...good, aud: "other" }), trust)).sentence, /"aud"/);
  assert.match((await refusalOf(await signed(claims), trust)).sentence, /"(iss|aud)"/);
});

test("C2.12 an unknown claim inside `chorus` is refused by its name, others are ignored", async () => {
  const misspelt = { ...claims, chorus: { ...claims.chorus, roms: {} } };
  assert.match((await refusalOf(await signed(misspelt))).sentence, /chorus\.roms/);
  const wrongRole = { ...claims, chorus: { rooms: { demo: { role: "king" } } } };
  assert.match((await refusalOf(await signed(wrongRole))).sentence, /chorus\.rooms\.demo\.role/);
  const { chorus: _, ...stranger } = claims;
  assert.equal(await reasonOf(await signed(stranger)), "claims");
  assert.ok((await verifierOf().verify(await signed({ ...claims, email: "a@b.c", roms: 1 }), now)).ok);
});

test("C2.13 a token longer than the limit is refused unread", async () => {
  const long = await signed({ ...claims, padding: "x".repeat(limits.tokenBytesMax) });
  assert.deepEqual(await refusalOf(long), {
    ok: false,
    reason: "malformed",
    sentence: "The token is too long.",
  });
});

test("C2.14 whatever is no token is refused as malformed or forged, without an error", async () => {
  const header = encoded({ alg: "HS256" });
  const notJson = `${header}.${Buffer.from("hello").toString("base64url")}`;
  const list = `${header}.${encoded([1])}`;
  const critical = `${encoded({ alg: "HS256", crit: ["exp2"], exp2: 1 })}.${encoded(claims)}`;
  const unencoded = `${encoded({ alg: "HS256", b64: false, crit: ["b64"] })}.${encoded(claims)}`;
  for (const part of [notJson, list, critical, unencoded]) {
    assert.equal(await reasonOf(`${part}.${mac(part)}`), "malformed", part);
  }
  for (const junk of [
    "",
    "a",
    "a.b",
    "a.b.c",
    "a.b.c.d.e",
    `${encoded("x")}.e30.`,
    `${encoded(null)}.e30.`,
    "é.é.é",
    " ",
  ]) {
    assert.equal(await reasonOf(junk), "malformed", junk);
  }
  const verifier = verifierOf();
  const part = fc.oneof(
    fc.string(),
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
    fc.constant(header),
  );
  await fc.assert(
    fc.asyncProperty(part, part, part, async (a, b, c) => {
      assert.equal((await verifier.verify(`${a}.${b}.${c}`, now)).ok, false);
    }),
    { numRuns: 300 },
  );
});

test("C2.15 public keys are read from PEM, JWK and JWK sets; private and weak ones are refused", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig" };
  assert.deepEqual(
    keysIn(JSON.stringify(jwk)).map(({ algorithm, id }) => [algorithm, id]),
    [["ES256", "k1"]],
  );
  const set = { keys: [jwk, { kty: "oct", k: "c2VjcmV0" }, { ...jwk, use: "enc" }, { kty: "new" }, 5, null] };
  assert.equal(keysIn(JSON.stringify(set)).length, 1);
  const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey;
  const otherCurve = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
  const wrong: [string, RegExp][] = [
    [privateKey.export({ type: "pkcs8", format: "pem" }).toString(), /private/],
    [JSON.stringify(privateKey.export({ format: "jwk" })), /private/],
    [weak.export({ type: "spki", format: "pem" }).toString(), /2,048/],
    [otherCurve.export({ type: "spki", format: "pem" }).toString(), /P-256/],
    [JSON.stringify({ ...jwk, alg: "ES384" }), /algorithm/],
    ["-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----", /cannot be read/],
    ["nonsense", /neither/],
    ['{"keys":[]}', /no key/],
  ];
  for (const [text, sentence] of wrong) assert.match(String(readPublicKeys(text)), sentence);
});
