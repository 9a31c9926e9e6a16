import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Frame } from "@chorus/protocol/frames.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { openAdmission } from "../gateway/admission.ts";
import { openClient } from "../gateway/client.fixture.ts";
import { drain } from "../gateway/drain.ts";
import type { FeedAudience } from "../gateway/state.ts";
import { aRoom, aStack, bearer, demo, expectProblem, type Stack, until } from "./api-stack.fixture.ts";
import { type EventReader, readEvents } from "./event-reader.fixture.ts";

const hello = { t: "hello", v: 1 };
const join = { t: "join", room: "demo" };

test("C8.40 a stream is read as server-sent events of the frames that a WebSocket gets", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const stream = await opens(stack, [hello, join]);
  const socket = openClient(stack.gateway, () => {}).joins();
  socket.sends('{"t":"hello","v":1}');
  socket.sends('{"t":"join","room":"demo"}');
  await stream.until(() => stream.all("view").length === 1 && socket.all("view").length === 1);
  await stack.says("ada", "one\ntwo 🎭");
  await stream.until(() => stream.all("entries").length === 1);
  assert.deepEqual(stream.all("entries"), socket.all("entries"));
  assert.deepEqual(kinds(stream.frames).slice(0, 3), ["welcome", "joined", "view"]);
  assert.deepEqual(stream.all("welcome")[0]?.accept, []);
  const { headers } = stream.response;
  assert.equal(headers.get("content-type"), "text/event-stream");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-accel-buffering"), "no");
  assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
  stream.stop();
});

test("C8.40 a stream begins with a hello and has joins behind it, and nothing else", async () => {
  await using stack = await aStack();
  for (const body of [
    [],
    [join],
    [hello, { t: "leave", room: "demo" }],
    [hello, hello],
    [{ t: "hello" }],
    {},
  ])
    await expectProblem(await stack.post("/v1/stream", body), 400, "malformed");
  const old = await stack.post("/v1/stream", [{ t: "hello", v: 999 }]);
  assert.equal((await expectProblem(old, 400, "malformed"))["close"], closeCodes.version);
  const long = await stack.post("/v1/stream", [hello, { t: "join", room: "x".repeat(limits.frameBytesMax) }]);
  assert.equal((await expectProblem(long, 413, "too-large"))["limit"], "frameBytesMax");
});

test("C8.41 one room is read by its address alone, and Last-Event-ID goes on where the last event was", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await stack.says("ada", "before");
  const first = await reads(stack, "?room=demo");
  await first.until(() => first.all("view").length === 1);
  await stack.says("ada", "while there");
  await first.until(() => first.all("entries").length === 1);
  const { id } = first.events.findLast((event) => event.id !== null) ?? {};
  first.stop();
  await stack.says("ada", "meanwhile");
  const again = await reads(stack, "?room=demo", { "last-event-id": id ?? "" });
  await again.until(() => again.all("entries").length === 1);
  assert.equal(again.all("joined")[0]?.how, "resumed");
  assert.deepEqual(textsIn(again), ["meanwhile"]);
  const [epoch, seq] = (id ?? "").split(":");
  const asked = await reads(stack, `?room=demo&epoch=${epoch}&seq=${seq}`);
  await asked.until(() => asked.all("entries").length === 1);
  assert.deepEqual(textsIn(asked), ["meanwhile"]);
  for (const stream of [again, asked]) stream.stop();
});

test("C8.42 a room that cannot be read is answered by a status, and a page stops asking", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  await expectProblem(await stack.get("/v1/stream?room=demo"), 403, "forbidden");
  await expectProblem(await stack.get("/v1/stream?room=nowhere"), 404, "no-such-room");
  await expectProblem(await stack.get("/v1/stream?room=demo&ticket=t1.x.y"), 401, "unauthorised");
  await expectProblem(await stack.get("/v1/stream?room=demo&token=eyJ"), 400, "malformed");
  assert.equal((await fetch(`${stack.url}/v1/stream?room=demo`, { method: "HEAD" })).status, 200);
  await until(() => stack.gateway.sessions.size === 0);
});

