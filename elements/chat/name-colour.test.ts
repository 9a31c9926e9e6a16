import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { contrastMin, correctedColour, hueCount, nameColour, namePalette } from "./name-colour.ts";
import { contrast, oklabOf, oklchOf, type Rgb, rgbOf } from "./oklch.ts";

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);
const person = fc.string({ minLength: 1, maxLength: 40 });
const themes = ["#000000", "#0e0e10", "#18181b", "#26262c", "#ffffff", "#f7f7f8", "#efeff1"];

test("W3.1 every name can be read on its background", () => {
  fc.assert(
    fc.property(fc.array(person, { minLength: 1 }), colour, (people, background) => {
      const palette = namePalette(background);
      for (const one of people) assert.ok(read(nameColour(one, palette), background) >= contrastMin);
    }),
    { numRuns: 150 },
  );
  for (const background of themes) {
    for (const name of namePalette(background)) assert.ok(read(name, background) >= contrastMin);
  }
});

test("W3.2 a person has the same colour every time and in each theme the same hue", () => {
  const [dark, light] = [namePalette("#18181b"), namePalette("rgb(255, 255, 255)")];
  fc.assert(
    fc.property(person, (one) => {
      assert.equal(nameColour(one, dark), nameColour(one, namePalette("#18181b")));
      assert.equal(dark.indexOf(nameColour(one, dark)), light.indexOf(nameColour(one, light)));
    }),
    { numRuns: 50 },
  );
  assert.equal(nameColour("ada", dark), "#9bb4ff");
});

test("W3.3 hues on a dark or a light theme can be told apart, and ids spread over them", () => {
  for (const background of themes) {
    const labs = namePalette(background).map((css) => oklabOf(parsed(css)));
    for (const [index, one] of labs.entries()) {
      for (const other of labs.slice(0, index)) {
        assert.ok(Math.hypot(...one.map((value, axis) => value - (other[axis] ?? 0))) > 0.03, background);
      }
    }
  }
  const palette = namePalette("#000");
  const counts = new Map(palette.map((name) => [name, 0]));
  for (let id = 0; id < 16_000; id++) {
    const name = nameColour(`guest-${id}`, palette);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(counts.size, hueCount);
  for (const count of counts.values()) assert.ok(count > 700 && count < 1_300, String(count));
});

test("W3.4 a colour that is given is kept where it can be read and moved in lightness where not", () => {
  assert.equal(correctedColour("#FFF", "#000"), "#ffffff");
  assert.equal(correctedColour("rgb(255, 105, 180)", "#18181b"), "#ff69b4");
  assert.notEqual(correctedColour("#0000ff", "#0000ff"), "#0000ff");
  fc.assert(
    fc.property(colour, colour, (given, background) => {
      const corrected = correctedColour(given, background);
      assert.ok(corrected !== null && read(corrected, background) >= contrastMin);
      if (read(given, background) >= contrastMin) assert.equal(corrected, given);
      assert.equal(correctedColour(corrected, background), corrected);
    }),
    { numRuns: 500 },
  );
  const [wish, is] = [
    oklchOf(parsed("#0000ff")),
    oklchOf(parsed(correctedColour("#0000ff", "#18181b") ?? "")),
  ];
  assert.ok(Math.abs(wish.hue - is.hue) < 3 && is.lightness > wish.lightness);
});

test("W3.5 what is no opaque colour is answered null, and never reaches a style", () => {
  for (const given of [
    "",
    "red",
    "#12",
    "#12345",
    "#11223344",
    "rgb(1,2)",
    "rgb(256, 0, 0)",
    "red;x:url(//e)",
  ]) {
    assert.equal(correctedColour(given, "#000"), null, given);
  }
  assert.throws(() => namePalette("transparent"), TypeError);
});

function read(name: string, background: string): number {
  return contrast(parsed(name), parsed(background));
}

function parsed(css: string): Rgb {
  const rgb = rgbOf(css);
  assert.ok(rgb !== null, css);
  return rgb;
}
