import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arbitraryOf } from "./arbitrary.fixture.ts";
import { ClaimsSchema } from "./claims.ts";
import { EntrySchema } from "./entries.ts";
import { frameSchemas } from "./frames.ts";
import {
  explainClaims,
  explainEntry,
  isClaims,
  isEntry,
  parseFrame,
  parseRequest,
  ProtocolError,
} from "./parse.ts";
import { requestSchemas } from "./requests.ts";
import { protocolVersion, versionAccepted } from "./version.ts";

const numRuns = 60;
const say = { t: "say", room: "demo", key: "k3Vw9-ZtP0aB:0", text: "hi" };
const harmless = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+\.$/u;
const junk = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, -1, 1.5, 2 ** 53, "", "\ud800", "\u202e", "__proto__", [], {}, [[[]]]),
);

test("P1.5 whatever a schema draws is accepted", () => {
  for (const [kind, schema] of Object.entries(requestSchemas)) {
    holds(arbitraryOf(schema), (value) => {
      const text = JSON.stringify(value);
      const parsed = parseRequest(text);
      if (kind !== "hello" || (parsed.t === "hello" && versionAccepted(parsed.v))) {
        assert.deepEqual(parsed, JSON.parse(text));
      }
    });
  }
  for (const schema of Object.values(frameSchemas)) {
    holds(arbitraryOf(schema), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseFrame(text), JSON.parse(text));
    });
  }
  holds(arbitraryOf(EntrySchema), (value) => assert.ok(isEntry(value)));
  holds(arbitraryOf(ClaimsSchema), (value) => assert.ok(isClaims(value)));
});

test("P1.6 a mutated frame is accepted or refused by a sentence that names the place, and nothing else happens", () => {
  for (const schema of Object.values(requestSchemas)) {
    holds(mutated(arbitraryOf(schema)), (value) => assertAnswered(parseRequest, JSON.stringify(value)));
  }
  for (const schema of Object.values(frameSchemas)) {
    holds(mutated(arbitraryOf(schema)), (value) => assertAnswered(parseFrame, JSON.stringify(value)));
  }
  holds(mutated(arbitraryOf(EntrySchema)), (value) => isEntry(value) || assertSentence(explainEntry(value)));
  holds(
    mutated(arbitraryOf(ClaimsSchema)),
    (value) => isClaims(value) || assertSentence(explainClaims(value)),
  );
});

test("P1.6 a mutated text is accepted or refused, and nothing else happens", () => {
  const frame = fc
    .oneof(...Object.values(requestSchemas).map(arbitraryOf))
    .map((value) => JSON.stringify(value));
  const cut = fc.tuple(frame, fc.nat(), fc.nat({ max: 3 }), fc.string({ unit: "binary", maxLength: 3 }));
  holds(cut, ([text, at, length, instead]) => {
    const from = at % (text.length + 1);
    assertAnswered(parseRequest, text.slice(0, from) + instead + text.slice(from + length));
  });
  holds(fc.string({ unit: "binary" }), (text) => assertAnswered(parseRequest, text));
});

test("P1.7 a sentence repeats at most 64 characters of the input and nothing that commands a screen", () => {
  for (const mark of ["☃", "\u202e", "\u0000", "\ud800", "\u001b[31m", '"', "\n"]) {
    const long = mark.repeat(500);
    const frames = [
      { t: long },
      { ...say, [long]: 1 },
      { ...say, room: long },
      { ...say, mentions: [long] },
      { t: "react", room: "demo", key: say.key, taps: { [long]: 1 } },
      { t: "react", room: "demo", key: say.key, taps: { "🔥": long } },
      { t: "moderate", room: "demo", key: say.key, act: { do: long } },
      { t: "moderate", room: "demo", key: say.key, act: { do: "pin", id: "01JGF8Z3Q5WA", [long]: long } },
    ];
    for (const sentence of [
      ...frames.map(refusalOf),
      explainClaims({ sub: long }),
      explainEntry({ k: long }),
    ]) {
      assertSentence(sentence);
      assert.ok(sentence.split(mark === "☃" ? mark : "\ufffd").length <= 65, sentence);
    }
  }
});

test("P1.8 nesting, size and repetition are answered like anything else", () => {
  const deep = 8_000;
  const texts = [
    "[".repeat(2 * deep),
    `{"t":${"[".repeat(deep)}${"]".repeat(deep)}}`,
    `{"t":"say","room":${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}}`,
    JSON.stringify({ ...say, mentions: Array.from({ length: 5_000 }, () => "u") }),
    JSON.stringify({ ...say, ...Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`f${n}`, n])) }),
    `{${Array.from({ length: 2_000 }, () => '"t":"say"').join(",")}}`,
  ];
  for (const text of texts) assertAnswered(parseRequest, text);
});

