import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { WebSocket } from "ws";
import type { FrontConfig } from "../api/front.ts";
import { createHttpServer } from "../api/http-bounds.ts";
import { openAdmission } from "./admission.ts";
import { acceptSockets } from "./listen.ts";
import { handshakeOf, opcodes, type RawClient, rawClient } from "./raw-client.fixture.ts";
import type { RawConnection } from "./socket.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import { frameOf } from "./wire.ts";

/** Payloads around every border of the lengths of RFC 6455, and far beyond. */
const sizes = [60, 125, 126, 127, 1_000, 65_535, 65_536, 65_537, 1_048_576];

test("D1.30 frames of every size arrive whole and in order, at a client of another make too", async () => {
  await using port = await aPort();
  const raw = await port.client();
  const ws = new WebSocket(`ws://127.0.0.1:${port.number}/v1/connect`);
  const received: string[] = [];
  ws.on("message", (data: Buffer) => received.push(data.toString()));
  await once(ws, "open");
  await raw.until(() => port.connections().length === 2);
  const sent: string[] = [];
  for (let round = 0; round < 3; round++) {
    for (const size of sizes) {
      const frame = frameOf({ t: "refused", reason: "rate", sentence: sentenceOf(size) });
      sent.push(JSON.stringify({ t: "refused", reason: "rate", sentence: sentenceOf(size) }));
      for (const connection of port.connections()) connection.send(frame);
    }
  }
  assert.deepEqual(
    sizes.map((size) => Buffer.byteLength(sent[sizes.indexOf(size)] ?? "")),
    sizes,
  );
  await raw.until(() => raw.frames.length === sent.length && received.length === sent.length);
  assert.ok(raw.texts().every((text, i) => text === sent[i]));
  assert.ok(received.every((text, i) => text === sent[i]));
  ws.terminate();
});

