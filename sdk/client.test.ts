import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Frame } from "@chorus/protocol/frames.ts";
import { seq, time } from "@chorus/protocol/ids.ts";
import type { Request } from "@chorus/protocol/requests.ts";
import type { KeyValueStorage } from "./browser.ts";
import { ada, demo, id, joinedFrame, message, range, view } from "./client.fixture.ts";
import { type Chorus, type ChorusRoom, connect, type ConnectOptions } from "./client.ts";
import type { Transport, TransportEvents } from "./transport.ts";

/** A server at the other end of a transport without a network. */
type Server = {
  transport: Transport;
  urls: string[];
  requests: Request[];
  closes: number[];
  events: TransportEvents | null;
};

function aServer(): Server {
  const server: Server = {
    urls: [],
    requests: [],
    closes: [],
    events: null,
    transport: {
      open(url, events) {
        server.urls.push(url);
        server.events = events;
        return {
          send: (text) => server.requests.push(JSON.parse(text)),
          close: (code) => server.closes.push(code),
        };
      },
    },
  };
  return server;
}

function tell(server: Server, frame: Frame): void {
  server.events?.received(JSON.stringify(frame));
}

function letIn(server: Server): void {
  server.events?.opened();
  tell(server, {
    t: "welcome",
    v: 1,
    you: { id: ada },
    time: time(1),
    resume: "r",
    accept: [],
    beatMs: 25_000,
  });
  tell(server, joinedFrame());
  tell(server, view(0, []));
}

async function arrive(
  server: Server,
  options: Partial<ConnectOptions> = {},
): Promise<{ chorus: Chorus; room: ChorusRoom }> {
  const chorus = connect({
    url: "https://live.example/",
    transport: server.transport,
    storage: null,
    ...options,
  });
  const room = chorus.join("demo");
  await Promise.resolve();
  letIn(server);
  return { chorus, room };
}

function aStorage(): KeyValueStorage & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

function full(): never {
  throw new Error("The storage is full.");
}

test("K6.1 the socket is at /v1/connect below the URL, with the URL's security", async () => {
  for (const [url, socket] of [
    ["https://live.example", "wss://live.example/v1/connect"],
    ["http://localhost:8080/chat/", "ws://localhost:8080/chat/v1/connect"],
    ["wss://live.example/?x#y", "wss://live.example/v1/connect"],
  ]) {
    const server = aServer();
    const chorus = connect({ url: url ?? "", transport: server.transport, storage: null });
    await Promise.resolve();
    chorus.close();
    assert.deepEqual(server.urls, [socket]);
  }
  assert.throws(() => connect({ url: "ftp://live.example" }), TypeError);
  assert.throws(() => connect({ url: "live.example" }), TypeError);
});

test("K6.2 whoever listens in the turn of connect hears every state", async () => {
  const server = aServer();
  const chorus = connect({ url: "https://live.example", transport: server.transport, storage: null });
  const states: string[] = [];
  chorus.on("state", ({ state }) => states.push(state));
  await Promise.resolve();
  letIn(server);
  chorus.close();
  assert.deepEqual(states, ["connecting", "live", "closed"]);
  assert.deepEqual(server.closes, [1000]);
});

test("K6.3 a command answers with an outcome, also when it is refused, left behind or closed", async () => {
  const server = aServer();
  const { chorus, room } = await arrive(server);
  const stored = room.say("hello");
  const refused = room.edit(id(1), "changed");
  const held = room.moderate({ do: "pin", id: id(1) });
  const open = room.retract(id(1), seq(3));
  tell(server, { t: "ack", room: demo, key: stored.key, id: id(1), time: time(1_000) });
  tell(server, { t: "refused", room: demo, key: refused.key, reason: "not-yours", sentence: "No." });
  tell(server, { t: "held", room: demo, key: held.key, id: id(2), time: time(2_000) });
  room.leave();
  const after = room.say("anybody there?");
  const again = chorus.join("demo");
  assert.notEqual(again, room);
  const last = again.say("still here");
  chorus.close();
  const outcomes = await Promise.all([stored, refused, held, open, after, last].map(({ done }) => done));
  assert.deepEqual(
    outcomes.map((outcome) => ("reason" in outcome ? outcome.reason : outcome.status)),
    ["confirmed", "not-yours", "held", "left", "left", "closed"],
  );
  assert.equal((await chorus.join("demo").say("too late").done).status, "failed");
});

