import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { WebSocketServer } from "ws";
import { aFakeServer, type Heard, openAt } from "./http-server.fixture.ts";
import { createHttpTransport } from "./http-transport.ts";
import { probeBounds, probePause } from "./websocket-probe.ts";

const never = { firstMs: 2 ** 30, mostMs: 2 ** 30, withinMs: 1_000 };
const transport = createHttpTransport({ gatheredMs: 10_000, probe: never });
const hello = { t: "hello", v: 1, token: "a token" };
const join = { t: "join", room: "demo" };
const welcome = {
  t: "welcome",
  v: 1,
  you: { id: "ada" },
  time: 1,
  resume: "r-1",
  accept: [],
  beatMs: 25_000,
};
const joined = (how: string, seq = 1) => ({
  t: "joined",
  room: "demo",
  epoch: "epoch-1",
  seq,
  how,
  audience: "public",
  role: "viewer",
  grants: [],
});
const view = { t: "view", room: "demo", epoch: "epoch-1", seq: 7, s: [], e: [] };
const entries = (seq: number) => ({ t: "entries", room: "demo", from: seq, to: seq, e: [{ k: "message" }] });
const say = (counter: number, text = "hi") => ({ t: "say", room: "demo", key: `session-a:${counter}`, text });
const kinds = (heard: readonly Heard[]) => heard.map(({ t }) => t);

test("K2.32 over HTTP the same is heard as of a WebSocket, and a stream that is over goes on untold", async () => {
  await using server = await aFakeServer();
  const { url } = server;
  const client = openAt(transport, url, hello, join);
  const first = await server.next();
  assert.deepEqual([first.path, first.frames], ["/v1/stream", [hello, join]]);
  first.says(welcome, joined("fresh"), view, entries(8));
  await client.until(() => client.heard.length === 4);
  assert.deepEqual(client.heard, [welcome, joined("fresh"), view, entries(8)]);
  first.says(entries(9));
  first.ends(closeCodes.streamOver);
  const second = await server.next();
  assert.deepEqual(second.frames, [
    { ...hello, resume: "r-1" },
    { ...join, epoch: "epoch-1", seq: 9 },
  ]);
  second.says({ ...welcome, resume: "r-2" }, joined("resumed", 10), entries(10));
  await client.until(() => client.heard.length === 7);
  assert.deepEqual(client.heard.slice(4), [entries(9), { t: "resume", resume: "r-2" }, entries(10)]);
  assert.equal(client.closed, null);
  client.close();
  await once(second.response, "close");
});

test("K2.32 what has changed when a stream goes on is told", async () => {
  await using server = await aFakeServer();
  const client = openAt(transport, server.url, hello, join);
  const first = await server.next();
  first.says(welcome, joined("fresh"), view);
  first.ends(closeCodes.streamOver);
  const second = await server.next();
  second.says({ ...welcome, resume: "r-2" }, { ...joined("resumed"), role: "moderator" });
  second.ends(closeCodes.streamOver);
  const third = await server.next();
  third.says(welcome, { ...joined("gap"), epoch: "epoch-2" });
  third.ends(closeCodes.streamOver);
  const fourth = await server.next();
  assert.deepEqual(fourth.frames[1], { ...join, epoch: "epoch-2" }, "a position of another history is none");
  assert.deepEqual(kinds(client.heard), [
    "welcome",
    "joined",
    "view",
    "resume",
    "joined",
    "resume",
    "joined",
  ]);
  client.close();
});

test("K2.33 commands are posted in order, those that wait together, and their answers are heard", async () => {
  await using server = await aFakeServer();
  const client = openAt(transport, server.url, hello, join);
  const stream = await server.next();
  stream.says(welcome, joined("fresh"), view);
  await client.until(() => client.heard.length === 3);
  for (let i = 0; i < 40; i++) client.send(say(i));
  client.send({ t: "seen", room: "demo", seq: 7 });
  const first = await server.next();
  assert.deepEqual(
    [first.path, first.frames, first.headers.authorization],
    ["/v1/commands", [say(0)], "Bearer r-1"],
  );
  first.answers([{ t: "ack", key: "session-a:0" }]);
  const second = await server.next();
  assert.equal(second.frames.length, 32);
  second.answers([{ t: "ack", key: "session-a:1" }]);
  const third = await server.next();
  assert.deepEqual(third.frames.at(-1), say(39));
  assert.deepEqual(client.heard.slice(3), [
    { t: "ack", key: "session-a:0" },
    { t: "ack", key: "session-a:1" },
  ]);
  third.answers([]);
  const long = "ﷺ".repeat(5_000);
  for (let i = 40; i < 48; i++) client.send(say(i, long));
  for (let i = 40; i < 48;) {
    const { frames, answers } = await server.next();
    assert.ok(Buffer.byteLength(JSON.stringify(frames)) < 64 * 1024);
    for (const { key } of frames) assert.equal(key, `session-a:${i++}`);
    answers([]);
  }
  client.close();
});

