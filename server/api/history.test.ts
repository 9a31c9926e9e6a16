import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, personId } from "@chorus/protocol/ids.ts";
import { Compile } from "typebox/compile";
import { attach, feedOf } from "../gateway/feed.ts";
import { aRoom, aStack, bearer, demo, expectProblem, until } from "./api-stack.fixture.ts";
import { HistorySchema } from "./room-answers.ts";

const host = { demo: { role: "host" as const } };
const reader = { demo: { role: "viewer" as const } };
const isHistory = Compile(HistorySchema);

type Entry = { seq: number; k: string; id: string; text?: string };
async function historyIn(response: Response): Promise<{ entries: Entry[]; oldest: number }> {
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  assert.deepEqual([...isHistory.Errors(body)], []);
  return body as { entries: Entry[]; oldest: number };
}

test("X2.4 history pages go back from the newest entry, each in ascending order", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  for (const text of ["one", "two", "three", "four", "five"]) {
    await stack.says("ada", text);
    stack.clock.advance(5_000);
  }
  const texts = async (query: string) => {
    const { entries } = await historyIn(await stack.get(`/v1/rooms/demo/history${query}`));
    return entries.map(({ seq, text = "" }) => [seq, text]);
  };
  assert.deepEqual(
    (await texts("?limit=2")).map(([, text]) => text),
    ["four", "five"],
  );
  const [first] = await texts("?limit=2");
  assert.deepEqual(
    (await texts(`?limit=2&before=${first?.[0]}`)).map(([, text]) => text),
    ["two", "three"],
  );
  const all = await texts("");
  assert.deepEqual(
    all.slice(-5).map(([, text]) => text),
    ["one", "two", "three", "four", "five"],
  );
  assert.deepEqual(
    all.map(([seq]) => seq),
    all.map((_, index) => index + 1),
  );
  assert.deepEqual(await texts("?before=0"), []);
  assert.deepEqual(await texts("?before=1"), []);
});

test("X2.32 history pages go on behind an entry, and end with what was said by a moment", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const began = stack.clock.now();
  const texts = async (query: string) => {
    const { entries } = await historyIn(await stack.get(`/v1/rooms/demo/history?${query}`));
    return entries.map(({ text = "" }) => text);
  };
  for (const text of ["one", "two", "three", "four", "five"]) {
    stack.clock.advance(5_000);
    await stack.says("ada", text);
  }
  const { entries } = await historyIn(await stack.get("/v1/rooms/demo/history?limit=4"));
  assert.deepEqual(await texts(`after=${entries[0]?.seq}`), ["three", "four", "five"]);
  assert.deepEqual(await texts(`after=${entries[0]?.seq}&limit=2`), ["three", "four"]);
  assert.deepEqual(await texts(`after=${entries[3]?.seq}`), []);
  for (const [ms, last] of [
    [4_999, ""],
    [5_000, "one"],
    [14_999, "two"],
    [15_000, "three"],
    [24_999, "four"],
    [25_000, "five"],
    [9_000_000, "five"],
  ] as const)
    assert.equal((await texts(`at=${began + ms}&limit=1`)).at(-1), last);
  assert.deepEqual(await texts(`at=${began + 16_000}&limit=2`), ["two", "three"]);
  assert.deepEqual(await texts(`at=${began - 1_000_000}`), []);
  const both = await stack.get("/v1/rooms/demo/history?before=3&after=1");
  await expectProblem(both, 400, "malformed");
});

test("X2.5 the public reads a tombstone where a message was removed, staff read the message", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const id = entryId(await stack.says("ada", "buy now"));
  await stack.does("hal", "host", { act: { do: "retract", id, why: "spam" } });
  const path = "/v1/rooms/demo/history";
  const shown = (await historyIn(await stack.get(path))).entries.filter((entry) => entry.id === id);
  assert.deepEqual(
    shown.map(({ k }) => k),
    ["tombstone"],
  );
  assert.doesNotMatch(await (await stack.get(path)).text(), /buy now/);
  const staff = await historyIn(await stack.get(path, await bearer("hal", host)));
  assert.deepEqual(
    staff.entries.filter((entry) => entry.id === id).map(({ text }) => text),
    ["buy now"],
  );
  assert.ok(staff.entries.some(({ k }) => k === "act"));
});

test("X2.6 history holds what is for the asker alone, and for nobody else", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await stack.says("ada", "hello");
  await stack.does("hal", "host", { act: { do: "mute", person: personId("ada"), why: "spam" } });
  const kinds = async (headers?: Record<string, string>) =>
    (await historyIn(await stack.get("/v1/rooms/demo/history", headers))).entries.map(({ k }) => k);
  assert.ok((await kinds(await bearer("ada", reader))).includes("notice"));
  assert.ok(!(await kinds(await bearer("bob", reader))).includes("notice"));
  assert.ok(!(await kinds()).includes("notice"));
});

test("X2.7 history is read while no keeper answers, by guests too where the gateway follows the room", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await stack.says("ada", "hello");
  const feed = feedOf(stack.gateway, demo);
  attach(stack.gateway, feed);
  await until(() => feed.settings !== null);
  stack.keeper.stop();
  for (const headers of [await bearer("bob", reader), {}]) {
    const { entries } = await historyIn(await stack.get("/v1/rooms/demo/history", headers));
    assert.equal(entries.at(-1)?.text, "hello");
  }
});
