import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { roomId, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import {
  aRoom,
  aStack,
  bearer,
  demo,
  expectProblem,
  type Stack,
  testClock,
} from "../../api/api-stack.fixture.ts";
import { type Config, readConfig } from "../../config.ts";
import { openCaller } from "../../gateway/calls.ts";
import { secretTokenKey } from "../../identity/token-keys.ts";
import { createTokenVerifier } from "../../identity/verify-token.ts";
import { type BroadcastAnswer, broadcastRoute, type Showing } from "./broadcast-route.ts";
import { Registry } from "prom-client";
import { createViewingMetrics } from "../../telemetry/viewing-metrics.ts";
import { iceServersOf } from "./ice-servers.ts";
import { startMediaServer } from "./media-server.ts";
import { createPlaybackPrefixes, type PlaybackPrefixes } from "./playback-prefix.ts";
import { createStandings } from "./standings.ts";
import { createViewingRequests } from "./viewing-requests.ts";

const secret = Buffer.from("a secret of thirty-two bytes or more");
const live: Showing = {
  state: "live",
  since: null,
  video: true,
  audio: true,
  webrtc: true,
  segments: true,
  lowLatency: "known",
  poster: null,
};

test("V5.1 leave to watch is for one room and entitlement, ends by itself, and is written in one way", () => {
  const prefixes = createPlaybackPrefixes(secret);
  const clock = testClock();
  const { prefix, expires } = prefixes.issue(demo, "steady", clock.now());
  assert.deepEqual(prefixes.check(prefix, demo, clock.now()), { entitlement: "steady", expires });
  assert.equal(prefixes.check(prefix, roomId("other"), clock.now()), null);
  assert.equal(prefixes.check(prefix.replace("steady", "low"), demo, clock.now()), null);
  assert.equal(prefixes.check(prefix, demo, expires), null);
  for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
    const other = prefix.slice(0, -1) + last;
    if (other !== prefix) assert.equal(prefixes.check(other, demo, clock.now()), null, other);
  }
  assert.equal(prefixes.issue(demo, "steady", (clock.now() + 1) as Time).prefix, prefix);
});

test("V5.2 a TURN server is told with a name that says when it ends, and its HMAC as the password", () => {
  const clock = testClock();
  const [server] = iceServersOf(
    { urls: ["turn:turn.example:3478"], secret: "a shared secret of coturn" },
    clock.now(),
  );
  const until = Math.floor((clock.now() + limits.mediaTurnMs) / 1_000);
  const credential = createHmac("sha1", "a shared secret of coturn")
    .update(`${until}:chorus`)
    .digest("base64");
  assert.deepEqual(server, { urls: ["turn:turn.example:3478"], username: `${until}:chorus`, credential });
  assert.deepEqual(iceServersOf(null, clock.now()), []);
});

test("V5.3 a broadcast is told to who may read the room, with little delay to who is entitled to it", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await using media = await pictures(stack);
  const guest = (await (await media.get("/v1/rooms/demo/broadcast")).json()) as BroadcastAnswer;
  assert.deepEqual([guest.state, guest.lowLatency, guest.paths.whep], ["live", false, null]);
  assert.match(
    guest.paths.hls ?? "",
    /^http:\/\/127\.0\.0\.1:\d+\/v1\/signed\/steady\.[^/]+\/rooms\/demo\/hls\/index\.m3u8$/,
  );
  const ada = await bearer("ada", { demo: { role: "viewer" } });
  const known = (await (await media.get("/v1/rooms/demo/broadcast", ada)).json()) as BroadcastAnswer;
  assert.match(known.paths.whep ?? "", /\/signed\/low\.[^/]+\/rooms\/demo\/whep$/);
  const [, prefix = ""] = /signed\/([^/]+)\//.exec(known.paths.whep ?? "") ?? [];
  assert.equal(media.prefixes.check(prefix, demo, stack.clock.now())?.entitlement, "low");
  assert.equal(known.now, stack.clock.now());
  await expectProblem(await media.get("/v1/rooms/nowhere/broadcast"), 404, "no-such-room");
  const elsewhere = await bearer("ada", { other: { role: "viewer" } });
  await expectProblem(await media.get("/v1/rooms/demo/broadcast", elsewhere), 403, "forbidden");
});