test("K2.33 a command that was not taken is refused for now, a tap is gone, and a token that is not believed ends it", async () => {
  await using server = await aFakeServer();
  const client = openAt(transport, server.url, hello, join);
  const stream = await server.next();
  stream.says(welcome, joined("fresh"), view);
  await client.until(() => client.heard.length === 3);
  client.send(say(0));
  (await server.next()).answers({ close: 4100 }, 503, { "retry-after": "3" });
  await client.until(() => client.heard.length === 4);
  const { sentence, ...refused } = client.heard[3] ?? assert.fail();
  assert.equal(typeof sentence, "string");
  assert.deepEqual(refused, {
    t: "refused",
    room: "demo",
    key: "session-a:0",
    reason: "try-later",
    retryMs: 3_000,
  });
  client.send({ t: "react", room: "demo", key: "session-r:0", taps: { "👏": 1 } });
  (await server.next()).response.destroy();
  client.send(say(1));
  (await server.next()).answers({}, 401);
  await client.until(() => client.closed !== null);
  assert.deepEqual([client.closed?.code, client.heard.length], [closeCodes.tokenExpired, 4]);
});

test("K2.34 where a stream delivers nothing in time, the client polls, and goes on polling", async () => {
  await using server = await aFakeServer();
  const impatient = createHttpTransport({ gatheredMs: 30, probe: never });
  const client = openAt(impatient, server.url, hello, join);
  const gathered = await server.next();
  assert.equal(gathered.path, "/v1/stream");
  await once(gathered.response, "close");
  const first = await server.next();
  assert.equal(first.path, "/v1/stream?wait=0");
  first.says(welcome, joined("fresh"), view);
  first.ends(closeCodes.streamOver);
  const second = await server.next();
  assert.deepEqual(
    [second.path, second.frames[1]],
    ["/v1/stream?wait=25", { ...join, epoch: "epoch-1", seq: 7 }],
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  second.says({ ...welcome, resume: "r-2" }, joined("resumed"), entries(8));
  second.ends(closeCodes.streamOver);
  await server.next();
  assert.deepEqual(kinds(client.heard), ["welcome", "joined", "view", "resume", "entries"]);
  client.close();
});

test("K2.35 a room that is joined later is joined on a stream of its own, and the others go on from where they are", async () => {
  await using server = await aFakeServer();
  const client = openAt(transport, server.url, hello, join);
  const first = await server.next();
  first.says(welcome, joined("fresh"), view);
  await client.until(() => client.heard.length === 3);
  client.send({ ...join, room: "other" });
  await once(first.response, "close");
  const second = await server.next();
  assert.deepEqual(second.frames.slice(1), [
    { ...join, epoch: "epoch-1", seq: 7 },
    { ...join, room: "other" },
  ]);
  client.send({ t: "leave", room: "demo" });
  second.ends(closeCodes.streamOver);
  assert.deepEqual((await server.next()).frames.slice(1), [{ ...join, room: "other" }]);
  assert.equal(client.closed, null);
  client.close();
});

test("K2.36 a WebSocket is tried beside, and when it is welcomed the connection over HTTP gives way", async () => {
  const http = createServer((_request, response) => {
    response.writeHead(200).write(`data: ${JSON.stringify(welcome)}\n\n`);
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  let tries = 0;
  const greetings: unknown[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    tries += 1;
    if (tries < 3) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on("message", (text) => {
        greetings.push(JSON.parse(String(text)));
        ws.send(JSON.stringify(welcome));
      });
    });
  });
  const probing = createHttpTransport({
    gatheredMs: 10_000,
    probe: { firstMs: 40, mostMs: 80, withinMs: 1_000 },
  });
  const client = openAt(probing, `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/connect`, hello);
  await client.until(() => client.closed !== null);
  assert.deepEqual([client.closed, tries], [{ code: closeCodes.drained, retryMs: null }, 3]);
  assert.deepEqual(greetings, [{ ...hello, resume: "r-1" }]);
  http.closeAllConnections();
  http.close();
});

test("K2.36 the pauses between such tries grow up to a quarter of an hour", () => {
  const pauses = Array.from({ length: 50 }, (_, tries) => probePause(tries, 0.999_999, probeBounds));
  assert.deepEqual(pauses.slice(0, 4), [30_000, 60_000, 120_000, 240_000]);
  assert.equal(Math.max(...pauses), 900_000);
  assert.equal(probePause(0, 0, probeBounds), 15_000);
});

test("K2.37 why a stream is refused or ends is told by its close code, and how long to wait", async () => {
  await using server = await aFakeServer();
  for (const [status, close, heard] of [
    [503, closeCodes.busy, { code: closeCodes.busy, retryMs: 4_000 }],
    [403, closeCodes.forbiddenOrigin, { code: closeCodes.forbiddenOrigin, retryMs: 4_000 }],
    [404, undefined, { code: 1006, retryMs: 4_000 }],
  ] as const) {
    const client = openAt(transport, server.url, hello, join);
    (await server.next()).answers({ close }, status, { "retry-after": "4" });
    await client.until(() => client.closed !== null);
    assert.deepEqual(client.closed, heard);
  }
  for (const code of [closeCodes.drained, closeCodes.banned, undefined]) {
    const client = openAt(transport, server.url, hello, join);
    const stream = await server.next();
    stream.says(welcome);
    stream.ends(code);
    await client.until(() => client.closed !== null);
    assert.deepEqual(client.closed, { code: code ?? 1006, retryMs: null });
  }
});