test("C8.45 a stream ends after so many bytes, and goes on where it was without a hole or a double", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  let stream = await opens(stack, [hello, join]);
  await stream.until(() => stream.all("view").length === 1);
  const { epoch } = stream.all("joined")[0] ?? assert.fail("not joined");
  let position = stream.all("view")[0]?.seq ?? 0;
  const texts: string[] = [];
  let ends = 0;
  for (let i = 0; ends < 2; i++) {
    await stack.says(`ada${i}`, `${i} ${"x".repeat(480)}`);
    stack.clock.advance(1);
    if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!stream.ended) continue;
    ends += 1;
    assert.equal(stream.closeCode, closeCodes.streamOver);
    assert.ok(stream.events.reduce((sum, { data }) => sum + data.length, 0) < limits.streamBytesMax * 1.1);
    texts.push(...textsIn(stream));
    position = Math.max(position, ...stream.all("entries").map(({ to }) => to));
    stream = await opens(stack, [hello, { ...join, epoch, seq: position }]);
    await stream.until(() => stream.all("joined").length === 1);
    assert.equal(stream.all("joined")[0]?.how, "resumed");
  }
  assert.deepEqual(
    texts.map((text) => Number(text.split(" ", 1))),
    texts.map((_, i) => i),
  );
  stream.stop();
});

test("C8.45 who reads nothing of a stream holds a bounded number of bytes, and it is over all the same", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const body = JSON.stringify([hello, join]);
  const head = `POST /v1/stream HTTP/1.1\r\nHost: ${stack.host}\r\nContent-Type: application/json\r\n`;
  const reader = connect(stack.port, "127.0.0.1").pause();
  reader.on("error", () => reader.destroy());
  reader.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await until(() => publicOf(stack)?.view != null && stack.gateway.sessions.size === 1);
  const [session] = stack.gateway.sessions.values();
  let most = 0;
  for (let i = 0; stack.gateway.sessions.size > 0; i++) {
    await stack.says(`ada${i}`, `${i} ${"x".repeat(480)}`);
    stack.clock.advance(50);
    most = Math.max(most, session?.connection.buffered() ?? 0);
  }
  assert.ok(most < 2 * limits.stalledBytesMax, `${most}`);
  await once(reader.resume(), "close");
  assert.equal(stack.gateway.addresses.size, 0);
});

test("C8.45 a stream ends after a time, drawn for each", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const streams = await Promise.all(Array.from({ length: 20 }, () => opens(stack, [hello, join])));
  await passes(stack, limits.streamMs / 2 - 1_000);
  assert.equal(stack.gateway.sessions.size, 20);
  await passes(stack, limits.streamMs / 4);
  const left = stack.gateway.sessions.size;
  assert.ok(left > 0 && left < 20, `${left}`);
  await passes(stack, limits.streamMs / 4 + 1_000);
  assert.equal(stack.gateway.sessions.size, 0);
  for (const stream of streams) await stream.until(() => stream.closeCode === closeCodes.streamOver);
});

test("C8.46 a poll is answered with the first news, soon after it has begun at the earliest", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const first = polls(stack, [hello, join], 25);
  await until(() => publicOf(stack)?.view != null);
  stack.clock.advance(limits.pollGatherMs - 1);
  assert.equal(stack.gateway.sessions.size, 1);
  stack.clock.advance(1);
  const { frames, response } = await first;
  assert.deepEqual(kinds(frames), ["welcome", "joined", "view", "tally"]);
  assert.notEqual(response.headers.get("content-length"), null);
  const joined = frames.find((frame) => frame.t === "joined");
  const position = { ...join, epoch: joined?.epoch, seq: joined?.seq };
  const second = polls(stack, [hello, position], 25);
  await until(() => stack.gateway.sessions.size === 1);
  stack.clock.advance(5_000);
  assert.equal(stack.gateway.sessions.size, 1, "that the room is as it was is no news");
  await stack.says("ada", "news");
  await until(() => publicOf(stack)?.flushed === (joined?.seq ?? 0) + 1);
  stack.clock.advance(0);
  assert.deepEqual(textsOf((await second).frames), ["news"]);
});

test("C8.46 a poll without news is answered when its time is over", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const view = polls(stack, [hello, join], 0);
  await until(() => publicOf(stack)?.view != null);
  stack.clock.advance(limits.pollGatherMs);
  const joined = (await view).frames.find((frame) => frame.t === "joined");
  const quiet = polls(stack, [hello, { ...join, epoch: joined?.epoch, seq: joined?.seq }], 25);
  await until(() => stack.gateway.sessions.size === 1);
  stack.clock.advance(24_999);
  assert.equal(stack.gateway.sessions.size, 1);
  stack.clock.advance(1);
  const { frames, closeCode } = await quiet;
  assert.deepEqual([kinds(frames).includes("entries"), closeCode], [false, closeCodes.streamOver]);
  await expectProblem(await stack.post("/v1/stream?wait=26", [hello, join]), 400, "malformed");
});

