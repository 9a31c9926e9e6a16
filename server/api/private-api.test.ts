import assert from "node:assert/strict";
import { test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { call } from "../gateway/calls.ts";
import type { RoomInfo } from "../messages.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { startMetricsPublisher, toMetrics } from "../telemetry/metrics-exchange.ts";
import { aStack, expectProblem, type Stack, statusFor, until } from "./api-stack.fixture.ts";
import { startPrivateApi } from "./private-api.ts";

type Private = AsyncDisposable & { port: number; url: string };

async function aPrivateApi({ bus, clock, log, mintId, keeper }: Stack): Promise<Private> {
  const metrics = createMetrics("keeper");
  const api = await startPrivateApi({ port: 0, bus, clock, log, metrics, mintId, loaded: keeper.rooms });
  return {
    port: api.port,
    url: `http://127.0.0.1:${api.port}`,
    async [Symbol.asyncDispose]() {
      metrics.stop();
      await api.close();
    },
  };
}

function put(api: Private, room: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${api.url}/v1/rooms/${room}`, { method: "PUT", headers, body: JSON.stringify(body) });
}

type Page = {
  rooms: { room: string; staffSeq: number; settings: RoomSettings | null }[];
  next: string | null;
};

async function roomsIn(api: Private, query = ""): Promise<Page> {
  return (await (await fetch(`${api.url}/v1/rooms${query}`)).json()) as Page;
}

test("X2.30 the private API creates and changes rooms without a token", async () => {
  await using stack = await aStack();
  await using api = await aPrivateApi(stack);
  assert.equal((await put(api, "demo", { guests: true, title: "Demo" })).status, 201);
  const changed = await put(api, "demo", { title: "Demo 2" });
  assert.equal(changed.status, 200);
  const { settings } = (await changed.json()) as RoomInfo;
  assert.deepEqual([settings.title, settings.guests], ["Demo 2", true]);
  await expectProblem(await put(api, "demo", { colour: "red" }), 400, "malformed");
  assert.equal((await stack.get("/v1/rooms/demo")).status, 200);
});

test("X2.31 the private API lists all rooms by name, in pages, and loads none for it", async () => {
  await using stack = await aStack();
  await using api = await aPrivateApi(stack);
  for (const name of ["c", "a", "b"]) assert.equal((await put(api, name, { title: name })).status, 201);
  stack.clock.advance(2 * limits.roomIdleMs);
  assert.deepEqual(stack.keeper.rooms(), []);
  const all = await roomsIn(api);
  assert.deepEqual(
    all.rooms.map(({ room, settings }) => [room, settings]),
    [
      ["a", null],
      ["b", null],
      ["c", null],
    ],
  );
  assert.ok(all.rooms.every(({ staffSeq }) => staffSeq > 0));
  assert.equal(all.next, null);
  assert.deepEqual(stack.keeper.rooms(), []);
  await call(stack.gateway, { m: "info", room: roomId("b"), person: null }, 5_000);
  assert.deepEqual(
    (await roomsIn(api)).rooms.map(({ settings }) => settings?.title),
    [undefined, "b", undefined],
  );
  const first = await roomsIn(api, "?limit=2");
  assert.deepEqual([first.rooms.map(({ room }) => room), first.next], [["a", "b"], "b"]);
  const second = await roomsIn(api, "?limit=2&after=b");
  assert.deepEqual([second.rooms.map(({ room }) => room), second.next], [["c"], null]);
  await expectProblem(await fetch(`${api.url}/v1/rooms?limit=1001`), 400, "malformed");
});

test("C10.6 the private API answers to names of this machine only", async () => {
  await using stack = await aStack();
  await using api = await aPrivateApi(stack);
  for (const host of ["127.0.0.1", "localhost:1", `127.0.0.1:${api.port}`, "[::1]:80"]) {
    assert.equal(await statusFor(api.port, host), 200, host);
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example", "192.0.2.1", "localhost@evil.example"]) {
    assert.equal(await statusFor(api.port, host), 421, host);
  }
});

test("O5.3 the private API says whether the keeper beside it is heard", async () => {
  await using stack = await aStack();
  await using api = await aPrivateApi(stack);
  await expectProblem(await fetch(`${api.url}/readyz`), 503, "unavailable");
  stack.clock.advance(1_000);
  await until(() => stack.gateway.keeperHeardAt === stack.clock.now());
  assert.equal((await fetch(`${api.url}/readyz`)).status, 200);
  assert.equal((await fetch(`${api.url}/healthz`)).status, 200);
});

test("O5.4 metrics show every process that was heard lately, in one valid exposition", async () => {
  await using stack = await aStack();
  await using api = await aPrivateApi(stack);
  const metrics = createMetrics("gateway-1");
  metrics.refused("busy", 3);
  let published = 0;
  const unsubscribe = stack.bus.subscribe(toMetrics, () => {
    published += 1;
  });
  const stop = startMetricsPublisher({ bus: stack.bus, clock: stack.clock, process: "gateway-1", metrics });
  await until(() => published === 1);
  const response = await fetch(`${api.url}/metrics`);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  assert.match(text, /^chorus_refused_total\{reason="busy",process="gateway-1"\} 3$/m);
  assert.match(text, /^process_resident_memory_bytes\{process="keeper"\} \d+$/m);
  assert.match(text, /^process_resident_memory_bytes\{process="gateway-1"\} \d+$/m);
  const heads = [...text.matchAll(/^# (?:HELP|TYPE) \S+/gm)].map(([head]) => head);
  assert.equal(new Set(heads).size, heads.length, "no family is introduced twice");
  stack.clock.advance(5_000);
  await until(() => published === 2);
  stop();
  unsubscribe();
  metrics.stop();
  stack.clock.advance(15_000);
  assert.match(await (await fetch(`${api.url}/metrics`)).text(), /gateway-1/);
  stack.clock.advance(1);
  assert.doesNotMatch(await (await fetch(`${api.url}/metrics`)).text(), /gateway-1/);
});