test("D1.31 a ping is answered with its own data, between whole frames", async () => {
  await using port = await aPort();
  const client = await port.client();
  const [connection] = port.connections();
  const frame = frameOf({ t: "refused", reason: "rate", sentence: sentenceOf(300_000) });
  for (let i = 0; i < 20; i++) {
    connection?.send(frame);
    client.send(opcodes.ping, `ping ${i}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.send(opcodes.ping, "x".repeat(125));
  client.send(opcodes.ping, "");
  await client.until(() => client.frames.length === 42);
  const pongs = client.frames
    .filter(({ opcode }) => opcode === opcodes.pong)
    .map(({ payload }) => payload.toString());
  assert.deepEqual(pongs, [...Array.from({ length: 20 }, (_, i) => `ping ${i}`), "x".repeat(125), ""]);
  assert.ok(client.texts().every((text) => text.length === 300_000));
});

test("D1.32 nothing is written after a Close, whichever side has sent it first", async () => {
  await using port = await aPort();
  const [closing, closed] = [await port.client(), await port.client()];
  const [first, second] = port.connections();
  assert.ok(first !== undefined && second !== undefined);
  closing.send(opcodes.close, Buffer.from([0x03, 0xe8]));
  second.close("drained", "This server restarts.");
  const frame = frameOf({ t: "beat", time: port.stage.now() });
  for (let i = 0; i < 50; i++) {
    for (const connection of [first, second]) connection.send(frame);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closing.until(() => closing.closeCode !== null && closed.closeCode !== null);
  for (const connection of [first, second]) connection.send(frame);
  assert.deepEqual([closing.closeCode, closed.closeCode], [1_000, closeCodes.drained]);
  closed.send(opcodes.close, Buffer.from([0x0f, 0xa0]));
  await closing.until(() => closing.ended && closed.ended);
  assert.equal(closed.frames.at(-1)?.opcode, opcodes.close);
});

test("D1.33 who does not read their answers is not listened to until they do, and memory stays bounded", async () => {
  await using port = await aPort();
  for (let i = 0; i < 100; i++) port.stage.hears(`${i} ${"x".repeat(490)}`);
  const client = await port.client();
  client.send(opcodes.text, '{"t":"hello","v":1,"token":"ada viewer 600000"}');
  await client.until(() => client.frames.length === 1);
  client.socket.pause();
  const [connection] = port.connections();
  assert.ok(connection !== undefined);
  let most = 0;
  for (let i = 0; i < 500; i++) {
    client.send(opcodes.text, '{"t":"join","room":"demo"}');
    client.send(opcodes.ping, "x".repeat(125));
    await new Promise((resolve) => setImmediate(resolve));
    port.stage.passes(200);
    most = Math.max(most, connection.buffered());
  }
  assert.ok(most > limits.stalledBytesMax && most < 2 * limits.stalledBytesMax, `${most}`);
  client.socket.destroy();
});

test("D1.34 a pause in reading ends when the answers were read", async () => {
  await using port = await aPort();
  const client = await port.client();
  const [connection] = port.connections();
  assert.ok(connection !== undefined);
  client.socket.pause();
  connection.send(frameOf({ t: "refused", reason: "rate", sentence: sentenceOf(16_000_000) }));
  client.send(opcodes.text, '{"t":"hello","v":1,"token":"ada viewer 600000"}');
  client.send(opcodes.text, '{"t":"join","room":"demo"}');
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.resume();
  await client.until(() => client.texts().some((text) => text.includes('"welcome"')));
  client.send(opcodes.text, '{"t":"leave","room":"demo"}');
  client.send(opcodes.text, '{"t":"join","room":"demo"}');
  await client.until(() => client.texts().some((text) => text.includes('"view"')));
});

test("C8.11 a frame that is too large closes with 1009 and is counted", async () => {
  await using port = await aPort();
  const client = await port.client();
  client.send(opcodes.text, "x".repeat(limits.frameBytesMax + 1));
  await client.until(() => client.closeCode !== null);
  assert.equal(client.closeCode, 1009);
  assert.ok(port.stage.noted.includes("limit frameBytesMax"));
});

test("C8.12 text that is no UTF-8 closes with 1007 and is counted", async () => {
  await using port = await aPort();
  const client = await port.client();
  client.send(opcodes.text, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
  await client.until(() => client.closeCode !== null);
  assert.equal(client.closeCode, 1007);
  assert.ok(port.stage.noted.includes("refused malformed"));
});

test("C8.13 a client that does not mask closes with 1002 and is counted", async () => {
  await using port = await aPort();
  const client = await port.client();
  client.send(opcodes.text, "{}", false);
  await client.until(() => client.closeCode !== null);
  assert.equal(client.closeCode, 1002);
  assert.ok(port.stage.noted.includes("refused malformed"));
});

test("C8.14 a binary frame is refused in words", async () => {
  await using port = await aPort();
  const client = await port.client();
  client.send(opcodes.binary, "{}");
  await client.until(() => client.frames.length > 0);
  assert.match(client.texts()[0] ?? "", /Frames are text, not binary\./);
});

test("C8.15 pings count as frames do", async () => {
  await using port = await aPort();
  const client = await port.client();
  for (let i = 0; i < limits.framesBurst + limits.framesRefusedBeforeClose + 1; i++)
    client.send(opcodes.ping, "");
  await client.until(() => client.closeCode !== null);
  assert.equal(client.closeCode, closeCodes.rate);
  assert.equal(client.frames.filter(({ opcode }) => opcode === opcodes.pong).length, limits.framesBurst);
});

test("C4.3 a socket that never says hello is closed with 4103", async () => {
  await using port = await aPort();
  const client = await port.client();
  port.stage.passes(limits.helloWithinMs + 1_001);
  await client.until(() => client.closeCode !== null);
  assert.equal(client.closeCode, closeCodes.helloTimeout);
});

test("C8.16 a client that does not answer a Close is cut off", async () => {
  await using port = await aPort();
  const client = await port.client();
  port.connections()[0]?.close("drained", "This server restarts.");
  await client.until(() => client.ended);
  assert.equal(client.closeCode, closeCodes.drained);
});

test("C10.20 a page of another origin is told so with 4304, one of the server's own and a program are let in", async () => {
  await using port = await aPort();
  const closed = async (origin: string): Promise<number> => {
    const ws = new WebSocket(`ws://127.0.0.1:${port.number}/v1/connect`, { origin });
    const [code] = (await once(ws, "close")) as [number];
    return code;
  };
  assert.equal(await closed("https://elsewhere.example"), closeCodes.forbiddenOrigin);
  const own = new WebSocket(`ws://127.0.0.1:${port.number}/v1/connect`, {
    origin: `http://127.0.0.1:${port.number}`,
  });
  await once(own, "open");
  own.terminate();
});

test("C10.7 a development server on this machine takes a WebSocket under this machine's names only", async () => {
  await using dev = await aPort({}, { dev: true, host: "127.0.0.1" });
  for (const host of ["localhost:80", "127.0.0.1", "127.1.2.3:31000", "[::1]:31000"])
    assert.equal(await statusOf(dev, host), "101", host);
  for (const host of ["evil.example:31000", "127.0.0.1.evil.example", "192.0.2.1", "localhost@evil.example"])
    assert.equal(await statusOf(dev, host), "421", host);
  await using onNetwork = await aPort({}, { dev: true, host: "0.0.0.0" });
  await using production = await aPort({}, { dev: false, host: "127.0.0.1" });
  for (const port of [onNetwork, production]) assert.equal(await statusOf(port, "live.example"), "101");
});

test("C8.17 a WebSocket at another path gets 404, and one that hangs up harms nobody", async () => {
  await using port = await aPort();
  const socket = connect(port.number, "127.0.0.1");
  socket.write(handshakeOf({ path: "/elsewhere" }));
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 404 /);
  await once(socket, "close");
  for (let i = 0; i < 20; i++) {
    const rude = connect(port.number, "127.0.0.1");
    await once(rude, "connect");
    rude.write(handshakeOf({ path: "/elsewhere" }), () => rude.resetAndDestroy());
    await once(rude, "close");
  }
  const client = await port.client();
  assert.equal(client.ended, false);
});

