import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { defaultRoomSettings } from "@chorus/protocol/default-room-settings.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { entryId, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import * as fc from "fast-check";
import { type BesideHost, type BesidePicture, createBesidePicture } from "./beside-picture.ts";
import type { HistoryPage } from "./history.ts";
import { aMessage } from "./shown.fixture.ts";

const start = 1_700_000_000_000;
const ada = personId("ada");

/** Ada's chat beside a picture that is `behindMs` behind; her page's time is turned by hand. */
type Page = {
  readonly beside: BesidePicture;
  behindMs: number | null;
  live: boolean;
  readonly seen: string[];
  setRoom(change: Partial<RoomSettings>): void;
  /** What the server has of the room's history: nothing, unless a test says so. */
  past: (query: URLSearchParams) => HistoryPage;
  /** How often it was painted, and what was to be seen at the last painting. */
  painted: number;
  texts: string[];
  /** Somebody says something now. */
  says(text: string, more?: Partial<Shown>): Shown;
  replace(old: Shown, next: Shown): void;
  paint(): string[];
  /** Time goes on. */
  pass(ms: number): Promise<void>;
};

function aPage(t: { after(end: () => void): void }): Page {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: start });
  let isConnected = true;
  t.after(() => {
    isConnected = false;
    mock.timers.reset();
  });
  const messages: Shown[] = [];
  const room = { id: roomId("demo"), messages, on: () => () => {}, settings: null };
  const model: { you: typeof ada; room: NonNullable<BesideHost["model"]>["room"] } = { you: ada, room };
  let count = 0;
  const host: BesideHost = {
    model,
    get beside() {
      return page.beside;
    },
    get isConnected() {
      return isConnected;
    },
    clock: {
      now: () => (page.behindMs === null ? null : { wall: Date.now() - page.behindMs, errorMs: 50 }),
      get live() {
        return page.live;
      },
    },
    now: () => Date.now(),
    repaint: () => page.paint(),
    ask: (path) => Promise.resolve(Response.json(page.past(new URLSearchParams(path.split("?")[1])))),
  };
  const seen: string[] = [];
  const page: Page = {
    beside: createBesidePicture(host, ({ text }) => seen.push(text)),
    behindMs: 5_000,
    live: true,
    seen,
    setRoom: (change) => void (model.room = { ...room, settings: { ...defaultRoomSettings, ...change } }),
    past: () => ({ epoch: "e", oldest: 1, entries: [] }),
    painted: 0,
    texts: [],
    says(text, more = {}) {
      count += 1;
      const said = { id: entryId(`message-${count}`), seq: seq(count), time: Date.now(), text };
      const message = aMessage({ ...said, ...more });
      messages.push(message);
      page.beside.heard(message);
      page.paint();
      return message;
    },
    replace(old, next) {
      messages[messages.indexOf(old)] = next;
      page.paint();
    },
    paint() {
      page.painted += 1;
      page.texts = page.beside.messages().map(({ text }) => text);
      return page.texts;
    },
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 5) mock.timers.tick(5);
      await Promise.resolve();
    },
  };
  return page;
}

test("V6.1 V6.4 what somebody else says is painted when the picture comes to its moment, and then it is told", async (t) => {
  const page = aPage(t);
  page.says("goal");
  assert.deepEqual(page.texts, []);
  await page.pass(4_995);
  assert.deepEqual([page.texts, page.seen], [[], []]);
  await page.pass(20);
  assert.deepEqual([page.texts, page.seen], [["goal"], ["goal"]]);
  const { painted } = page;
  await page.pass(2_000);
  assert.equal(page.painted, painted, "nothing is painted again for nothing");
  assert.deepEqual(page.seen, ["goal"]);
});

test("V6.1 of many that come into sight within a second several are painted at once", async (t) => {
  const page = aPage(t);
  for (let i = 0; i < 100; i++) {
    page.says(`goal ${i}`);
    await page.pass(10);
  }
  await page.pass(3_900);
  const { painted } = page;
  await page.pass(1_300);
  assert.equal(page.texts.length, 100);
  assert.ok(page.painted - painted <= 7 + 10, `${page.painted - painted} paintings`);
});

