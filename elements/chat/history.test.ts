import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { entryId, personId, time } from "@chorus/protocol/ids.ts";
import { pageEntries } from "./history-page.ts";
import { createHistory, type HistoryPage } from "./history.ts";

const ada = personId("ada");

test("W8.1 older pages come before newer ones until the beginning, one at a time", async () => {
  const asked: number[] = [];
  const all = Array.from({ length: 250 }, (_, i) => message(i + 1, `m${i + 1}`));
  const history = createHistory(
    (before) => {
      asked.push(before);
      return Promise.resolve(pageOf(all, before));
    },
    () => {},
  );
  await Promise.all([history.older(240), history.older(240)]);
  assert.deepEqual([asked, history.state], [[240], "ready"]);
  await history.older(240);
  await history.older(240);
  await history.older(240);
  assert.deepEqual([asked, history.state], [[240, 140, 40], "beginning"]);
  assert.deepEqual(
    history.messages.map(({ text }) => text),
    Array.from({ length: 239 }, (_, i) => `m${i + 1}`),
  );
});

test("W8.2 what a newer page removes, edits or brings back counts for the older page that holds it, and so do quotes", async () => {
  const all: Entry[] = [
    message(1, "removed"),
    message(2, "edited once"),
    message(3, "brought back"),
    { ...message(4, "re"), reply: { id: entryId("m1"), name: "Ada", quote: "removed" } },
    { seq: 5, ...common(5), k: "removed", of: [entryId("m1"), entryId("m3")], by: "staff", why: "spam" },
    { seq: 6, ...common(6), k: "edited", of: entryId("m2"), by: ada, text: "edited" },
    { seq: 7, ...common(7), k: "edited", of: entryId("m2"), by: ada, text: "edited twice" },
    { seq: 8, ...common(8), k: "restored", message: bodyOf(3, "brought back") },
  ];
  const pages = [all.slice(4), all.slice(0, 4)];
  const history = createHistory(
    () => Promise.resolve({ epoch: "e", oldest: 1, entries: pages.shift() ?? [] }),
    () => {},
  );
  await history.older(9);
  await history.older(9);
  assert.deepEqual(
    history.messages.map(({ text, removed, reply }) => [text, removed?.why ?? null, reply?.quote ?? null]),
    [
      ["", "spam", null],
      ["edited twice", null, null],
      ["brought back", null, null],
      ["re", null, ""],
    ],
  );
});

test("W8.3 a removal that is heard now takes the text and its quotes out of what was loaded", async () => {
  const all: Entry[] = [
    message(1, "secret"),
    { ...message(2, "re"), reply: { id: entryId("m1"), name: "Ada", quote: "secret" } },
  ];
  const history = createHistory(
    (before) => Promise.resolve(pageOf(all, before)),
    () => {},
  );
  await history.older(3);
  history.removed(entryId("m1"), { by: "author", why: null });
  assert.ok(!JSON.stringify(history.messages).includes("secret"));
});

test("W8.4 a page that fails can be asked for again; one of another epoch, or for a list that is gone, changes nothing", async () => {
  const answers = [
    null,
    { epoch: "e", oldest: 1, entries: [message(5, "five")] },
    { epoch: "f", oldest: 1, entries: [message(4, "four")] },
  ];
  const history = createHistory(
    () => Promise.resolve(answers.shift() ?? null),
    () => {},
  );
  await history.older(6);
  assert.equal(history.state, "failed");
  await history.older(6);
  assert.deepEqual([history.state, history.messages.length], ["ready", 1]);
  await history.older(6);
  assert.deepEqual([history.state, history.messages.length], ["failed", 1]);
  answers.push({ epoch: "e", oldest: 1, entries: [message(4, "four")] });
  const late = history.older(6);
  history.forget();
  await late;
  assert.deepEqual([history.state, history.messages.length], ["ready", 0]);
});

type Entry = EntryBody & { readonly seq: number };

function pageOf(all: readonly Entry[], before: number): HistoryPage {
  return { epoch: "e", oldest: 1, entries: all.filter(({ seq }) => seq < before).slice(-pageEntries) };
}

function message(seq: number, text: string): Entry & { k: "message" } {
  return { seq, ...bodyOf(seq, text) };
}

function bodyOf(n: number, text: string) {
  return { k: "message", ...common(n), by: ada, name: "Ada", role: "viewer", text } as const;
}

function common(n: number) {
  return { id: entryId(`m${n}`), time: time(n * 1_000) } as const;
}
