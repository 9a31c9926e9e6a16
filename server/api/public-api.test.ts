import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { aRoom, aStack, bearer, expectProblem, until } from "./api-stack.fixture.ts";
import { RoomSchema } from "./room-answers.ts";

const reader = { demo: { role: "viewer" as const } };
const host = { demo: { role: "host" as const } };
const isRoom = Compile(RoomSchema);

test("X2.1 a room tells its settings, epoch, seq and viewers to whoever may read it", async () => {
  await using stack = await aStack();
  await aRoom(stack, { title: "Launch" });
  const asGuest = await stack.get("/v1/rooms/demo");
  const room: unknown = await asGuest.json();
  assert.equal(asGuest.status, 200);
  assert.ok(isRoom.Check(room));
  assert.equal(room.settings.title, "Launch");
  assert.equal(room.epoch, "epoch-1");
  const staff: unknown = await (await stack.get("/v1/rooms/demo", await bearer("hal", host))).json();
  assert.ok(isRoom.Check(staff));
  assert.ok(staff.seq > room.seq, "staff see acts beside what the public sees");
});

test("X2.2 without guests a room is read with a token that grants it, and with no other", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  for (const path of ["/v1/rooms/demo", "/v1/rooms/demo/history"]) {
    const nobody = await stack.get(path);
    assert.equal(nobody.headers.get("www-authenticate"), 'Bearer realm="chorus"');
    await expectProblem(nobody, 401, "unauthorised");
    await expectProblem(
      await stack.get(path, await bearer("eve", { other: { role: "viewer" } })),
      403,
      "forbidden",
    );
    const none = await bearer("eve", { demo: { role: "viewer", grants: ["say"] } });
    await expectProblem(await stack.get(path, none), 403, "forbidden");
    assert.equal((await stack.get(path, await bearer("ada", reader))).status, 200);
  }
});

test("X2.2 a token that is no good is refused even where guests may read", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const bad = [
    "Basic YTpi",
    "Bearer ",
    "Bearer nonsense",
    `${(await bearer("ada", reader)).authorization}x`,
    (await bearer("ada", reader, 1_000)).authorization,
  ];
  for (const authorization of bad) {
    const response = await stack.get("/v1/rooms/demo", { authorization });
    assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer /);
    await expectProblem(response, 401, "unauthorised");
  }
});

test("X2.3 what is asked of a room that does not exist is answered with 404", async () => {
  await using stack = await aStack();
  await expectProblem(await stack.get("/v1/rooms/nowhere"), 404, "no-such-room");
  await expectProblem(await stack.get("/v1/rooms/nowhere/history"), 404, "no-such-room");
  const token = await bearer("ada", { "*": { role: "viewer" } });
  await expectProblem(await stack.get("/v1/rooms/nowhere/history", token), 404, "no-such-room");
});

test("X2.8 a host creates a room and changes what is named of it", async () => {
  await using stack = await aStack();
  const token = await bearer("hal", host);
  const created = await stack.put("/v1/rooms/demo", { title: "First", state: "scheduled" }, token);
  const room: unknown = await created.json();
  assert.equal(created.status, 201);
  assert.ok(isRoom.Check(room));
  assert.deepEqual(
    [room.settings.title, room.settings.state, room.settings.guests],
    ["First", "scheduled", false],
  );
  const changed = await stack.put("/v1/rooms/demo", { state: "live" }, token);
  const after: unknown = await changed.json();
  assert.equal(changed.status, 200);
  assert.ok(isRoom.Check(after));
  assert.deepEqual([after.settings.title, after.settings.state], ["First", "live"]);
  const untouched = await stack.put("/v1/rooms/demo", {}, token);
  assert.equal(untouched.status, 200);
  assert.deepEqual(await untouched.json(), after);
});

test("X2.8 a room's changes are many, and none is taken for a repetition", async () => {
  await using stack = await aStack();
  const token = await bearer("hal", host);
  for (let slowMs = 1; slowMs <= 70; slowMs += 1) {
    const response = await stack.put("/v1/rooms/demo", { slowMs }, token);
    assert.equal(response.status, slowMs === 1 ? 201 : 200);
    stack.clock.advance(1_000);
  }
});

