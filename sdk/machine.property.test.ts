import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { seq, time } from "@chorus/protocol/ids.ts";
import type { Say } from "@chorus/protocol/requests.ts";
import * as fc from "fast-check";
import {
  ack,
  after,
  type Client,
  close,
  demo,
  id,
  joined,
  message,
  range,
  receive,
  reconnect,
  roomOf,
  say,
  sent,
  told,
} from "./client.fixture.ts";

type Act = { do: "say" } | { do: "edit" | "remove" | "restore"; nth: number };
type Place = { text: string; removed: boolean };
type Fate = "once" | "twice" | "lost" | "late" | "ahead";

const anAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Act>({ do: "say" }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("edit", "remove", "restore"), nth: fc.nat(20) }) },
);
const someHistory = fc.array(anAct, { minLength: 1, maxLength: 80 });
const someCuts = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 7 }),
    fate: fc.constantFrom<Fate>("once", "twice", "lost", "late", "ahead"),
  }),
  { minLength: 80, maxLength: 80 },
);

/** The log of a room in which these things were done, and what is to be seen at its end. */
function historyOf(acts: readonly Act[]): { log: EntryBody[]; screen: Place[] } {
  const log: EntryBody[] = [];
  const places: { place: Place; body: EntryBody & { k: "message" } }[] = [];
  for (const act of acts) {
    const n = log.length + 1;
    const common = { id: id(n), time: time(n * 1_000) };
    const target = act.do === "say" ? undefined : places[act.nth % Math.max(1, places.length)];
    if (target === undefined) {
      const body = message(n);
      log.push(body);
      places.push({ place: { text: body.text, removed: false }, body });
    } else if (act.do === "edit" && !target.place.removed) {
      target.place.text = `edited ${n}`;
      log.push({ k: "edited", ...common, of: target.body.id, by: target.body.by, text: target.place.text });
    } else if (act.do === "remove" && !target.place.removed) {
      target.place.removed = true;
      log.push({ k: "removed", ...common, of: [target.body.id], by: "staff" });
    } else if (act.do === "restore" && target.place.removed) {
      target.place.removed = false;
      log.push({ k: "restored", ...common, message: { ...target.body, text: target.place.text } });
    }
  }
  const screen = places.map(({ place: { text, removed } }) => ({ text: removed ? "" : text, removed }));
  return { log, screen };
}

function slice(log: readonly EntryBody[], from: number, to: number) {
  return range(from, log.slice(from - 1, to), to);
}

function answerFills(client: Client, log: readonly EntryBody[]): void {
  for (const request of sent(client))
    if (request.t === "fill") receive(client, slice(log, request.from, request.to));
}

function isOvertaking(body: EntryBody): boolean {
  return body.k === "removed" || body.k === "restored";
}

/** At the end everything up to the log's last entry was announced, so that no loss is left unnoticed. */
function deliver(
  client: Client,
  log: readonly EntryBody[],
  cuts: readonly { size: number; fate: Fate }[],
): void {
  let late: ReturnType<typeof slice> | null = null;
  let from = 1;
  let { pos } = roomOf(client);
  for (const { size, fate } of cuts) {
    if (from > log.length) break;
    const to = Math.min(log.length, from + size - 1);
    const frame = slice(log, from, to);
    if (fate === "ahead") receive(client, { t: "safety", room: demo, e: frame.e.filter(isOvertaking) });
    if (fate !== "lost" && fate !== "late") receive(client, frame);
    if (fate === "twice") receive(client, frame);
    if (late !== null) receive(client, late);
    late = fate === "late" ? frame : null;
    if (to % 3 === 0) answerFills(client, log);
    assert.ok(roomOf(client).pos >= pos, "the position went back");
    ({ pos } = roomOf(client));
    from = to + 1;
  }
  receive(client, range(log.length + 1, [], log.length));
  answerFills(client, log);
}

function screenOf(client: Client): Place[] {
  return roomOf(client).fold.messages.map(({ text, removed }) => ({ text, removed: removed !== null }));
}

test("K2.24 however a history is cut, doubled, delayed or lost and filled, the screen is the fold of it", () => {
  fc.assert(
    fc.property(someHistory, someCuts, (acts, cuts) => {
      const { log, screen } = historyOf(acts);
      const client = joined();
      deliver(client, log, cuts);
      assert.deepEqual(told(client, "gap"), []);
      assert.equal(roomOf(client).pos, log.length);
      assert.deepEqual(screenOf(client), screen);
    }),
    { numRuns: 300 },
  );
});

type Weather = { do: "say" | "cut" | "answer" | "pause" | "open" | "calm"; ms: number };
const someWeather = fc.array(
  fc.record<Weather>({
    do: fc.constantFrom("say", "say", "cut", "answer", "answer", "pause", "open", "calm"),
    ms: fc.integer({ min: 0, max: 4_000 }),
  }),
  { maxLength: 120 },
);

/** A server that stores by key, in order of arrival, and answers when the weather lets it. */
function live(weather: readonly Weather[]): { client: Client; stored: Map<string, string>; said: string[] } {
  const client = joined();
  const stored = new Map<string, string>();
  const said: string[] = [];
  let inbox: Say[] = [];
  function take(): void {
    for (const request of sent(client)) if (request.t === "say") inbox.push(request);
  }
  function store(says: readonly Say[]): void {
    for (const { key, text } of says) if (!stored.has(key)) stored.set(key, text);
  }
  function answer(): void {
    const says = inbox;
    inbox = [];
    store(says);
    for (const { key } of says) ack(client, key, [...stored.keys()].indexOf(key) + 1);
  }
  function pass(ms: number): void {
    receive(client, { t: "beat", time: time(client.now) });
    after(client, ms);
    take();
  }
  for (const { do: what, ms } of weather) {
    if (what === "say") said.push(say(client, `${said.length}`).text);
    take();
    if (what === "answer") answer();
    if (what === "cut") {
      store(inbox.slice(0, inbox.length / 2));
      inbox = [];
      close(client, 1006);
      reconnect(client, { seq: seq(roomOf(client).pos) });
    }
    if (what === "pause" || what === "open") {
      receive(client, { t: "status", room: demo, sending: what === "pause" ? "paused" : "open" });
    }
    pass(ms);
  }
  receive(client, { t: "status", room: demo, sending: "open" });
  for (let n = 0; n < 60; n++) {
    pass(1_000);
    answer();
  }
  return { client, stored, said };
}

test("K3.21 in any weather everything said is stored once and in order, and then nothing waits", () => {
  fc.assert(
    fc.property(someWeather, (weather) => {
      const { client, stored, said } = live(weather);
      assert.deepEqual([...stored.values()], said);
      assert.equal(roomOf(client).queue.length, 0);
      const { messages } = roomOf(client).fold;
      assert.deepEqual(messages.map(({ text }) => text).toSorted(), said.toSorted());
      assert.ok(messages.every(({ status }) => status === "confirmed"));
    }),
    { numRuns: 150 },
  );
});