test("V6.2 one's own words and staff's are painted at once", (t) => {
  const page = aPage(t);
  page.says("mine", { by: ada });
  page.says("from the host", { role: "host" });
  page.says("from a moderator", { role: "moderator" });
  page.says("theirs");
  assert.deepEqual(page.texts, ["mine", "from the host", "from a moderator"]);
});

test("V6.3 what is removed while it waits leaves no trace, and what is edited is seen as it is then", async (t) => {
  const page = aPage(t);
  const [gone, old] = [page.says("gone"), page.says("old")];
  await page.pass(1_000);
  page.replace(gone, { ...gone, text: "", removed: { by: "staff", why: null } });
  page.replace(old, { ...old, text: "new" });
  await page.pass(10_000);
  assert.deepEqual([page.texts, page.seen], [["new"], ["new"]]);
});

test("V6.3 what is removed after it was seen stays as what is left of it", async (t) => {
  const page = aPage(t);
  const message = page.says("seen");
  await page.pass(6_000);
  page.replace(message, { ...message, text: "", removed: { by: "staff", why: null } });
  assert.deepEqual(page.texts, [""]);
});

test("V6.5 who goes back sees the chat of that moment, and at the live edge all of it", async (t) => {
  const page = aPage(t);
  page.says("first");
  await page.pass(10_000);
  page.says("second");
  await page.pass(6_000);
  assert.deepEqual(page.texts, ["first", "second"]);
  Object.assign(page, { live: false, behindMs: 12_000 });
  await page.pass(300);
  assert.deepEqual(page.texts, ["first"]);
  Object.assign(page, { live: true, behindMs: 5_000 });
  await page.pass(300);
  assert.deepEqual(page.texts, ["first", "second"]);
  assert.deepEqual(page.seen, ["first", "second"]);
});

test("V6.5 a live picture that falls back by some seconds takes nothing away, and who goes back does", async (t) => {
  const page = aPage(t);
  page.says("goal");
  await page.pass(5_020);
  page.behindMs = 9_000;
  assert.deepEqual(page.paint(), ["goal"]);
  page.live = false;
  assert.deepEqual(page.paint(), []);
});

test("V6.5 what was seen before a live picture opens stays, and goes where the picture is a recording", (t) => {
  const page = aPage(t);
  Object.assign(page, { behindMs: null, live: false });
  page.says("goal");
  page.behindMs = 5_000;
  assert.deepEqual(page.paint(), ["goal"]);
  page.behindMs = 60_000;
  assert.deepEqual(page.paint(), []);
});

test("V6.6 what one says bears the moment that one sees, and nothing where there is no picture", async (t) => {
  const page = aPage(t);
  assert.deepEqual(page.beside.at(), { at: start - 5_000 });
  page.behindMs = 2_000.4;
  assert.deepEqual(page.beside.at(), { at: start - 2_000 });
  page.behindMs = null;
  assert.deepEqual(page.beside.at(), {});
});

test("V6.6 two who are equally far behind see at once what the other says", (t) => {
  const page = aPage(t);
  page.says("did you see that", { at: time(start - 5_000) });
  assert.deepEqual(page.texts, ["did you see that"]);
});

test("V6.7 where there is no picture everything is shown", async (t) => {
  const page = aPage(t);
  page.behindMs = null;
  page.says("hello");
  assert.deepEqual(page.texts, ["hello"]);
});

test("V6.7 where the room does not want its chat to wait everything is shown", async (t) => {
  const page = aPage(t);
  page.setRoom({ alignChat: false });
  page.says("hello");
  assert.deepEqual(page.texts, ["hello"]);
  page.setRoom({});
  page.says("again");
  assert.deepEqual(page.texts, ["hello"]);
});

test("V6.8 older pages of the list show nothing of after the picture's moment", (t) => {
  const page = aPage(t);
  page.paint();
  assert.equal(page.beside.isDue(aMessage({ time: start - 5_001 })), true);
  assert.equal(page.beside.isDue(aMessage({ time: start - 4_000 })), false);
  assert.equal(page.beside.isDue(aMessage({ time: start - 4_000, by: ada })), true);
});

