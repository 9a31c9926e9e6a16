import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import { type Suggested, suggestedAt, withSuggestion } from "./composer-suggested.ts";
import { createSpeakers, foundMax } from "./mention-search.ts";

const speakers = createSpeakers();
for (const name of ["Ben", "Ada Lovelace"]) speakers.spoke({ id: personId(name.slice(0, 3)), name });

function at(marked: string, staff = false): Suggested | null {
  const caret = marked.indexOf("|");
  return suggestedAt(marked.replace("|", ""), caret, { staff, find: (typed) => speakers.find(typed) });
}

function said(suggested: Suggested | null): string[] {
  return (suggested?.items ?? []).map((item) => {
    if (item.is === "person") return item.person.name;
    return item.is === "emoji" ? item.emoji : item.command;
  });
}

function chosen(marked: string, index = 0, staff = false): string {
  const suggested = at(marked, staff);
  const item = suggested?.items[index];
  assert.ok(suggested !== null && item !== undefined, marked);
  const { text, caret } = withSuggestion(marked.replace("|", ""), suggested, item);
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
}

test("W7.13 an @ lists people, a colon with two letters emoji, a slash at the beginning commands", () => {
  assert.deepEqual(said(at("hi @|")), ["Ada Lovelace", "Ben"]);
  assert.deepEqual(said(at("hi @be|")), ["Ben"]);
  assert.equal(said(at("so :tad|"))[0], "🎉");
  assert.equal(said(at(":TADA|"))[0], "🎉");
  assert.ok(said(at(":he|")).length <= foundMax);
  assert.deepEqual(said(at("/ig|")), ["ignore"]);
  assert.deepEqual(said(at("/t|")), []);
  assert.deepEqual(said(at("/t|", true)), ["timeout"]);
});

test("W7.13 what is no such word lists nothing", () => {
  for (const text of [
    "|",
    "hi|",
    ":|",
    ":D|",
    "10:30|",
    "http://x|",
    "a:tada|",
    "ada@ben|",
    "x /ig|",
    "/ig|nore",
    ":nothing|",
  ])
    assert.equal(at(text), null, text);
});

test("W7.14 what was chosen stands in place of the word alone, with one blank behind it", () => {
  assert.equal(chosen("hi @be| all"), "hi @Ben |all");
  assert.equal(chosen("so :tad| !"), "so 🎉 |!");
  assert.equal(chosen("so :tad|"), "so 🎉 |");
  assert.equal(chosen("/ig|"), "/ignore @|");
  assert.equal(chosen("/slo|", 0, true), "/slow |");
  assert.equal(chosen("/help|"), "/help|");
});
