import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Actor } from "@chorus/core/room/inputs.ts";
import type { RoomClaim } from "@chorus/protocol/claims.ts";
import { entryId, epoch, key, personId, type RoomId, roomId, type Time, time } from "@chorus/protocol/ids.ts";
import { grantsOfRole } from "@chorus/protocol/people.ts";
import type { Command, Moderation } from "@chorus/protocol/requests.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import { SignJWT } from "jose";
import type { Bus } from "../bus/bus.ts";
import { createLocalHub } from "../bus/local-bus.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { sendCommand } from "../gateway/calls.ts";
import { startGateway } from "../gateway/gateway.ts";
import type { Gateway, GatewayObserver } from "../gateway/state.ts";
import { createAnyToken } from "../identity/any-token.ts";
import { createAuthentication } from "../identity/authenticate.ts";
import { createGuests } from "../identity/guests.ts";
import { createReadTickets } from "../identity/read-ticket.ts";
import { createResumeTokens } from "../identity/resume-token.ts";
import { secretTokenKey } from "../identity/token-keys.ts";
import { createTokenVerifier } from "../identity/verify-token.ts";
import { type Keeper, startKeeper } from "../keeper/keeper.ts";
import type { Log } from "../log/log.ts";
import { createMemoryLog } from "../log/memory-log.ts";
import type { SegmentsObserver } from "../segments/room-segments.ts";
import type { ApiObserver } from "./http-app.ts";
import { createHttpServer } from "./http-bounds.ts";
import type { MediaPlace } from "./media-place.ts";
import { publicHandler } from "./public-api.ts";

/** A whole server in one process: log, bus, keeper, gateway and HTTP, on a clock that the test turns. */
export type Stack = AsyncDisposable & {
  url: string;
  host: string;
  port: number;
  clock: TestClock;
  bus: Bus;
  log: Log;
  keeper: Keeper;
  gateway: Gateway;
  mintId: Gateway["mintId"];
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Without a body where it is undefined. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Carries a command out, as the connection of somebody with this role would. */
  does(who: string, role: Actor["role"], command: CommandOf): Promise<string>;
  says(who: string, text: string): Promise<string>;
};
export type TestClock = Clock & { advance(ms: number): void };
type CommandOf = { say: string } | { act: Moderation };

const secret = Buffer.from("a secret of thirty-two bytes or more");
const start = 1_800_000_000_000;
export const demo = roomId("demo");

export async function aStack(
  options: {
    config?: Partial<Config>;
    root?: string;
    observe?: ApiObserver & SegmentsObserver;
    observeGateway?: GatewayObserver;
    caps?: Partial<Gateway["caps"]>;
    media?: MediaPlace;
    socketsWelcome?: (room: RoomId) => boolean;
  } = {},
): Promise<Stack> {
  const clock = testClock();
  const hub = createLocalHub();
  const bus = hub.connect();
  const log = createMemoryLog({ now: () => clock.now() });
  const mintId = idMint();
  const tokens = createTokenVerifier({
    keys: [secretTokenKey(secret)],
    keySet: null,
    issuer: null,
    audience: null,
  });
  const resumes = createResumeTokens(secret);
  const guests = createGuests(secret);
  const tickets = createReadTickets(secret);
  const { gateway, stop } = startGateway({
    id: "gateway-1",
    bus,
    log,
    clock,
    caps: { connections: 100, perAddress: 100, perPerson: 100, ...options.caps },
    mintId,
    ...createAuthentication(tokens, resumes, guests, tickets),
    resumeToken: resumes.issue,
    observe: options.observeGateway ?? {},
  });
  const keeper = startKeeper({
    log,
    bus: hub.connect(),
    clock,
    instance: "keeper-1",
    mintEpoch: () => epoch("epoch-1"),
    mintId,
    observe: {},
  });
  const { handle, close } = await publicHandler({
    gateway,
    tokens,
    anyToken: createAnyToken(tokens, resumes, guests),
    tickets,
    config: {
      origins: options.config?.origins ?? "same",
      trustedProxies: options.config?.trustedProxies ?? [],
      dev: options.config?.dev ?? false,
      host: options.config?.host ?? "0.0.0.0",
    },
    secret,
    media: options.media ?? null,
    root: options.root ?? join(import.meta.dirname, "..", ".."),
    observe: options.observe ?? {},
    ...(options.socketsWelcome === undefined ? {} : { socketsWelcome: options.socketsWelcome }),
  });
  const server = createHttpServer(handle, options.observe).listen(0, "127.0.0.1");
  await once(server, "listening");
  await until(() => gateway.keeper !== null);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const people = actors();

  function sends(method: string, path: string, body: unknown, headers = {}): Promise<Response> {
    if (body === undefined) return fetch(url + path, { method, headers });
    const json = { "content-type": "application/json", ...headers };
    return fetch(url + path, { method, headers: json, body: JSON.stringify(body) });
  }

  async function does(who: string, role: Actor["role"], what: CommandOf): Promise<string> {
    const { actor, nextKey } = people(who, role);
    const about = { room: demo, key: key(nextKey()) };
    const command: Command =
      "say" in what ? { t: "say", ...about, text: what.say } : { t: "moderate", ...about, act: what.act };
    const answered = await sendCommand(gateway, actor, command, mintId(), 5_000);
    assert.ok(answered.ok && answered.value.t === "ack", JSON.stringify(answered));
    return answered.value.id;
  }

  return {
    url,
    host: `127.0.0.1:${port}`,
    port,
    clock,
    bus,
    log,
    keeper,
    gateway,
    mintId,
    get: (path, headers = {}) => fetch(url + path, { headers }),
    post: (path, body, headers) => sends("POST", path, body, headers),
    put: (path, body, headers) => sends("PUT", path, body, headers),
    does,
    says: (who, text) => does(who, "participant", { say: text }),
    async [Symbol.asyncDispose]() {
      stop();
      keeper.stop();
      server.closeAllConnections();
      server.close();
      await close();
    },
  };
}

