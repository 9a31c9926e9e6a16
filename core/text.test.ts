import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { charsIn, cleanText } from "./text.ts";

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."\n\r\t\0 \u0085\u2028\u200b\u200d\u200e\u202e\u2066\ufeff\u2800\u3164\u0301\u0327\u09be\u09c7\ufe0f",
        "\ud800",
        "\udc00",
        "👩",
        "\r\n",
        "\u1100",
        "\u1161",
        "\u11a8",
        "a",
        "é",
      ),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

function marks(count: number): string {
  return "\u0335".repeat(count);
}

test("C2.30 controls, bidirectional overrides and half surrogates are removed, direction marks stay", () => {
  assert.equal(cleanText("a\0b\u0007c\u001b[31md\u007fe\u009bf"), "abc[31mdef");
  assert.equal(cleanText("pay \u202egnp.exe\u202c \u2066now\u2069"), "pay gnp.exe now");
  assert.equal(cleanText("abc \u200fשלום\u200e abc"), "abc \u200fשלום\u200e abc");
  assert.equal(cleanText("a\ud800b\udc00c"), "abc");
  assert.equal(cleanText("a\tb"), "a b");
  assert.equal(cleanText("<b onclick='x'>&amp;</b>"), "<b onclick='x'>&amp;</b>");
});

test("C2.31 every line break is one newline, and more than three in a row are three", () => {
  assert.equal(cleanText("a\r\nb\rc\u2028d\u2029e\u0085f"), "a\nb\nc\nd\ne\nf");
  assert.equal(cleanText("a\n\n\n\n\nb"), "a\n\n\nb");
  assert.equal(cleanText("a\n \n\u200b\n\u3164\n\u2800\nb"), "a\n\n\nb");
});

test("C2.32 more than eight combining marks in a row are cut to eight", () => {
  assert.equal(cleanText(`z${marks(30)}a`), `z${marks(8)}a`);
  assert.equal(cleanText(`z${`${marks(8)}\u200d`.repeat(4)}a`), `z${marks(8)}a`);
  assert.equal(cleanText(`z${marks(8)}`), `z${marks(8)}`);
});

test("C2.33 a text is trimmed, and empty when nothing of it could be seen", () => {
  assert.equal(cleanText("  hi \u3000\u200b\n"), "hi");
  assert.equal(cleanText("❤️"), "❤️");
  for (const nothing of [
    "",
    "   ",
    "\n\n",
    "\u200b\u200d\u2060",
    "\u2800\u3164",
    "\u202e\u0000",
    "\u00ad\ufe0f",
  ]) {
    assert.equal(cleanText(nothing), "", JSON.stringify(nothing));
  }
});

test("C2.34 a text is NFC, and what is well-formed writing or emoji is left as it is", () => {
  assert.equal(cleanText("e\u0301"), "é");
  for (const text of ["👩‍👩‍👧‍👦 🏳️‍🌈 1️⃣ 🇩🇪", "می‌خواهم", "राम क्षत्रिय", "Tiếng Việt", "ﷺ", "a  b", "漢字かな"]) {
    assert.equal(cleanText(text), text);
  }
});

test("C2.35 cleaning twice changes nothing", () => {
  fc.assert(
    fc.property(nasty, (raw) => {
      const once = cleanText(raw);
      assert.equal(cleanText(once), once);
      assert.ok(once.isWellFormed());
      assert.doesNotMatch(once, /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]|\p{M}{9}|^\s|\s$/u);
    }),
    { numRuns: 1_000 },
  );
});

test("C2.36 the length of a text is its number of code points", () => {
  assert.equal(charsIn(""), 0);
  assert.equal(charsIn("abc"), 3);
  assert.equal(charsIn("👩‍👧"), 3);
  assert.equal(charsIn("\ud83d"), 1);
  fc.assert(fc.property(nasty, (text) => assert.equal(charsIn(text), Array.from(text).length)));
});
