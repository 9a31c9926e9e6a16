import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { createSpeakers, foldedName, mentionAt, speakersMax, withMention } from "./mention-search.ts";
import { mentionsIn, mentionsMax, nameCharsMax, namedAt, type Speaker } from "./mentions.ts";

function person(name: string, id = name): Speaker {
  return { id: personId(id), name };
}

function foundAfter(names: readonly string[], typed: string): readonly string[] {
  const speakers = createSpeakers();
  for (const name of names) speakers.spoke(person(name));
  return speakers.find(typed).map(({ name }) => name);
}

/** The caret stands where the bar is. */
function typedIn(marked: string): string | null {
  const caret = marked.indexOf("|");
  return mentionAt(marked.replace("|", ""), caret)?.typed ?? null;
}

test("W7.1 with nothing typed the latest speakers are found, the latest first", () => {
  assert.deepEqual(foundAfter(["Ada", "Grace", "Ada", "Linus"], ""), ["Linus", "Ada", "Grace"]);
});

test("W7.1 a name that begins as what was typed stands before one with such a word, the very name first", () => {
  const names = ["Ad", "Adam", "Mary Ada", "Ada Lovelace", "Grace", "Bad"];
  assert.deepEqual(foundAfter(names, "ad"), ["Ad", "Ada Lovelace", "Adam", "Mary Ada"]);
  assert.deepEqual(foundAfter(["Grace", "Linus"], "z"), []);
});

test("W7.2 case, accents, width and the form of Unicode make no difference", () => {
  assert.deepEqual(foundAfter(["Zoë"], "ZOE"), ["Zoë"]);
  assert.deepEqual(foundAfter(["Zoe\u0308"], "zoë"), ["Zoe\u0308"]);
  assert.deepEqual(foundAfter(["Łukasz", "Søren", "Straße"], "luk"), ["Łukasz"]);
  assert.deepEqual(foundAfter(["Ｋｅｎ"], "ken"), ["Ｋｅｎ"]);
  assert.deepEqual(foundAfter(["İrem"], "irem"), ["İrem"]);
  assert.deepEqual(foundAfter(["김철수"], "기"), ["김철수"]);
});

test("W7.1 no more people are remembered than can be, the latest of them, and one can be forgotten", () => {
  const speakers = createSpeakers();
  for (let nth = 0; nth < speakersMax + 100; nth++) speakers.spoke(person(`p${nth}`));
  assert.equal(speakers.latest().length, speakersMax);
  assert.equal(speakers.latest()[0]?.name, `p${speakersMax + 99}`);
  assert.equal(speakers.find("p99").length, 0);
  speakers.forget(personId(`p${speakersMax}`));
  assert.equal(speakers.latest().length, speakersMax - 1);
});

test("W7.1 a person who changed the name is found by the new one, and nobody finds themselves", () => {
  const me = personId("me");
  const speakers = createSpeakers(() => me);
  speakers.spoke(person("Ada", "1"));
  speakers.spoke(person("Countess", "1"));
  speakers.spoke({ id: me, name: "Myself" });
  assert.deepEqual(speakers.find(""), [person("Countess", "1")]);
});

test("W7.3 the word with an @ under the caret is found, and addresses are none", () => {
  assert.equal(typedIn("hi @ad|a!"), "ad");
  assert.equal(typedIn("@|"), "");
  assert.equal(typedIn("(@ada|"), "ada");
  assert.equal(typedIn("こんにちは@ada|"), "ada");
  assert.equal(typedIn("＠김철|"), "김철");
  assert.equal(typedIn("@ada @gr|"), "gr");
  assert.equal(typedIn("@ada |"), null);
  assert.equal(typedIn("|@ada"), null);
  assert.equal(typedIn("mail ada@exam|ple.org"), null);
  assert.equal(typedIn("ada|"), null);
  assert.equal(typedIn(`@${"a".repeat(200)}|`), null);
});

test("W7.3 the whole word is replaced by the name, with one blank behind it", () => {
  const text = "hi @adx, how";
  const word = mentionAt(text, 6);
  assert.ok(word !== null);
  assert.deepEqual(withMention(text, word, "Ada Lovelace"), { text: "hi @Ada Lovelace , how", caret: 17 });
  const spaced = mentionAt("@a b", 2);
  assert.ok(spaced !== null);
  assert.deepEqual(withMention("@a b", spaced, "Ada"), { text: "@Ada b", caret: 5 });
});

test("W7.3 of any text and caret, what is not the word stays as it is", () => {
  const unit = fc.constantFrom("@", "＠", "a", "é", "e\u0301", " ", "\n", "😀", "김", ".", ",");
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), fc.nat(40), (units, place) => {
      const text = units.join("");
      const caret = Math.min(place, text.length);
      const word = mentionAt(text, caret);
      if (word === null) return;
      assert.ok(word.start < caret && caret <= word.end);
      assert.equal(text.slice(word.start + 1, caret), word.typed);
      const next = withMention(text, word, "Ada");
      assert.ok(next.text.startsWith(`${text.slice(0, word.start)}@Ada `));
      assert.ok(next.text.endsWith(text.slice(word.end).replace(/^ /u, "")));
      assert.equal(next.caret, word.start + "@Ada ".length);
    }),
    { numRuns: 500 },
  );
});

test("W7.4 a text mentions those whose whole name stands behind an @, each once", () => {
  const people = [person("Ada"), person("Ada Lovelace"), person("Adam"), person("Zoë"), person("İrem")];
  const ids = (text: string) => mentionsIn(text, people).map(String);
  assert.deepEqual(ids("@ada lovelace and @ADA, @Ada"), ["Ada Lovelace", "Ada"]);
  assert.deepEqual(ids("@Adam @Adas @Zoe\u0308 @İrem"), ["Adam", "Zoë", "İrem"]);
  assert.deepEqual(ids("Ada ada@ada @nobody"), []);
});

test("W7.4 of two with one name the first is meant, and never more than a message may mention", () => {
  assert.deepEqual(mentionsIn("@Ada", [person("Ada", "chosen"), person("Ada", "other")]), ["chosen"]);
  const many = Array.from({ length: 20 }, (_, nth) => person(`p${nth}x`));
  assert.equal(mentionsIn(many.map(({ name }) => `@${name}`).join(" "), many).length, mentionsMax);
  assert.equal(namedAt("@Ada", 0, [person("Ada", "1"), person("ada", "2")])?.people.length, 2);
});

test("W7.2 folding a name twice changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), (name) => {
      assert.equal(foldedName(foldedName(name)), foldedName(name));
    }),
  );
});

test("W7.5 the bounds of names and mentions are the protocol's", () => {
  assert.equal(nameCharsMax, limits.nameCharsMax);
  assert.equal(mentionsMax, limits.mentionsMax);
});