test("K6.4 events carry what the room's lists show at that moment", async () => {
  const server = aServer();
  const { chorus, room } = await arrive(server);
  const heard: string[] = [];
  const stop = room.on("message", (shown) =>
    heard.push(`${shown.name}: ${shown.text} (${room.messages.length})`),
  );
  tell(server, range(1, [message(1)]));
  stop();
  tell(server, range(2, [message(2)]));
  assert.deepEqual(heard, ["Bob: m1 (1)"]);
  assert.deepEqual(
    [room.messages.length, room.position, room.state, room.role, room.settings?.mode],
    [2, 2, "live", "viewer", "open"],
  );
  chorus.close();
});

test("K6.5 what a listener orders is carried out after what it listens to", async () => {
  const server = aServer();
  const { chorus, room } = await arrive(server);
  room.on("message", ({ text }) => room.say(`re: ${text}`));
  const replies: string[] = [];
  room.on("pending", ({ message }) => replies.push(message?.text ?? ""));
  tell(server, range(1, [message(1), message(2)]));
  assert.deepEqual(replies, ["re: m1", "re: m2"]);
  assert.deepEqual(
    server.requests.flatMap((request) => (request.t === "say" ? [request.text] : [])),
    replies,
  );
  chorus.close();
});

test("K6.6 what was not answered is sent again by the next page of the tab, and closing forgets it", async () => {
  const storage = aStorage();
  const first = aServer();
  const before = await arrive(first, { storage });
  const { key } = before.room.say("hello");
  const kept = new Map(storage.values);
  before.chorus.close();
  assert.equal(storage.values.size, 0);
  for (const [name, value] of kept) storage.values.set(name, value);
  const second = aServer();
  const { chorus, room } = await arrive(second, { storage });
  assert.deepEqual(
    room.messages.map(({ text, status }) => [text, status]),
    [["hello", "pending"]],
  );
  assert.deepEqual(
    second.requests.filter((request) => request.t === "say"),
    [{ t: "say", room: demo, key, text: "hello" }],
  );
  assert.notEqual(room.say("new").key.split(":")[0], key.split(":")[0]);
  chorus.close();
});

test("K6.7 a storage that is full costs nothing but what it would have kept", async () => {
  const server = aServer();
  const storage: KeyValueStorage = { getItem: full, setItem: full, removeItem: full };
  const { chorus, room } = await arrive(server, { storage });
  const { key, done } = room.say("hello");
  tell(server, { t: "ack", room: demo, key, id: id(1), time: time(1) });
  assert.equal((await done).status, "confirmed");
  chorus.close();
});

test("K6.8 a token is fetched before the socket is opened, and again when the server says so", async () => {
  const server = aServer();
  let count = 0;
  const chorus = connect({
    url: "https://live.example",
    transport: server.transport,
    storage: null,
    token: () => `jwt-${++count}`,
  });
  await new Promise(setImmediate);
  letIn(server);
  server.events?.closed(closeCodes.tokenExpired, null);
  await new Promise(setImmediate);
  server.events?.opened();
  assert.deepEqual(server.requests, [
    { t: "hello", v: 1, token: "jwt-1" },
    { t: "hello", v: 1, token: "jwt-2" },
  ]);
  chorus.close();
});

test("K6.9 what is not a frame, or of an unknown kind, is ignored", async () => {
  const server = aServer();
  const { chorus, room } = await arrive(server);
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    "1",
    `{"t":1}`,
    `{"t":"new-kind","room":"demo"}`,
    `{"t":"new-kind"}`,
  ]) {
    server.events?.received(text);
  }
  tell(server, range(1, [message(1)]));
  assert.equal(room.messages.length, 1);
  chorus.close();
});

test("K6.12 a command about a message that is shown says where it stands, so that it is found however old it is", async () => {
  const server = aServer();
  const { chorus, room } = await arrive(server);
  tell(server, range(1, [message(1), message(2)]));
  room.say("yes", { reply: id(1) });
  room.edit(id(2), "changed");
  room.retract(id(2));
  room.moderate({ do: "pin", id: id(1) });
  room.moderate({ do: "retract", id: id(9), why: "spam" });
  const places = server.requests.slice(-5).map((request) => {
    if (request.t === "say") return request.replySeq;
    return request.t === "moderate"
      ? "seq" in request.act && request.act.seq
      : "seq" in request && request.seq;
  });
  assert.deepEqual(places, [1, 2, 2, 1, false]);
  chorus.close();
});