test("C8.47 a stream is let in as a WebSocket is, and what keeps it out is a status with the close code", async () => {
  const noted: string[] = [];
  await using stack = await aStack({
    caps: { perAddress: 1 },
    observeGateway: { limit: (name) => noted.push(name) },
  });
  await aRoom(stack);
  const only = await opens(stack, [hello, join]);
  const second = await stack.post("/v1/stream", [hello, join]);
  assert.notEqual(second.headers.get("retry-after"), null);
  assert.equal((await expectProblem(second, 429, "rate"))["close"], closeCodes.tooManyConnections);
  const foreign = await stack.post("/v1/stream", [hello, join], { origin: "https://elsewhere.example" });
  assert.equal((await expectProblem(foreign, 403, "forbidden-origin"))["close"], closeCodes.forbiddenOrigin);
  const forged = await stack.post("/v1/stream", [{ ...hello, token: "a.b.c" }]);
  assert.equal(forged.status, 429, "who is too many is not looked at");
  only.stop();
  await until(() => stack.gateway.sessions.size === 0);
  const stranger = await stack.post("/v1/stream", [{ ...hello, token: "a.b.c" }]);
  assert.equal((await expectProblem(stranger, 401, "unauthorised"))["close"], closeCodes.unauthorised);
  stack.gateway.admission = openAdmission(stack.clock.now(), { perSecond: 1, burst: 0 });
  const crowd = await stack.post("/v1/stream", [hello, join]);
  assert.match(crowd.headers.get("retry-after") ?? "", /^[1-5]$/);
  assert.equal((await expectProblem(crowd, 503, "unavailable"))["close"], closeCodes.busy);
  assert.deepEqual(noted, ["connectionsPerIpMax", "connectionsPerIpMax", "connectsPerSecond"]);
});

test("C8.47 a gateway that ends tells its streams when to go, and ends them", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const stream = await opens(stack, [hello, join]);
  await stream.until(() => stream.all("view").length === 1);
  const over = drain(stack.gateway);
  await stream.until(() => stream.all("drain").length === 1);
  stack.clock.advance(1_000);
  await over;
  await stream.until(() => stream.ended);
  assert.equal(stream.closeCode, closeCodes.drained);
});

test("C8.51 a stream ends with its token, since nothing can be renewed on it", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const token = (await bearer("ada", { demo: { role: "viewer" } }, stack.clock.now() / 1_000 + 60))
    .authorization;
  const stream = await opens(stack, [{ ...hello, token: token.slice("Bearer ".length) }, join]);
  await stream.until(() => stream.all("view").length === 1);
  await passes(stack, 90_000);
  await stream.until(() => stream.ended);
  assert.equal(stream.closeCode, closeCodes.tokenExpired);
  assert.equal(stream.all("refresh").length, 0);
});

/** As time does: what is written meanwhile leaves. */
async function passes({ clock }: Stack, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function publicOf({ gateway }: Stack): FeedAudience | undefined {
  return gateway.feeds.get(demo)?.audiences.public;
}

function opens(stack: Stack, frames: object[], query = ""): Promise<EventReader> {
  return readEvents((signal) =>
    fetch(`${stack.url}/v1/stream${query}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(frames),
      signal,
    }),
  );
}

async function polls(stack: Stack, frames: object[], seconds: number): Promise<EventReader> {
  const reader = await opens(stack, frames, `?wait=${seconds}`);
  await reader.until(() => reader.ended);
  return reader;
}

async function reads(
  stack: Stack,
  query: string,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const reader = await readEvents(
    (signal) => fetch(`${stack.url}/v1/stream${query}`, { headers, signal }),
    () => stack.clock.advance(1),
  );
  assert.equal(reader.response.status, 200);
  return reader;
}

function kinds(frames: readonly Frame[]): string[] {
  return frames.map(({ t }) => t);
}

function textsIn(reader: EventReader): string[] {
  return textsOf(reader.frames);
}

function textsOf(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) =>
    frame.t === "entries"
      ? frame.e.flatMap((entry) => (entry.k === "message" ? [entry.text ?? ""] : []))
      : [],
  );
}
