import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { entryId, personId, type Seq, seq, time } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { pageEntries } from "./history-page.ts";
import { createHistory, historyMax, type HistoryPage } from "./history.ts";
import { aMessage } from "./shown.fixture.ts";

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
    { seq: seq(5), ...common(5), k: "removed", of: [entryId("m1"), entryId("m3")], by: "staff", why: "spam" },
    { seq: seq(6), ...common(6), k: "edited", of: entryId("m2"), by: ada, text: "edited" },
    { seq: seq(7), ...common(7), k: "edited", of: entryId("m2"), by: ada, text: "edited twice" },
    { seq: seq(8), ...common(8), k: "restored", message: bodyOf(3, "brought back") },
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

test("W8.5 what leaves the room's list stays, with what has been decided on it meanwhile", () => {
  const history = createHistory(
    () => Promise.resolve(null),
    () => {},
  );
  const list = Array.from({ length: 6 }, (_, i) => shown(i + 1, `m${i + 1}`));
  history.keep(list);
  history.removed(entryId("m1"), { by: "staff", why: "spam" });
  history.edited(entryId("m2"), "better", time(9_000));
  history.keep(list.slice(2));
  history.keep([...list.slice(3), shown(7, "m7")]);
  const texts = () => history.messages.map(({ text, removed }) => removed?.why ?? text);
  assert.deepEqual(texts(), ["spam", "better", "m3"]);
  history.edited(entryId("m3"), "later", time(9_000));
  history.restored(shown(1, "back"));
  assert.deepEqual(texts(), ["back", "better", "later"]);
  history.keep([shown(20, "another list")]);
  assert.deepEqual(texts(), ["back", "better", "later", "m4", "m5", "m6", "m7"]);
});

test("W8.5 what was kept is not loaded once more: a page is of what is older than all of it", async () => {
  const asked: number[] = [];
  const all = Array.from({ length: 40 }, (_, i) => message(i + 1, `m${i + 1}`));
  const history = createHistory(
    (before) => {
      asked.push(before);
      return Promise.resolve({ epoch: "e", oldest: 1, entries: all.slice(0, 25) });
    },
    () => {},
  );
  const list = all.map(({ seq }) => shown(seq, `m${seq}`));
  history.keep(list.slice(20));
  history.keep(list.slice(30));
  await history.older(31);
  assert.deepEqual(asked, [21]);
  assert.deepEqual(
    history.messages.map(({ text }) => text),
    Array.from({ length: 30 }, (_, i) => `m${i + 1}`),
  );
});

test("W8.5 who reads for very long sees where the hole is, and what they have read stays", () => {
  const history = createHistory(
    () => Promise.resolve(null),
    () => {},
  );
  const all = Array.from({ length: historyMax + 700 }, (_, i) => shown(i + 1, ""));
  for (let from = 0; from <= historyMax + 200; from += 100) history.keep(all.slice(from, from + 500));
  assert.deepEqual([history.messages.length, history.leftOut], [historyMax, 200]);
  assert.equal(history.messages[0]?.id, "m1");
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

type Entry = EntryBody & { readonly seq: Seq };

function pageOf(all: readonly Entry[], before: number): HistoryPage {
  return { epoch: "e", oldest: 1, entries: all.filter(({ seq }) => seq < before).slice(-pageEntries) };
}

function message(n: number, text: string): Entry & { k: "message" } {
  return { seq: seq(n), ...bodyOf(n, text) };
}

function shown(n: number, text: string): Shown {
  return aMessage({ ...common(n), seq: seq(n), text });
}

function bodyOf(n: number, text: string) {
  return { k: "message", ...common(n), by: ada, name: "Ada", role: "viewer", text } as const;
}

function common(n: number) {
  return { id: entryId(`m${n}`), time: time(n * 1_000) } as const;
}