/** The room `demo` with these settings, made as a keeper's other callers make it. */
export async function aRoom(stack: Stack, settings: RoomSettingsPatch = {}): Promise<void> {
  const response = await stack.put(
    "/v1/rooms/demo",
    { guests: true, ...settings },
    await bearer("hal", { demo: { role: "host" } }),
  );
  assert.equal(response.status, 201);
}

/** The header of somebody with these rights. */
export async function bearer(
  sub: string,
  rooms: Record<string, RoomClaim>,
  expires = start / 1_000 + 600,
): Promise<{ authorization: string }> {
  const jwt = new SignJWT({ chorus: { rooms }, name: sub }).setProtectedHeader({ alg: "HS256" });
  return { authorization: `Bearer ${await jwt.setSubject(sub).setExpirationTime(expires).sign(secret)}` };
}

/** What is answered to a request that names this host. */
export function statusFor(port: number, host: string, path = "/healthz"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, headers: { host } }, (response) => {
      resolve(response.resume().statusCode);
    })
      .on("error", reject)
      .end();
  });
}

/** Waits for a condition, a turn of the loop at a time. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

export async function expectProblem(
  response: Response,
  status: number,
  name: string,
): Promise<Record<string, unknown>> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const body = JSON.parse(text) as Record<string, unknown>;
  assert.equal(body["type"], `urn:chorus:problem:${name}`);
  assert.equal(body["status"], status);
  assert.match(String(body["detail"]), /^[A-Z].*\.$/);
  return body;
}

/** Time stands until it is moved; what is due then runs in order. */
export function testClock(): TestClock {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: (): Time => time(now),
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    soon: (run) => void setImmediate(run),
    busyMs: () => 0,
    cpuMs: () => 0,
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        now = due.at;
        due.run();
      }
      now = end;
    },
  };
}

export function idMint(): Gateway["mintId"] {
  let minted = 0;
  return () => {
    minted += 1;
    return entryId(`entry-${String(minted).padStart(6, "0")}`);
  };
}

function actors(): (who: string, role: Actor["role"]) => { actor: Actor; nextKey: () => string } {
  const counters = new Map<string, number>();
  return (who, role) => ({
    actor: { id: personId(who), name: who, skeleton: who, role, grants: grantsOfRole[role] },
    nextKey() {
      const counter = counters.get(who) ?? 0;
      counters.set(who, counter + 1);
      return `session-${who}:${counter}`;
    },
  });
}
