import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { skeletonOf } from "./skeleton.ts";

function assertAlike(original: string, impostors: readonly string[]): void {
  for (const impostor of impostors) {
    assert.equal(
      skeletonOf(impostor),
      skeletonOf(original),
      `${JSON.stringify(impostor)} imitates ${original}`,
    );
  }
}

test("C2.40 names that look alike have one skeleton: letters of other scripts", () => {
  assertAlike("Ada", ["Аdа", "ΑdΑ", "аԁа", "Ꭺda", "ɑda", "ᴀᴅᴀ", "Λda", "∆da", "ADA"]);
  assertAlike("Moderator", ["Mоdеrаtоr", "Μοderatοr", "ᴍᴏᴅᴇʀᴀᴛᴏʀ", "Мodеrаtоr"]);
  assertAlike("Veronica", ["νeronica", "Ѵerοnica", "veroηica"]);
  assertAlike("Anna", ["ΑΝΝΑ", "Αnna", "aηηa", "Аппа"]);
  assertAlike("Helen", ["Ηelen", "Неlеn", "һelen"]);
  assertAlike("Olga", ["σlga", "Øłga", "0lga"]);
  assertAlike("Clara", ["ϲlara", "Ϲlara", "Сlara"]);
});

test("C2.41 names that look alike have one skeleton: lettering, accents and width", () => {
  assertAlike("Mod", ["Ｍｏｄ", "𝓜𝓸𝓭", "ⓜⓞⓓ", "🅼🅾🅳", "🅜🅞🅓", "🄼🄾🄳", "Mőd", "M\u0335o\u0335d", "ᵐᵒᵈ"]);
  assertAlike("Loïc", ["Loic", "LOÏC", "L\u00f8i\u0327c"]);
});

test("C2.42 names that look alike have one skeleton: digits and signs for letters, rn and vv", () => {
  assertAlike("Moderator", ["M0derat0r", "rnoderator", "Mod3r@tor", "m0d3r470r"]);
  assertAlike("Ivan", ["lvan", "1van", "!van", "|van", "Ιvan"]);
  assertAlike("Sam", ["5am", "$am", "Sarn"]);
  assertAlike("Will", ["vvill", "WiII", "W1ll", "ＷＩＬＬ"]);
});

test("C2.43 names that look alike have one skeleton: spaces, decoration and what cannot be seen", () => {
  assertAlike("Ada", [
    "ad a",
    "a\u200bda",
    "A-d-a",
    "ada_",
    "Ada.",
    "Ada!",
    "@Ada",
    "|Ada|",
    "Ada 👑",
    "Ada✓",
    "Ada™",
  ]);
  assertAlike("Ada", ["A\u00adda", "Ada\u3164", "\u202eAda", "Ada\u2800", "Ada 🇩🇪", "【Ada】", "Ada ✅️"]);
});

test("C2.44 different names have different skeletons", () => {
  const names = [
    "Ada",
    "Adam",
    "Anna",
    "Hanna",
    "Clara",
    "Dara",
    "Иван",
    "Елена",
    "Олег",
    "李明",
    "محمد",
    "राम",
    "रोम",
  ];
  const more = [
    "はは",
    "ばば",
    "Ольга",
    "Νίκος",
    "נועה",
    "mod6",
    "mod8",
    "mod9",
    "Ada7",
    "🔥",
    "🔥🔥",
    "...",
    "김민준",
  ];
  const skeletons = [...names, ...more].map(skeletonOf);
  assert.equal(new Set(skeletons).size, skeletons.length, skeletons.join(" "));
  assert.ok(skeletons.every((skeleton) => skeleton !== ""));
});

test("C2.45 a name in other letters is alike to itself in any case", () => {
  assertAlike("ΕΛΕΝΗ", ["Ελένη", "ελενη"]);
  assertAlike("ИВАН", ["Иван", "иван"]);
  assertAlike("ԱՆՆԱ", ["Աննա"]);
});

test("C2.46 the skeleton of a skeleton is itself", () => {
  const unit = fc.oneof(
    fc.constantFrom(..."rnvVIl1|!$@ηνσΣßœøАрг™²ⓐ🅰٠אिが"),
    fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (parts) => {
      const skeleton = skeletonOf(parts.join(""));
      assert.equal(skeletonOf(skeleton), skeleton);
    }),
    { numRuns: 1_000 },
  );
});
