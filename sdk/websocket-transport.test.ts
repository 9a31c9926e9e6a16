import assert from "node:assert/strict";
import { EventEmitter, on, once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { WebSocketServer } from "ws";
import { websocketTransport } from "./websocket-transport.ts";

type Heard = { what: "opened" } | { what: "received"; text: string } | { what: "closed"; code: number };

/** Opens a connection; `next` waits for what it reports next. */
function listenTo(url: string) {
  const heard = new EventEmitter<{ event: [Heard] }>();
  const events = on(heard, "event");
  const connection = websocketTransport.open(url, {
    opened: () => heard.emit("event", { what: "opened" }),
    received: (text) => heard.emit("event", { what: "received", text }),
    closed: (code) => heard.emit("event", { what: "closed", code }),
  });
  return { connection, next: async (): Promise<Heard | undefined> => (await events.next()).value?.[0] };
}

test("K6.10 the WebSocket transport opens, carries text both ways and reports the close code", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      socket.send(`echo ${String(data)}`);
      socket.close(4000);
    });
  });
  const { connection, next } = listenTo(
    `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/connect`,
  );
  connection.send("too early");
  assert.deepEqual(await next(), { what: "opened" });
  connection.send("hello");
  assert.deepEqual(await next(), { what: "received", text: "echo hello" });
  assert.deepEqual(await next(), { what: "closed", code: 4000 });
  connection.send("too late");
  connection.close(1000);
  server.close();
});

test("K6.17 a deflated frame arrives as the text it was, and nothing overtakes it", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const long = "a long text with a snowman ☃ ".repeat(2_000);
  server.on("connection", (socket) => {
    for (const text of [long, "short", long]) {
      socket.send(deflateRawSync(text));
      socket.send(`after ${text.length}`);
    }
    socket.close(4001);
  });
  const { next } = listenTo(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/connect`);
  assert.deepEqual(await next(), { what: "opened" });
  for (const text of [long, "short", long]) {
    assert.deepEqual(await next(), { what: "received", text });
    assert.deepEqual(await next(), { what: "received", text: `after ${text.length}` });
  }
  assert.deepEqual(await next(), { what: "closed", code: 4001 });
  server.close();
});

test("K6.17 a frame that cannot be inflated ends the connection, and nothing of it is heard", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => socket.send(Buffer.from("no deflate")));
  const { next } = listenTo(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/connect`);
  assert.deepEqual(await next(), { what: "opened" });
  assert.equal((await next())?.what, "closed");
  server.close();
});

test("K6.17 the WebSocket transport offers what it can read", () => {
  assert.deepEqual(websocketTransport.accept, ["deflate"]);
});

test("K6.11 where nobody answers, the WebSocket transport reports a close and nothing else", async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const { next } = listenTo(`ws://127.0.0.1:${port}/v1/connect`);
  assert.deepEqual(await next(), { what: "closed", code: 1006 });
});
