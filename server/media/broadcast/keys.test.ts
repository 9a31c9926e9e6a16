import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { believed, type KeptKey, nameOf, newPassphrase, newStreamKey, rotated } from "./keys.ts";

test("V4.7 a stream key has at least 128 random bits and is kept only as its hash", () => {
  const key = newStreamKey();
  assert.ok(Buffer.from(key, "base64url").byteLength >= 16);
  assert.notEqual(key, newStreamKey());
  const kept = rotated([], key, 0, time(1));
  assert.ok(!JSON.stringify(kept.map((one) => Buffer.from(one.hash).toString("latin1"))).includes(key));
  assert.equal(believed(kept, key, time(2)), kept[0]);
});

test("V4.8 the key of before stops at once, or after its overlap", () => {
  const [first, second] = [newStreamKey(), newStreamKey()];
  const one = rotated([], first, 0, time(0));
  const atOnce = rotated(one, second, 0, time(1_000));
  assert.equal(believed(atOnce, first, time(1_000)), null);
  assert.ok(believed(atOnce, second, time(1_000)));

  const overlapping = rotated(one, second, 60_000, time(1_000));
  assert.ok(believed(overlapping, first, time(60_999)));
  assert.equal(believed(overlapping, first, time(61_000)), null);
});

test("V4.8 rotating again and again gathers no keys and lengthens no overlap", () => {
  let keys: readonly KeptKey[] = [];
  for (let i = 0; i < 50; i++) keys = rotated(keys, newStreamKey(), limits.mediaKeyOverlapMsMax * 9, time(i));
  assert.equal(keys.length, 2);
  assert.equal(keys[1]?.until, 49 + limits.mediaKeyOverlapMsMax);
});

test("V4.9 a wrong key, a key with something after it and no key are not believed", () => {
  const key = newStreamKey();
  const keys = rotated([], key, 0, time(0));
  for (const wrong of ["", key.slice(1), `${key}x`, key.toUpperCase() + "_", "x".repeat(100_000)])
    assert.equal(believed(keys, wrong, time(1)), null);
  assert.equal(believed([], key, time(1)), null);
  assert.match(nameOf(keys[0] ?? assert.fail()), /^[0-9a-f]{64}$/);
});

test("V4.10 a passphrase of SRT has 10 to 79 characters that need no escaping in its address", () => {
  assert.match(newPassphrase(), /^[A-Za-z0-9_-]{32}$/);
  assert.notEqual(newPassphrase(), newPassphrase());
});
