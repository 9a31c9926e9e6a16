import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { recorded } from "./digest.ts";
import { wireShape } from "./shape.ts";
import { protocolVersion, versionAccepted } from "./version.ts";

test("P2.1 a change of the wire is recorded together with the decision whether it is a new version", () => {
  const digest = createHash("sha256").update(wireShape()).digest("hex");
  assert.deepEqual(
    recorded,
    { version: protocolVersion, digest },
    "The wire is not the one that is recorded in protocol/digest.ts. If a client of the version before would misread " +
      "it, raise protocolVersion in protocol/version.ts. Then run `npm run docs`, which records it.",
  );
});

test("P2.2 words that only explain do not change the wire", () => {
  const shape = wireShape();
  assert.doesNotMatch(shape, /"(description|expected)":"/);
  assert.match(shape, /"stalled":4001/);
  assert.match(shape, /"try-later":true/);
  assert.match(shape, /"tombstone"/);
});

test("P2.3 a server speaks its version and the one before", () => {
  assert.deepEqual(acceptedBy(1), [1]);
  assert.deepEqual(acceptedBy(2), [1, 2]);
  assert.deepEqual(acceptedBy(3), [2, 3]);
  assert.ok(versionAccepted(protocolVersion));
});

function acceptedBy(current: number): readonly number[] {
  return [-1, 0, 0.5, 1, 2, 3, 4, NaN].filter((version) => versionAccepted(version, current));
}
