import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import * as fc from "fast-check";
import { shownCharsMax } from "./links.ts";
import { type Segment, segmentsOf } from "./segments.ts";

const people = new Map([
  ["Ada", personId("ada")],
  ["Ada Lovelace", personId("lovelace")],
  ["سارة", personId("sara")],
  ["דנה", personId("dana")],
  ["👩‍🚀", personId("astronaut")],
]);
const emotes = new Map([
  ["tada", "🎉"],
  ["+1", "👍"],
  ["wave", "/emotes/wave.png"],
]);
const emoteOf = (name: string) => emotes.get(name) ?? null;
const cut = (text: string) => segmentsOf(text, { mentions: people, emoteOf });

test("W4.1 a text is cut into text, links, mentions and emotes, and they are the text again", () => {
  assert.deepEqual(cut("Bravo @Ada :tada: see www.example.com/a!"), [
    { kind: "text", text: "Bravo " },
    { kind: "mention", text: "@Ada", person: "ada" },
    { kind: "text", text: " " },
    { kind: "emote", text: ":tada:", name: "tada", emote: "🎉" },
    { kind: "text", text: " see " },
    {
      kind: "link",
      text: "www.example.com/a",
      href: "https://www.example.com/a",
      shown: "www.example.com/a",
    },
    { kind: "text", text: "!" },
  ]);
  assert.deepEqual(cut(""), []);
  assert.deepEqual(cut("<b>&amp;</b>\n"), [{ kind: "text", text: "<b>&amp;</b>\n" }]);
});

test("W4.2 links are of http and https, with a host that has a dot, or begin with www.", () => {
  assert.equal(hrefIn("see http://example.com/x?y=1#z now"), "http://example.com/x?y=1#z");
  assert.equal(hrefIn("HTTPS://Example.COM"), "https://example.com/");
  assert.equal(hrefIn("見てhttps://example.com。次"), "https://example.com/");
  assert.equal(hrefIn("http://192.0.2.1:8080/"), "http://192.0.2.1:8080/");
  for (const no of [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.com",
    "//example.com",
    "example.com",
    "http://",
    "https://?",
    "https:///example.com",
    "http://localhost/",
    "http://a..b",
    "http://[::1]/",
    "xhttps://example.com",
    "www.",
    "www.example",
    "awww.example.com",
    "me@www.example.com",
  ]) {
    assert.deepEqual(cut(no), [{ kind: "text", text: no }], no);
  }
});

test("W4.3 punctuation and brackets around a link are not of it, brackets in pairs inside are", () => {
  const ends: [string, string][] = [
    ["(https://example.com/a)", "https://example.com/a"],
    ["https://example.com/a_(b)", "https://example.com/a_(b)"],
    ["(see https://example.com/a_(b)).", "https://example.com/a_(b)"],
    ["[https://example.com]?!", "https://example.com"],
    ["«https://example.com/a»", "https://example.com/a"],
    ['"https://example.com/a",', "https://example.com/a"],
    ["<https://example.com/a>", "https://example.com/a"],
    ["https://example.com/a...", "https://example.com/a"],
    ["شاهد https://example.com/مسار؟", "https://example.com/مسار"],
    ["https://example.com/مسار، ثم", "https://example.com/مسار"],
    ["https://example.com:", "https://example.com"],
    ["https://example.com😂", "https://example.com"],
  ];
  for (const [said, link] of ends) assert.equal(linkIn(said)?.text, link, said);
});

test("W4.4 an address with credentials is no link, nor is a part of it", () => {
  for (const said of [
    "https://user@example.com",
    "https://user:secret@example.com/",
    "https://www.bank.example@evil.example",
    "https://bank.example:www.evil.example@x.example",
    "https://user@www.example.com",
    "www.bank.example@evil.example",
  ]) {
    assert.deepEqual(cut(said), [{ kind: "text", text: said }], said);
  }
  assert.equal(linkIn("https://bank.example\\@evil.example")?.href, "https://bank.example/");
  assert.equal(hrefIn("https://example.com/@ada"), "https://example.com/@ada");
});

test("W4.5 a host that could be taken for another is shown as it is asked for", () => {
  const shown: [string, string][] = [
    ["https://münchen.de/", "münchen.de"],
    ["https://pаypal.com", "xn--pypal-4ve.com"],
    ["https://аррӏе.com", "xn--80ak6aa92e.com"],
    ["https://xn--80ak6aa92e.com", "xn--80ak6aa92e.com"],
    ["https://مثال.السعودية/x", "xn--mgbh0fb.xn--mgberp4a5d4ar/x"],
    ["https://ｅｘａｍｐｌｅ.com", "example.com"],
    ["https://ex%61mple.com", "example.com"],
    ["http://0x7f.1/", "http://127.0.0.1"],
    ["https://example.com:443/a", "example.com/a"],
    ["https://example.com:8443/a", "example.com:8443/a"],
    ["https://example.com/a\u{e0041}b", "example.com/a%F3%A0%81%81b"],
  ];
  for (const [said, seen] of shown) assert.equal(linkIn(said)?.shown, seen, said);
});

