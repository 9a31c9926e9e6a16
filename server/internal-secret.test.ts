import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type TokenConfig } from "./config.ts";
import { internalSecret } from "./internal-secret.ts";

const dir = mkdtempSync(join(tmpdir(), "chorus-secret-"));
after(() => rmSync(dir, { recursive: true }));

function tokensOf(...secrets: string[]): TokenConfig {
  return {
    secrets: secrets.map((secret) => Buffer.from(secret)),
    keys: [],
    jwksUrl: null,
    issuer: null,
    audience: null,
  };
}

test("O9.12 the internal secret follows from the newest signing key and is not that key", () => {
  const one = internalSecret({ tokens: tokensOf("first key", "second key"), dataDir: dir });
  assert.equal(one.length, 32);
  assert.deepEqual(internalSecret({ tokens: tokensOf("first key"), dataDir: dir }), one);
  assert.notDeepEqual(internalSecret({ tokens: tokensOf("second key"), dataDir: dir }), one);
  assert.deepEqual(readdirSync(dir), []);
});

test("O9.13 without a signing key the internal secret is drawn once and kept, readable by the owner alone", () => {
  const dataDir = join(dir, "new", "data");
  const drawn = internalSecret({ tokens: tokensOf(), dataDir });
  assert.equal(drawn.length, 32);
  assert.deepEqual(internalSecret({ tokens: tokensOf(), dataDir }), drawn);
  assert.deepEqual(readdirSync(dataDir), ["secret"]);
  assert.equal(statSync(join(dataDir, "secret")).mode & 0o777, 0o600);
  assert.notDeepEqual(internalSecret({ tokens: tokensOf(), dataDir: join(dir, "other") }), drawn);
});

test("O9.14 a damaged secret is an error that says what to do, never a weaker secret", () => {
  const dataDir = mkdtempSync(join(dir, "damaged-"));
  writeFileSync(join(dataDir, "secret"), "");
  assert.throws(() => internalSecret({ tokens: tokensOf(), dataDir }), /damaged: delete it/);
});
