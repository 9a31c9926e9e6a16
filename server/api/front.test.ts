import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import type { Origins } from "../config.ts";
import { parseCidr } from "../identity/client-address.ts";
import { createAddressBudget } from "./address-budget.ts";
import { apiLimits } from "./api-limits.ts";
import {
  aRoom,
  aStack,
  bearer,
  expectProblem,
  type Stack,
  statusFor,
  testClock,
} from "./api-stack.fixture.ts";
import { createHttpServer } from "./http-bounds.ts";
import { createLocalHub } from "../bus/local-bus.ts";
import { isOriginAllowed } from "./origins.ts";
import { securityHeaders } from "./security-headers.ts";
import { shareBudget } from "./shared-budget.ts";

const paths = [
  "/",
  "/v1/rooms/demo",
  "/v1/openapi.json",
  "/healthz",
  "/nothing",
  "/v1/rooms/%zz",
  "/assets/none.js",
];

/** What a server answers to these bytes, until it ends the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8").write(bytes);
  let answer = "";
  socket.on("data", (text: string) => {
    answer += text;
  });
  await once(socket, "close");
  return answer;
}

async function preflight(stack: Stack, origin: string): Promise<Response> {
  return fetch(`${stack.url}/v1/rooms/demo`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "authorization",
    },
  });
}

test("C10.1 every answer carries the security headers, whatever it says", async () => {
  await using stack = await aStack();
  for (const path of paths) {
    const { headers } = await stack.get(path);
    for (const [name, value] of Object.entries(securityHeaders))
      assert.equal(headers.get(name), value, `${path} ${name}`);
    assert.match(headers.get("vary") ?? "", /^Origin/);
  }
  const answer = await answerTo(stack.port, "this is not HTTP\r\n\r\n");
  for (const [name, value] of Object.entries(securityHeaders))
    assert.ok(answer.includes(`${name}: ${value}\r\n`), name);
});

test("C10.2 the policy lets pages load and reach their own server only, and makes no script out of text", () => {
  const policy = securityHeaders["content-security-policy"] ?? "";
  const directives = Object.fromEntries(
    policy.split("; ").map((one) => [one.split(" ")[0], one.split(" ").slice(1)]),
  );
  assert.deepEqual(directives, {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'"],
    "img-src": ["'self'", "data:", "https:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
  });
});

function allowed(origins: Origins, origin: string): boolean {
  return isOriginAllowed(origins, origin, "live.example:8080");
}

test("C10.3 the server's own pages are allowed, those of named origins, or all", () => {
  assert.ok(allowed("same", "http://live.example:8080"));
  assert.ok(allowed("same", "https://live.example:8080"));
  assert.ok(allowed(["https://shop.example"], "https://live.example:8080"));
  assert.ok(allowed(["https://shop.example"], "https://shop.example"));
  assert.ok(allowed("any", "https://shop.example"));
  for (const origin of [
    "https://live.example",
    "https://live.example:8080.evil.example",
    "null",
    "",
    "file://",
  ]) {
    assert.ok(!allowed("same", origin), origin);
  }
  for (const origin of [
    "http://shop.example",
    "https://shop.example:444",
    "https://shop.example.evil.example",
    "null",
  ]) {
    assert.ok(!allowed(["https://shop.example"], origin), origin);
  }
  assert.ok(!isOriginAllowed("same", "http://live.example", undefined));
});

test("C10.4 a page of an allowed origin may read answers, refusals too, and no other page may", async () => {
  await using stack = await aStack({ config: { origins: ["https://shop.example"] } });
  await aRoom(stack);
  for (const path of ["/v1/rooms/demo", "/v1/rooms/nowhere", "/v1/rooms/%zz"]) {
    const named = await stack.get(path, { origin: "https://shop.example" });
    assert.equal(named.headers.get("access-control-allow-origin"), "https://shop.example");
    assert.equal(named.headers.get("access-control-allow-credentials"), null);
    const other = await stack.get(path, { origin: "https://evil.example" });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  }
  await using open = await aStack({ config: { origins: "any" } });
  const any = await open.get("/healthz", { origin: "https://evil.example" });
  assert.equal(any.headers.get("access-control-allow-origin"), "*");
});

test("C10.5 a preflight is answered for allowed origins and refused for others", async () => {
  await using stack = await aStack({ config: { origins: ["https://shop.example"] } });
  const allowed = await preflight(stack, "https://shop.example");
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get("access-control-allow-origin"), "https://shop.example");
  assert.equal(allowed.headers.get("access-control-allow-methods"), "GET, HEAD, POST, PUT");
  assert.equal(allowed.headers.get("access-control-allow-headers"), "Authorization, Content-Type");
  const refused = await preflight(stack, "https://evil.example");
  assert.equal(refused.headers.get("access-control-allow-methods"), null);
  await expectProblem(refused, 403, "forbidden-origin");
  await expectProblem(await fetch(`${stack.url}/healthz`, { method: "OPTIONS" }), 405, "method");
});

test("C10.7 a development server on this machine answers HTTP to this machine's names only", async () => {
  await using dev = await aStack({ config: { dev: true, host: "127.0.0.1" } });
  for (const path of paths) assert.equal(await statusFor(dev.port, "evil.example:31000", path), 421, path);
  for (const host of ["localhost", "127.0.0.1:80", "[::1]:31000"])
    assert.equal(await statusFor(dev.port, host), 200, host);
  await using onNetwork = await aStack({ config: { dev: true, host: "0.0.0.0" } });
  await using production = await aStack({ config: { dev: false, host: "127.0.0.1" } });
  for (const { port } of [onNetwork, production]) assert.equal(await statusFor(port, "live.example"), 200);
});

test("C8.29 an address has one budget at all gateways, exact to a second", async () => {
  const clock = testClock();
  const hub = createLocalHub();
  const bounds = { perSecond: 20, burst: 100, addressesMax: 5 };
  const budgets = ["a", "b", "c"].map((id) => {
    const budget = createAddressBudget(bounds, () => {});
    shareBudget(budget, { id, bus: hub.connect(), clock });
    return budget;
  });
  const granted = () => {
    let count = 0;
    for (const budget of budgets) while (budget.spend("192.0.2.1", 1, clock.now()) === 0) count += 1;
    return count;
  };
  assert.equal(granted(), 300, "in the first second each knows its own");
  let later = 0;
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    later += granted();
  }
  assert.ok(later >= 900 && later <= 1_200, `${later}`);
});

test("C8.21 an address that asks too often waits, and others do not wait for it", async () => {
  const limits: string[] = [];
  const proxy = parseCidr("127.0.0.1");
  assert.ok(proxy !== null);
  await using stack = await aStack({
    config: { trustedProxies: [proxy] },
    observe: { limit: (name) => limits.push(name) },
  });
  const from = (address: string, path = "/v1/openapi.json") =>
    stack.get(path, { "x-forwarded-for": address });
  for (let sent = 0; sent < apiLimits.apiRequestsBurst; sent += 1)
    assert.equal((await from("192.0.2.1")).status, 200);
  const refused = await from("192.0.2.1");
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal((await expectProblem(refused, 429, "rate"))["limit"], "apiRequestsPerSecond");
  assert.deepEqual(limits, ["apiRequestsPerSecond"]);
  assert.equal((await from("192.0.2.2")).status, 200);
  assert.equal((await from("192.0.2.1", "/healthz")).status, 200, "health is never refused");
  stack.clock.advance(50);
  assert.equal((await from("192.0.2.1")).status, 200, "a twentieth of a second earns one request");
  await expectProblem(await from("192.0.2.1"), 429, "rate");
});

test("C8.21 a stranger cannot choose the address that is counted", async () => {
  await using stack = await aStack();
  for (let sent = 0; sent < apiLimits.apiRequestsBurst; sent += 1) {
    await stack.get("/v1/openapi.json", { "x-forwarded-for": `192.0.2.${sent}` });
  }
  await expectProblem(
    await stack.get("/v1/openapi.json", { "x-forwarded-for": "198.51.100.1" }),
    429,
    "rate",
  );
});

test("C8.22 the addresses remembered are bounded, and what is forgotten too early is counted", () => {
  let forgotten = 0;
  const budget = createAddressBudget({ perSecond: 1, burst: 2, addressesMax: 2 }, () => {
    forgotten += 1;
  });
  assert.equal(budget.spend("a", 2, time(0)), 0);
  assert.equal(budget.spend("a", 1, time(500)), 500);
  assert.equal(budget.spend("b", 1, time(500)), 0);
  assert.equal(budget.spend("c", 1, time(500)), 0);
  assert.equal(forgotten, 1);
  assert.equal(budget.spend("a", 2, time(500)), 0, "it begins anew");
  assert.equal(forgotten, 2);
  assert.equal(budget.spend("d", 1, time(9_000)), 0);
  assert.equal(forgotten, 2, "a full bucket is forgotten without loss");
});

test("C8.23 a body beyond its bound is refused with 413", async () => {
  const limits: string[] = [];
  await using stack = await aStack({ observe: { limit: (name) => limits.push(name) } });
  const token = await bearer("hal", { demo: { role: "host" } });
  const title = "x".repeat(apiLimits.apiBodyBytesMax);
  const body = await expectProblem(await stack.put("/v1/rooms/demo", { title }, token), 413, "too-large");
  assert.equal(body["limit"], "apiBodyBytesMax");
  assert.deepEqual(limits, ["apiBodyBytesMax"]);
});

test("C8.24 a header beyond its bound is refused with 431", async () => {
  const limits: string[] = [];
  await using stack = await aStack({ observe: { limit: (name) => limits.push(name) } });
  const header = "x".repeat(apiLimits.apiHeaderBytesMax);
  const answer = await answerTo(stack.port, `GET / HTTP/1.1\r\nhost: a\r\nx: ${header}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  assert.match(answer, /"limit":"apiHeaderBytesMax"/);
  assert.deepEqual(limits, ["apiHeaderBytesMax"]);
});

test("C8.25 a request that does not arrive in time is ended with 408", async () => {
  const limits: string[] = [];
  const bounds = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 };
  const server = createHttpServer(
    () => assert.fail("no request"),
    { limit: (name) => limits.push(name) },
    bounds,
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const slow = await Promise.all([
    answerTo(address.port, "GET / HTTP/1.1\r\nhost: a\r\nx: never end"),
    answerTo(address.port, "G"),
  ]);
  for (const answer of slow) assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.deepEqual(limits, ["apiRequestWithinMs", "apiRequestWithinMs"]);
  server.close();
});

test("X2.18 bytes that are no HTTP are answered with a problem", async () => {
  await using stack = await aStack();
  const answer = await answerTo(stack.port, "\u0016\u0003\u0001 hello\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /content-type: application\/problem\+json\r\n/);
});
