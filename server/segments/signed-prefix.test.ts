import assert from "node:assert/strict";
import { test } from "node:test";
import { roomId, time } from "@chorus/protocol/ids.ts";
import { createSignedPrefixes } from "./signed-prefix.ts";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

test("D2.27 a prefix is good as it was written, and in no other way of writing the same signature", () => {
  const prefixes = createSignedPrefixes(Buffer.from("a secret of thirty-two bytes or more"));
  const now = time(1_800_000_000_000);
  for (const name of ["demo", "members", "finale"]) {
    const room = roomId(name);
    const { prefix, expires } = prefixes.issue(room, now);
    assert.equal(prefixes.check(prefix, room, now), expires);
    for (const last of digits) {
      const other = prefix.slice(0, -1) + last;
      if (other !== prefix) assert.equal(prefixes.check(other, room, now), null, other);
    }
  }
});