test("V6.11 who goes back to before the room's own list sees the chat of that moment, what staff and they themselves say now, and nothing else of now", async (t) => {
  const page = aPage(t);
  for (let i = 0; i < 40; i += 1) page.says(`now ${i}`);
  const then = start - 600_000;
  page.past = (query) => ({
    epoch: "e",
    oldest: 1,
    entries: query.has("after") ? [] : [1, 2, 3].map((n) => pastMessage(n, then + n * 1_000)),
  });
  await page.pass(10_000);
  Object.assign(page, { live: false, behindMs: Date.now() - then - 2_100 });
  await settled(page);
  assert.deepEqual(page.texts, ["then 1", "then 2"]);
  page.says("who is that", { by: ada });
  page.says("please be kind", { role: "moderator" });
  page.says("an ordinary word");
  await page.pass(300);
  assert.deepEqual(page.texts, ["then 1", "then 2", "who is that", "please be kind"]);
  await page.pass(600);
  assert.ok(page.texts.includes("then 3"));
  Object.assign(page, { live: true, behindMs: 1_000 });
  await page.pass(2_000);
  assert.deepEqual([page.texts.includes("then 3"), page.texts.includes("an ordinary word")], [false, true]);
});

async function settled(page: Page): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await page.pass(30);
    await new Promise(setImmediate);
  }
}

function pastMessage(n: number, at: number): HistoryPage["entries"][number] {
  const common = { seq: seq(n), id: entryId(`message-then-${n}`), time: time(at), role: "viewer" } as const;
  return { ...common, k: "message", by: personId("bob"), name: "Bob", text: `then ${n}` };
}

type Act =
  | { do: "say"; by: "ada" | "bob"; sawMsAgo: number }
  | { do: "pass"; ms: number }
  | { do: "remove"; nth: number };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("say" as const),
      by: fc.constantFrom("ada" as const, "bob" as const, "bob" as const),
      sawMsAgo: fc.nat(12_000),
    }),
    fc.record({ do: fc.constant("pass" as const), ms: fc.nat(4_000) }),
    fc.record({ do: fc.constant("remove" as const), nth: fc.nat(20) }),
  ),
  { minLength: 5, maxLength: 40, size: "max" },
);

async function keepsTheLaw(drawn: Act[], behindMs: number): Promise<void> {
  const after: (() => void)[] = [];
  const page = aPage({ after: (end) => void after.push(end) });
  page.behindMs = behindMs;
  const said: Shown[] = [];
  const removed = new Set<string>();
  try {
    for (const act of drawn) {
      if (act.do === "pass") await page.pass(act.ms);
      if (act.do === "say") {
        const by = personId(act.by);
        said.push(page.says(`text ${said.length}`, { by, at: time(Date.now() - act.sawMsAgo) }));
      }
      const target = act.do === "remove" ? said[act.nth] : undefined;
      if (target !== undefined && !removed.has(target.text)) {
        await Promise.resolve();
        if (!page.texts.includes(target.text)) assert.ok(!page.seen.includes(target.text));
        removed.add(target.text);
        page.replace(target, { ...target, text: "", removed: { by: "staff", why: null } });
      }
      const moment = Date.now() - behindMs;
      for (const { text, by, at } of said)
        if (page.texts.includes(text)) assert.ok(by === ada || (at ?? 0) <= moment, text);
    }
    await page.pass(behindMs + 100);
    assert.equal(new Set(page.seen).size, page.seen.length);
    const rest = said.flatMap(({ text }) => (removed.has(text) ? [] : [text]));
    assert.deepEqual(page.texts.filter((text) => text !== "").toSorted(), rest.toSorted());
    for (const text of rest) assert.ok(page.seen.includes(text), text);
  } finally {
    for (const end of after) end();
  }
}

test("V6.4 V6.9 whatever is said and removed, it is told once, only after its moment, and never if it is removed before", async () => {
  await fc.assert(fc.asyncProperty(acts, fc.nat(12_000), keepsTheLaw), { seed: 6, numRuns: 60 });
});