test("C8.33 who comes when too many do is asked to come again, which is counted, and is let in then", async () => {
  await using port = await aPort({}, {}, 1);
  await port.client();
  const late = connect(port.number, "127.0.0.1");
  late.write(handshakeOf());
  const [answer] = (await once(late, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 503 /);
  assert.match(
    answer.toString(),
    /\r\nRetry-After: [1-5]\r\n[^]*More people come than this server takes in at once/,
  );
  assert.ok(port.stage.noted.includes("limit connectsPerSecond"));
  port.stage.passes(1_000);
  assert.equal((await port.client()).ended, false);
});

test("C8.18 a handshake that drips in is ended in time", async () => {
  await using port = await aPort({
    headersTimeout: 150,
    requestTimeout: 200,
    connectionsCheckingInterval: 25,
  });
  const socket = connect(port.number, "127.0.0.1");
  const drip = handshakeOf();
  let at = 0;
  const dripping = setInterval(() => socket.write(drip[at++ % (drip.length - 4)] ?? ""), 10);
  const began = performance.now();
  const [answer] = (await once(socket, "data")) as [Buffer];
  clearInterval(dripping);
  socket.destroy();
  assert.match(answer.toString(), /^HTTP\/1\.1 408 /);
  assert.ok(performance.now() - began < 1_000);
});

test("C8.19 a handshake of another version or without a key is refused, and is no connection", async () => {
  await using port = await aPort();
  for (const headers of [{ "Sec-WebSocket-Version": "7" }, { "Sec-WebSocket-Key": "short" }]) {
    const socket = connect(port.number, "127.0.0.1");
    socket.write(handshakeOf({ headers }));
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 4\d\d /);
    socket.destroy();
  }
  assert.equal(port.stage.gateway.sessions.size, 0);
});

/** What a page of this host is answered when it opens a WebSocket. */
async function statusOf({ number }: Port, host: string): Promise<string | undefined> {
  const socket = connect(number, "127.0.0.1");
  socket.write(handshakeOf({ headers: { Host: host, Origin: `http://${host}` } }));
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString().split(" ")[1];
}

type Port = AsyncDisposable & {
  stage: Stage;
  number: number;
  client(): Promise<RawClient>;
  connections(): RawConnection[];
};

const publicConfig: FrontConfig = { origins: "same", trustedProxies: [], dev: false, host: "0.0.0.0" };

/** A real port before a stage. */
async function aPort(
  bounds: Parameters<typeof createHttpServer>[2] = {},
  config: Partial<FrontConfig> = {},
  burst = 100,
): Promise<Port> {
  const stage = aStage();
  const server: Server = createHttpServer((_request, response) => void response.end(), {}, bounds);
  stage.gateway.admission = openAdmission(stage.now(), { perSecond: 10, burst });
  acceptSockets(server, stage.gateway, { ...publicConfig, ...config }, 100);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const opened: RawClient[] = [];
  return {
    stage,
    number: port,
    async client() {
      const client = await rawClient(port, stage.settles);
      opened.push(client);
      await client.until(() => stage.gateway.sessions.size >= opened.filter(({ ended }) => !ended).length);
      return client;
    },
    connections: () =>
      [...stage.gateway.sessions.values()].map(({ connection }) => connection as RawConnection),
    async [Symbol.asyncDispose]() {
      for (const { socket } of opened) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Makes a `refused` frame of so many bytes. */
function sentenceOf(size: number): string {
  return "s".repeat(size - JSON.stringify({ t: "refused", reason: "rate", sentence: "" }).length);
}