test("V5.4 while the keeper is away, what a room said last decides who may watch", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await using media = await pictures(stack);
  assert.equal((await media.get("/v1/rooms/demo/broadcast")).status, 200);
  stack.keeper.stop();
  stack.clock.advance(limits.mediaStandingMs);
  const later = media.get("/v1/rooms/demo/broadcast");
  await media.asked();
  stack.clock.advance(callWithinMs);
  assert.equal((await later).status, 200);
  const unheard = media.get("/v1/rooms/unheard/broadcast");
  await media.asked();
  stack.clock.advance(callWithinMs);
  await expectProblem(await unheard, 503, "unavailable");
});

test("V5.5 pictures are for pages of the server's own host and those of --origins; behind a signed prefix for all", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await using media = await pictures(stack, { port: 8_080, origins: ["https://blog.example"] });
  const allowed = async (path: string, origin: string) =>
    (await media.get(path, { origin })).headers.get("access-control-allow-origin");
  const path = "/v1/rooms/demo/broadcast";
  assert.equal(await allowed(path, "http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  assert.equal(await allowed(path, "https://blog.example"), "https://blog.example");
  assert.equal(await allowed(path, "https://elsewhere.example"), null);
  assert.equal(await allowed("/v1/signed/x/rooms/demo/hls/index.m3u8", "https://elsewhere.example"), "*");
});

test("V5.10 what players tell of how it goes is counted by the way they watch by, and nothing else is", async () => {
  const registry = new Registry();
  const server = createServer(createViewingRequests(createViewingMetrics(registry))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const report = {
    path: "hls",
    firstFrameMs: 640,
    rebufferMs: 1_500,
    rebuffers: 1,
    switches: 0,
    driftMs: 1_100,
    freezes: 0,
  };
  const posted = async (body: string) =>
    (await fetch(`http://127.0.0.1:${port}/v1/rooms/demo/telemetry`, { method: "POST", body })).status;
  assert.equal(await posted(JSON.stringify(report)), 204);
  for (const wrong of [
    "",
    "[]",
    JSON.stringify({ ...report, path: "x" }),
    JSON.stringify({ ...report, rebuffers: -1 }),
  ])
    assert.equal(await posted(wrong), 400);
  assert.equal(await posted("x".repeat(2_000)), 413);
  const text = await registry.metrics();
  assert.match(text, /chorus_first_frame_seconds_sum\{path="hls"\} 0.64/);
  assert.match(text, /chorus_rebuffer_seconds_total\{path="hls"\} 1.5/);
  assert.equal(text.match(/chorus_first_frame_seconds_count/g)?.length, 1);
  server.closeAllConnections();
  server.close();
});

const callWithinMs = 5_000;

async function pictures(stack: Stack, more: Partial<Config> = {}) {
  const config = readConfig([], { CHORUS_SIGNING_KEY: secret.toString() });
  assert.ok(!("problems" in config) && config.media !== null);
  const caller = openCaller({ id: "media", bus: stack.bus, clock: stack.clock });
  const trust = { keys: [secretTokenKey(secret)], keySet: null, issuer: null, audience: null };
  const prefixes: PlaybackPrefixes = createPlaybackPrefixes(secret);
  const server = await startMediaServer({
    config: { ...config, host: "127.0.0.1", ...more },
    port: 0,
    clock: stack.clock,
    observe: {},
    keeperHeardAt: () => null,
    routes: [
      broadcastRoute({
        config: config.media,
        clock: stack.clock,
        tokens: createTokenVerifier(trust),
        standings: createStandings(caller, callWithinMs),
        prefixes,
        showing: () => live,
      }),
    ],
    first: () => false,
    answer: () => false,
  });
  return {
    prefixes,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${server.port}${path}`, { headers }),
    /** Until the keeper was asked. */
    async asked() {
      while (caller.calls.size === 0) await new Promise((turn) => setImmediate(turn));
    },
    async [Symbol.asyncDispose]() {
      caller.close();
      await server.close();
    },
  };
}