test("P1.9 fields that every object has are fields like others", () => {
  assert.match(
    refusalOf('{"t":"leave","room":"demo","__proto__":{"a":1}}'),
    /^"__proto__" is not a field of leave/,
  );
  for (const name of Object.getOwnPropertyNames(Object.prototype)) {
    assert.match(refusalOf({ t: name }), /^There is no request of kind/);
    assert.match(
      refusalOf(`{"t":"leave","room":"demo",${JSON.stringify(name)}:1}`),
      /is not a field of leave/,
    );
    const taps = `{"t":"react","room":"demo","key":"${say.key}","taps":{${JSON.stringify(name)}:1}}`;
    assert.match(refusalOf(taps), /^In "taps", the name/);
    assert.ok(
      !isClaims(JSON.parse(`{"sub":"u","exp":1,"chorus":{"rooms":{"a":{"role":"viewer"}},"${name}":1}}`)),
    );
  }
  assert.equal(Object.hasOwn({}, "a"), false);
});

test("P1.10 of a field that comes twice the last one counts, and numbers are what JSON says they are", () => {
  assert.deepEqual(parseRequest('{"t":"leave","room":"one","room":"two"}'), { t: "leave", room: "two" });
  for (const seq of ["1e999", "-1", "1.5", "9007199254740992", '"1"', "true", "[1]"]) {
    assert.match(refusalOf(`{"t":"seen","room":"demo","seq":${seq}}`), /^"seq" must be a position/);
  }
  for (const seq of ["-0", "0", "1e3", "9007199254740991"]) {
    assert.deepEqual(
      parseRequest(`{"t":"seen","room":"demo","seq":${seq}}`),
      JSON.parse(`{"t":"seen","room":"demo","seq":${seq}}`),
    );
  }
  assert.ok(!isClaims(JSON.parse('{"sub":"u","exp":1e999,"chorus":{"rooms":{}}}')));
});

test("P1.11 half a surrogate pair in a text is no reason to fail", () => {
  const parsed = parseRequest(String.raw`{"t":"say","room":"demo","key":"k3Vw9-ZtP0aB:0","text":"a\ud83d"}`);
  assert.equal(parsed.t === "say" && parsed.text, "a\ud83d");
});

test("P2.4 a hello of a version that is not spoken is read for its version alone", () => {
  const v = protocolVersion + 1;
  assert.deepEqual(parseRequest(JSON.stringify({ t: "hello", v, token: 7, news: [] })), { t: "hello", v });
  assert.match(refusalOf({ t: "hello", v: protocolVersion, news: [] }), /^"news" is not a field of hello/);
  assert.match(refusalOf({ t: "hello", v: -1 }), /^"v" must be/);
});

function holds<Value>(values: fc.Arbitrary<Value>, check: (value: Value) => unknown): void {
  fc.assert(
    fc.property(values, (value) => void check(value)),
    { numRuns, seed: 7 },
  );
}

/** One place anywhere in the value becomes something else, is gone, or gets a neighbour. */
function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const how = fc.constantFrom("replace", "remove", "add");
  return fc
    .tuple(values, fc.nat(), how, fc.string({ maxLength: 8 }), junk)
    .map(([value, at, how, name, other]) => {
      const copy: unknown = structuredClone(value);
      const holders = holdersIn(copy);
      const holder = holders[at % holders.length] ?? {};
      const names = Object.keys(holder);
      const field = names[Math.trunc(at / holders.length) % names.length] ?? name;
      if (how === "remove") delete holder[field];
      else holder[how === "add" ? name : field] = other;
      return copy;
    });
}

function holdersIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(holdersIn)];
}

function assertAnswered(parse: (text: string) => unknown, text: string): void {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    assertSentence(error.message);
  }
}

function assertSentence(sentence: string): void {
  assert.match(sentence, harmless);
  assert.match(sentence, /^("|In "|There is no |A frame must|The frame is|This (token|entry) must)/);
  assert.ok(sentence.length <= 400, sentence);
}

function refusalOf(frame: unknown): string {
  try {
    parseRequest(typeof frame === "string" ? frame : JSON.stringify(frame));
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    return error.message;
  }
  return assert.fail(`accepted: ${JSON.stringify(frame)}`);
}