test("X2.9 only a token with the grant to host may create or change a room", async () => {
  await using stack = await aStack();
  await expectProblem(await stack.put("/v1/rooms/demo", {}), 401, "unauthorised");
  const moderator = await bearer("mo", { demo: { role: "moderator" } });
  await expectProblem(await stack.put("/v1/rooms/demo", {}, moderator), 403, "forbidden");
  const elsewhere = await bearer("hal", { other: { role: "host" } });
  await expectProblem(await stack.put("/v1/rooms/demo", {}, elsewhere), 403, "forbidden");
  await expectProblem(await stack.get("/v1/rooms/demo"), 404, "no-such-room");
});

test("X2.10 what a room refuses is a problem with the room's reason", async () => {
  await using stack = await aStack();
  await aRoom(stack, { state: "archived" });
  const response = await stack.put("/v1/rooms/demo", { state: "live" }, await bearer("hal", host));
  assert.equal((await expectProblem(response, 409, "refused"))["reason"], "ended");
});

test("X2.11 while the keeper does not answer, what needs it ends with 503 and a time to come back", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  stack.keeper.stop();
  const asked = stack.get("/v1/rooms/demo");
  await until(() => stack.gateway.calls.size === 1);
  stack.clock.advance(5_000);
  const response = await asked;
  assert.equal(response.headers.get("retry-after"), "2");
  await expectProblem(response, 503, "unavailable");
  assert.equal(stack.gateway.calls.size, 0);
});

test("C8.20 questions to the keeper that wait for an answer are bounded", async () => {
  const limits: string[] = [];
  await using stack = await aStack({ observe: { limit: (name) => limits.push(name) } });
  stack.keeper.stop();
  for (let call = 1; call <= 256; call += 1) stack.gateway.calls.set(-1_000 - call, () => {});
  const body = await expectProblem(await stack.get("/v1/rooms/demo"), 503, "unavailable");
  assert.equal(body["limit"], "callsInFlightMax");
  assert.deepEqual(limits, ["callsInFlightMax"]);
});

test("X2.12 a log that cannot be read is a problem, and is reported", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  stack.log.close();
  const response = await stack.get("/v1/rooms/demo/history", await bearer("ada", reader));
  assert.equal(response.headers.get("retry-after"), "2");
  await expectProblem(response, 503, "unavailable");
});

test("X2.13 requests of another shape are refused with what is wrong in them", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const wrong = [
    "limit=0",
    "limit=101",
    "limit=ten",
    "limit=1&limit=2",
    "before=-1",
    "before=1.5",
    "befor=1",
  ];
  for (const query of wrong) {
    const { detail } = await expectProblem(
      await stack.get(`/v1/rooms/demo/history?${query}`),
      400,
      "malformed",
    );
    assert.match(String(detail), /^In the query, "(limit|before|befor)" /);
  }
  for (const path of ["/v1/rooms/demo", "/v1/openapi.json", "/healthz", "/readyz"]) {
    const { detail } = await expectProblem(await stack.get(`${path}?x=1`), 400, "malformed");
    assert.equal(detail, 'In the query, "x" is not known there: see /v1/openapi.json.');
  }
  await expectProblem(await stack.put("/v1/rooms/demo?x=1", {}, await bearer("hal", host)), 400, "malformed");
  assert.equal((await stack.get("/rooms/demo?from=elsewhere")).status, 200);
  await expectProblem(await stack.get("/v1/rooms/Demo"), 400, "malformed");
  await expectProblem(await stack.get("/v1/rooms/%zz"), 400, "malformed");
  const token = await bearer("hal", host);
  const { detail } = await expectProblem(
    await stack.put("/v1/rooms/demo", { colour: "red" }, token),
    400,
    "malformed",
  );
  assert.match(String(detail), /^In the body, "colour" is not a field of the body, which may have: title, /);
  const unlike = { framedBy: ["https://blog.example/page"] };
  const told = await expectProblem(await stack.put("/v1/rooms/demo", unlike, token), 400, "malformed");
  assert.match(String(told["detail"]), /^In the body, "framedBy\[0\]" must be an origin without a path, as /);
  for (const body of [[], "x", null, { slowMs: "1" }]) {
    await expectProblem(await stack.put("/v1/rooms/demo", body, token), 400, "malformed");
  }
  const cut = await fetch(`${stack.url}/v1/rooms/demo`, {
    method: "PUT",
    headers: { ...token, "content-type": "application/json" },
    body: "{",
  });
  await expectProblem(cut, 400, "malformed");
});

