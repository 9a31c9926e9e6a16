import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chatLineOf, readChatLog } from "./chat-log.ts";
import { inventedAuthors, scheduleOf } from "./schedule.ts";

test("X9.10 a line is due as long after the first as it was, divided by the speed", () => {
  const said = [3_000, 1_000, 1_000, 61_000].map((atMs, i) => ({ atMs, author: "ada", text: `${i}` }));
  const { cues, authors } = scheduleOf(said, 20);
  assert.deepEqual(
    cues.map(({ dueMs, text }) => [dueMs, text]),
    [
      [0, "1"],
      [0, "2"],
      [100, "0"],
      [3_000, "3"],
    ],
  );
  assert.deepEqual(
    authors.map(({ dueMs }) => dueMs),
    [[0, 0, 100, 3_000]],
  );
  assert.deepEqual(scheduleOf([], 1), { cues: [], authors: [] });
});

test("X9.11 each author is one identity, whose id and name a server takes", () => {
  const names = ["u1", "ü".repeat(60), "a b", "u1", "x".repeat(200), `${"n".repeat(39)}\u{1f600}`];
  const { authors } = scheduleOf(
    names.map((author) => ({ atMs: 0, author, text: "" })),
    1,
  );
  assert.equal(authors.length, 5);
  assert.deepEqual([authors[0]?.sub, authors[0]?.name, authors[0]?.dueMs.length], ["replay:u1", "u1", 2]);
  for (const { sub, name } of authors) {
    assert.match(sub, /^[!-~]{1,128}$/);
    assert.ok(name.length >= 1 && name.length <= 40 && name.isWellFormed(), name);
  }
});

test("X9.12 lines without an author are dealt to 500 invented ones in turn", () => {
  const lines = Array.from({ length: 1_250 }, () => ({ atMs: 0, author: null, text: "" }));
  const { authors } = scheduleOf(lines, 1);
  assert.equal(authors.length, inventedAuthors);
  assert.deepEqual([...new Set(authors.map(({ dueMs }) => dueMs.length))], [3, 2]);
});

test("X9.13 chat lines are read, other kinds are named, and what is neither is explained", () => {
  assert.deepEqual(chatLineOf('{"kind":"chat","t_ms":5,"author":"u","text":"hi","color":null}'), {
    atMs: 5,
    author: "u",
    text: "hi",
  });
  for (const author of ["", null, 7]) {
    assert.deepEqual(chatLineOf(JSON.stringify({ kind: "chat", t_ms: 0, text: "", author })), {
      atMs: 0,
      author: null,
      text: "",
    });
  }
  assert.deepEqual(chatLineOf('{"kind":"paid","t_ms":5,"text":"hi"}'), { kind: "paid" });
  for (const wrong of [
    "",
    "7",
    "null",
    "[]",
    "{}",
    '{"kind":7}',
    '{"kind":"chat","text":""}',
    '{"kind":"chat","t_ms":-1,"text":""}',
    '{"kind":"chat","t_ms":0}',
  ]) {
    assert.equal(typeof chatLineOf(wrong), "string", wrong);
  }
});

test("X9.13 a file is read up to its limit; a line that is wrong is named by its number", async (t) => {
  const place = mkdtempSync(join(tmpdir(), "chat-log-"));
  t.after(() => rmSync(place, { recursive: true }));
  const path = join(place, "chat.jsonl");
  const chat = '{"kind":"chat","t_ms":0,"author":"u","text":"hi"}';
  writeFileSync(path, `${chat}\r\n\n{"kind":"paid"}\n{"kind":"paid"}\n${chat}\nnonsense\n`);
  assert.deepEqual(await readChatLog(path, null), {
    problem: `${path}, line 6: The line is not a JSON object with a kind.`,
  });
  const two = await readChatLog(path, 2);
  assert.ok("lines" in two);
  assert.deepEqual([two.lines.length, two.skipped], [2, { paid: 2 }]);
  assert.deepEqual(await readChatLog(place, null), { problem: `${place} cannot be read (EISDIR).` });
});
