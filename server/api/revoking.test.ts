import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Client, openClient } from "../gateway/client.fixture.ts";
import { LogFailure, type LogReader } from "../log/log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { aRoom, aStack, bearer, expectProblem, type Stack, until } from "./api-stack.fixture.ts";
import { readEvents } from "./event-reader.fixture.ts";
import { startPrivateApi } from "./private-api.ts";

type Revoking = AsyncDisposable & { revoke(person: string): Promise<Response> };

async function aPrivatePort({ bus, clock, log, mintId, keeper }: Stack): Promise<Revoking> {
  const metrics = createMetrics("keeper");
  const api = await startPrivateApi({ port: 0, bus, clock, log, metrics, mintId, loaded: keeper.rooms });
  return {
    revoke: (person) =>
      fetch(`http://127.0.0.1:${api.port}/v1/people/${encodeURIComponent(person)}/revoke`, {
        method: "POST",
      }),
    async [Symbol.asyncDispose]() {
      metrics.stop();
      await api.close();
    },
  };
}

const viewer = { demo: { role: "viewer" } } as const;
const say = [{ t: "say", room: "demo", key: "session-of-eve:0", text: "hello" }];

/** Of eve, issued so many seconds from now. */
async function tokenOf(stack: Stack, seconds: number | null): Promise<string> {
  const now = stack.clock.now() / 1_000;
  const { authorization } = await bearer("eve", viewer, now + 600, seconds === null ? null : now + seconds);
  return authorization.replace("Bearer ", "");
}

async function opens(stack: Stack, hello: object): Promise<Client> {
  const client = openClient(stack.gateway, () => {});
  client.sends(JSON.stringify({ t: "hello", v: 1, ...hello }));
  await until(() => client.closed !== null || client.all("welcome").length === 1);
  return client;
}

test("C2.60 tokens are called back at the private port, and the answer says of when they are void", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const long = `a/b%2F?#${"~".repeat(120)}`;
  for (const person of ["eve", long]) {
    const response = await api.revoke(person);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { person, revokedBefore: stack.clock.now() });
  }
  await expectProblem(await api.revoke("two words"), 400, "malformed");
  const { status } = await stack.post("/v1/people/eve/revoke", undefined);
  assert.equal(status, 404, "the public port does not know of it");
});

test("C2.61 C2.62 whatever says who somebody is and was issued before is void, by whatever way they come", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  await aRoom(stack);
  const token = await tokenOf(stack, 0);
  const timeless = await tokenOf(stack, null);
  const { resume } = (await opens(stack, { token })).last("welcome");
  const asEve = { authorization: `Bearer ${token}` };
  const issued = await stack.post("/v1/rooms/demo/ticket", undefined, asEve);
  const { ticket } = (await issued.json()) as { ticket: string };
  stack.clock.advance(1_000);
  assert.equal((await api.revoke("eve")).status, 200);
  for (const called of [token, timeless]) {
    assert.equal((await opens(stack, { token: called })).closed, "tokenRevoked");
    const stream = await stack.post("/v1/stream", [{ t: "hello", v: 1, token: called }]);
    assert.equal((await expectProblem(stream, 401, "unauthorised"))["close"], closeCodes.tokenRevoked);
    const poll = await stack.post("/v1/stream?wait=1", [{ t: "hello", v: 1, token: called }]);
    assert.equal((await expectProblem(poll, 401, "unauthorised"))["close"], closeCodes.tokenRevoked);
    const headers = { authorization: `Bearer ${called}` };
    const history = await stack.get("/v1/rooms/demo/history", headers);
    await expectProblem(history, 401, "unauthorised");
    await expectProblem(await stack.post("/v1/commands", say, headers), 401, "unauthorised");
  }
  assert.equal((await opens(stack, { resume })).closed, "tokenExpired");
  await expectProblem(await stack.get(`/v1/stream?room=demo&ticket=${ticket}`), 401, "unauthorised");
  const resumed = await stack.post("/v1/commands", say, { authorization: `Bearer ${resume}` });
  await expectProblem(resumed, 401, "unauthorised");
  const later = await tokenOf(stack, 0);
  assert.equal((await opens(stack, { token: later, resume })).last("welcome").you.id, "eve");
  const carried = await stack.post("/v1/commands", say, { authorization: `Bearer ${later}` });
  assert.equal(carried.status, 200);
});

test("C2.63 a stream ends with the order to come back with a new token", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  await aRoom(stack);
  const hello = { t: "hello", v: 1, token: await tokenOf(stack, 0) };
  const body = JSON.stringify([hello, { t: "join", room: "demo" }]);
  const headers = { "content-type": "application/json" };
  const stream = await readEvents((signal) =>
    fetch(`${stack.url}/v1/stream`, { method: "POST", headers, body, signal }),
  );
  await stream.until(() => stream.all("view").length === 1);
  const renewing = await opens(stack, { token: hello.token });
  stack.clock.advance(1_000);
  await api.revoke("eve");
  await stream.until(() => stream.ended);
  assert.deepEqual([stream.closeCode, renewing.closed], [closeCodes.tokenRevoked, "tokenRevoked"]);
});

test("C2.62 a live connection whose token was renewed with a void one ends", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const old = await tokenOf(stack, 0);
  stack.clock.advance(1_000);
  await api.revoke("eve");
  const eve = await opens(stack, { token: await tokenOf(stack, 0) });
  eve.sends(JSON.stringify({ t: "token", token: old }));
  await until(() => eve.closed !== null);
  assert.equal(eve.closed, "tokenRevoked");
});

test("C2.64 a guest whose token was called back is a new guest, whatever they keep", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const first = (await opens(stack, {})).last("welcome");
  stack.clock.advance(1_000);
  await api.revoke(first.you.id);
  const next = (await opens(stack, { token: first.guest })).last("welcome");
  assert.notEqual(next.you.id, first.you.id);
  assert.equal((await opens(stack, { token: next.guest })).last("welcome").you.id, next.you.id);
});

test("C2.65 a gateway that was not told yet whose tokens are void lets nobody in, and says to come later", async () => {
  let broken = true;
  const failure = new LogFailure("not yet");
  const reader = (log: LogReader): LogReader => ({
    ...log,
    revocations: (done) => (broken ? done({ ok: false, failure }) : log.revocations(done)),
  });
  await using stack = await aStack({ reader });
  const token = await tokenOf(stack, 0);
  const waiting = opens(stack, { token });
  const asking = stack.get("/v1/rooms/demo/history", { authorization: `Bearer ${token}` });
  let waits = 0;
  const { whenTold } = stack.gateway.revocations;
  whenTold(() => (waits += 1));
  stack.clock.advance(limits.revocationsWithinMs - 1);
  assert.equal(waits, 0);
  const answered = expectProblem(await advancing(stack, asking), 503, "unavailable");
  assert.equal((await waiting).closed, "busy");
  await answered;
  broken = false;
  stack.clock.advance(1_000);
  assert.equal((await opens(stack, { token })).closed, null);
});

/** Time passes until it is there. */
async function advancing<T>(stack: Stack, promise: Promise<T>): Promise<T> {
  const turn = setInterval(() => stack.clock.advance(100), 1);
  try {
    return await promise;
  } finally {
    clearInterval(turn);
  }
}
