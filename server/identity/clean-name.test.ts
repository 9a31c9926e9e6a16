import assert from "node:assert/strict";
import { test } from "node:test";
import { charsIn } from "@chorus/core/text.ts";
import { limits } from "@chorus/protocol/limits.ts";
import * as fc from "fast-check";
import { cleanName } from "./clean-name.ts";

test("C2.25 a name is one line without anything that cannot be seen", () => {
  assert.equal(cleanName("  Ada \t\n Lovelace\u3000"), "Ada Lovelace");
  assert.equal(cleanName("A\u200bd\u00ada\u202e\u2066\u0007\u3164\ufeff"), "Ada");
  assert.equal(cleanName("Ada\u2800\u2800 L"), "Ada L");
  assert.equal(cleanName("e\u0301"), "é");
  assert.equal(cleanName("Ada\u200d\u200c\ufe0f\u200e"), "Ada");
});

test("C2.26 joiners stay where they belong: in emoji and in scripts that need them", () => {
  for (const name of ["👩‍💻 Ada", "🧑🏽‍🚀", "❤️", "1️⃣", "علی‌رضا", "क्‍ष", "O'Neill-Łuć", "李明 ✨"]) {
    assert.equal(cleanName(name), name);
  }
});

test("C2.27 a name is cut at the limit, between whole graphemes", () => {
  assert.equal(cleanName("x".repeat(100)), "x".repeat(limits.nameCharsMax));
  const families = "👩‍👩‍👧‍👦".repeat(20);
  assert.equal(cleanName(families), "👩‍👩‍👧‍👦".repeat(Math.floor(limits.nameCharsMax / 7)));
  assert.equal(cleanName(`${"x".repeat(limits.nameCharsMax - 1)} yz`), "x".repeat(limits.nameCharsMax - 1));
});

test("C2.28 of a name that shows nothing, nothing is left", () => {
  for (const raw of ["", "  ", "\u200b", "\u3164\u3164", "\u2800", "\u202e\u202e", "\u0301", "\ud800"]) {
    assert.equal(cleanName(raw), null, JSON.stringify(raw));
  }
});

test("C2.29 cleaning a name twice changes nothing, and it always keeps the limit", () => {
  const unit = fc.oneof(
    fc.constantFrom(
      ..."\u200d\u200c\ufe0f\u20e3\u200b\u2800\u0301 \n\u202e",
      "👩",
      "❤",
      "ع",
      "क",
      "\u094d",
      "a",
      "1",
      "🏽",
    ),
    fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), (parts) => {
      const name = cleanName(parts.join(""));
      if (name === null) return;
      assert.equal(cleanName(name), name);
      assert.ok(charsIn(name) <= limits.nameCharsMax && name !== "");
    }),
    { numRuns: 1_000 },
  );
});