test("W4.6 of a long address the middle is left out, and never the end of its host", () => {
  const path = `https://example.com/watch/${"a".repeat(100)}/end?v=1`;
  assert.equal(linkIn(path)?.shown, "example.com/watch/aaaaaaaaaaa…aaaaaaaaaa/end?v=1");
  assert.equal(linkIn(path)?.href, path);
  const host = linkIn(`https://accounts.bank.example.${"x".repeat(40)}.evil.example/login/${"y".repeat(40)}`);
  assert.equal(host?.shown, "…xxxxxxxxxx.evil.example/login/yyyyy…yyyyyyyyyyy");
  assert.equal(linkIn(`https://${"x".repeat(60)}.evil.example/`)?.shown.endsWith("x.evil.example"), true);
  const hindi = linkIn(`https://example.com/${"क्षि".repeat(60)}`)?.shown ?? "";
  assert.match(hindi, /^example\.com\/(?:क्षि)+…(?:क्षि)+$/);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."abc./?=&-1ع"), maxLength: 120 }), (rest) => {
      const link = linkIn(`https://a.example/${rest}`);
      assert.ok(link !== undefined && link.shown.length <= shownCharsMax);
      assert.ok(link.shown.startsWith("a.example"));
    }),
    { numRuns: 200 },
  );
});

test("W4.7 an @ with a name of somebody mentioned is a mention, the longest name first", () => {
  assert.deepEqual(mentionsIn("@ada lovelace, @Ada and @ADA!"), ["lovelace", "ada", "ada"]);
  assert.deepEqual(mentionsIn("شكرا @سارة، و@سارة"), ["sara", "sara"]);
  assert.deepEqual(mentionsIn("תודה @דנה!"), ["dana"]);
  assert.deepEqual(mentionsIn("@👩‍🚀 hi"), ["astronaut"]);
  assert.deepEqual(mentionsIn("awww.@Ada"), ["ada"]);
  for (const no of ["@Adam", "@Ada_", "@Ada2", "mail@Ada", "@ Ada", "Ada", "@@", "@Ben", "@سارةا", "@👩‍🚀‍"]) {
    assert.deepEqual(mentionsIn(no), [], no);
  }
  assert.deepEqual(segmentsOf("@", { mentions: new Map([["", personId("x")]]) }), [
    { kind: "text", text: "@" },
  ]);
});

test("W4.8 a :name: is an emote when something stands for it", () => {
  assert.deepEqual(emotesIn(":tada::+1: :Tada: 12:30:45 :a:tada: :: :wave:"), ["tada", "+1", "tada", "wave"]);
  assert.deepEqual(emotesIn(`:${"a".repeat(49)}: :to string: :constructor:`), []);
});

test("W4.9 nothing is cut within what is one character to people", () => {
  const one = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "1️⃣", "🇩🇪", "👋🏽", "é́", "क्षि", "مُ", "ש́", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"];
  for (const char of one) assert.deepEqual(cut(char), [{ kind: "text", text: char }]);
  assert.deepEqual(cut(":tada:\u0301@Ada\u0301"), [{ kind: "text", text: ":tada:\u0301@Ada\u0301" }]);
  const pieces = [
    ...one,
    "@Ada",
    "@👩‍🚀",
    ":tada:",
    "https://example.com/",
    "www.example.com",
    " ",
    "‍",
    "\u0301",
    ".",
    "🏽",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const characters = new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text);
      const begins = new Set(Array.from(characters, ({ index }) => index));
      let at = 0;
      for (const segment of cut(text)) {
        assert.ok(begins.has(at), `${JSON.stringify(text)} is cut at ${at}`);
        at += segment.text.length;
      }
    }),
    { numRuns: 400 },
  );
});

test("W4.10 any text is answered with segments that are the text again, links of http and https alone", () => {
  const alphabet = [
    ..."@:./\\#?%()[]<>'\" aA0_-\u200d\u202eعä",
    "http://",
    "https://",
    "www.",
    "Ada",
    "tada",
  ];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 60 }), (text) => {
      const segments = cut(text);
      assert.equal(segments.map((segment) => segment.text).join(""), text);
      for (const segment of segments) {
        assert.notEqual(segment.text, "");
        if (segment.kind === "link") assert.match(segment.href, /^https?:\/\/[^/@]+\//);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("W4.11 the worst text takes time in proportion to its length", () => {
  const bad = [
    "@",
    ":",
    "@Ada Lovelac",
    ":a",
    "http://",
    "www.",
    "https://a.",
    ")",
    "https://a.b/(",
    ".",
    "a.www.",
    "😀‍",
  ];
  for (const part of bad) {
    for (const text of [
      part.repeat(500).slice(0, 500),
      `https://a.example/${part.repeat(500)}`.slice(0, 500),
    ]) {
      const began = performance.now();
      for (let time = 0; time < 20; time++) cut(text);
      const took = performance.now() - began;
      assert.ok(took < 400, `${JSON.stringify(part)} took ${took} ms`);
    }
  }
});

function linkIn(text: string): Extract<Segment<string>, { kind: "link" }> | undefined {
  return cut(text).find((segment) => segment.kind === "link");
}

function hrefIn(text: string): string | undefined {
  return linkIn(text)?.href;
}

function mentionsIn(text: string): string[] {
  return cut(text).flatMap((segment) => (segment.kind === "mention" ? [segment.person] : []));
}

function emotesIn(text: string): string[] {
  return cut(text).flatMap((segment) => (segment.kind === "emote" ? [segment.name] : []));
}