test("X2.14 wrong addresses, methods and types of body each have their problem", async () => {
  await using stack = await aStack();
  await expectProblem(await stack.get("/nothing"), 404, "not-found");
  const text = { method: "POST", headers: { "content-type": "text/plain" }, body: "x" };
  await expectProblem(await fetch(`${stack.url}/nothing`, text), 404, "not-found");
  const posted = await fetch(`${stack.url}/v1/rooms/demo`, text);
  assert.equal(posted.headers.get("allow"), "GET, HEAD, PUT");
  await expectProblem(posted, 405, "method");
  await expectProblem(
    await fetch(`${stack.url}/v1/rooms/demo`, { ...text, method: "PUT" }),
    415,
    "media-type",
  );
  const head = await fetch(`${stack.url}/healthz`, { method: "HEAD" });
  assert.equal(head.status, 200);
});

test("X2.15 a wrong program answers 500, tells the client nothing and the operator everything", async () => {
  const failures: unknown[] = [];
  await using stack = await aStack({ observe: { failed: (route, error) => failures.push(route, error) } });
  await aRoom(stack);
  const defect = new Error("the secret cause");
  Object.assign(stack.log, {
    read: () => {
      throw defect;
    },
  });
  const response = await stack.get("/v1/rooms/demo/history", await bearer("ada", reader));
  assert.doesNotMatch(JSON.stringify(await expectProblem(response, 500, "fault")), /secret/);
  assert.deepEqual(failures, ["/v1/rooms/:room/history", defect]);
});

test("X2.16 the description of the API has every route, and its schemas are the ones that check", async () => {
  await using stack = await aStack();
  const response = await stack.get("/v1/openapi.json");
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, unknown>; operationId: string }>>;
  };
  assert.equal(document.openapi, "3.1.1");
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(operations, [
    "get /v1/rooms/{room}",
    "put /v1/rooms/{room}",
    "get /v1/rooms/{room}/history",
    "post /v1/stream",
    "get /v1/stream",
    "post /v1/rooms/{room}/ticket",
    "post /v1/commands",
    "get /v1/rooms/{room}/live",
    "get /v1/rooms/{room}/segments/{epoch}/{n}/{rev}",
    "get /v1/signed/{prefix}/rooms/{room}/live",
    "get /v1/signed/{prefix}/rooms/{room}/segments/{epoch}/{n}/{rev}",
    "get /v1/signed/{prefix}/rooms/{room}",
    "get /v1/rooms/{room}/segments-prefix",
    "get /v1/rooms/{room}/inbox",
    "get /v1/media",
    "get /healthz",
    "get /readyz",
  ]);
  const responses = document.paths["/v1/rooms/{room}"]?.["get"]?.responses ?? {};
  assert.deepEqual(Object.keys(responses), ["200", "400", "401", "403", "404", "429", "503"]);
  const schema = { "application/json": { schema: RoomSchema } };
  assert.deepEqual(
    responses["200"],
    JSON.parse(
      JSON.stringify({ description: "The room; seq is of what the asker may read", content: schema }),
    ),
  );
});

test("O5.1 healthz says that the process lives, whatever the keeper does", async () => {
  await using stack = await aStack();
  stack.keeper.stop();
  stack.clock.advance(60_000);
  const response = await stack.get("/healthz");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true });
});

test("O5.2 readyz says 200 only while the keeper is heard", async () => {
  await using stack = await aStack();
  assert.equal((await stack.get("/readyz")).status, 200);
  stack.keeper.stop();
  stack.clock.advance(5_000);
  assert.equal((await stack.get("/readyz")).status, 200);
  stack.clock.advance(1);
  const { detail } = await expectProblem(await stack.get("/readyz"), 503, "unavailable");
  assert.match(String(detail), /silent for 5 s/);
  stack.gateway.keeper = null;
  await expectProblem(await stack.get("/readyz"), 503, "unavailable");
});
