import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import { systemClock } from "../../clock.ts";
import type { Publication } from "./engine.ts";
import type { Exchange, Reply } from "./exchange.ts";
import { anOffer, vp8 } from "./offers.fixture.ts";
import { createWeriftEngine } from "./werift-engine.ts";
import { createWhep } from "./whep.ts";
import { createWhip } from "./whip.ts";

const network = { bindAddress: "127.0.0.1", announced: ["203.0.113.7"], udpPorts: null };
const engine = createWeriftEngine({ clock: systemClock, network });
const iceServers = () => [{ urls: ["turn:turn.example:3478"], username: "ada", credential: 'a "b"' }];
const published: Publication[] = [];
const whip = createWhip({
  engine,
  location: (room, session) => `/v1/rooms/${room}/whip/${session}`,
  iceServers,
  admit: () => ({ published: (publication) => void published.push(publication), failed() {} }),
});
after(() => engine.close());

function anExchange(change: Partial<Exchange> = {}): Exchange {
  return {
    method: "POST",
    room: "demo",
    session: null,
    headers: { "content-type": "application/sdp" },
    body: anOffer(),
    address: null,
    ...change,
  };
}
async function begin(): Promise<{ session: string; etag: string; reply: Reply }> {
  const reply = await whip.handle(anExchange());
  assert.equal(reply.status, 201, reply.body);
  return {
    session: String(reply.headers["location"]).split("/").at(-1) ?? "",
    etag: String(reply.headers["etag"]),
    reply,
  };
}
function portOf(answer: string): number {
  return Number(/203\.0\.113\.7 (\d+) typ/.exec(answer)?.[1]);
}
function aFragment(ufrag = "rIA3", pwd = "B14o2XYEZ4Zf6Q/kugU40sFQ"): string {
  const candidate = "a=candidate:1 1 udp 2122260223 198.51.100.1 61764 typ host generation 0 ufrag EsAw";
  const lines = [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, "m=audio 9 RTP/AVP 0", "a=mid:0", candidate];
  return `${lines.join("\r\n")}\r\n`;
}
function aPatch(session: string, match: string | undefined, body = aFragment()): Exchange {
  const headers = { "content-type": "application/trickle-ice-sdpfrag", "if-match": match };
  return anExchange({ method: "PATCH", session, headers, body });
}

test("V3.21 a POST with an offer is answered 201 with Location, ETag, the answer and the ICE servers", async () => {
  const { reply, session } = await begin();
  assert.equal(reply.headers["content-type"], "application/sdp");
  assert.match(session, /^[\w-]{24}$/);
  assert.match(String(reply.headers["etag"]), /^"[\w+/]+"$/);
  const link =
    '<turn:turn.example:3478>; rel="ice-server"; username="ada"; credential="a \\"b\\""; credential-type="password"';
  assert.deepEqual(reply.headers["link"], [link]);
  assert.match(reply.body, /^v=0\r\n/);
  assert.match(reply.body, /a=candidate:1 1 udp \d+ 203\.0\.113\.7 \d+ typ host\r\n/);
  assert.match(reply.body, /a=rtpmap:108 H264\/90000/);
  for (const negotiated of ["goog-remb", "ccm fir", "nack", "nack pli"]) {
    assert.ok(reply.body.includes(`a=rtcp-fb:108 ${negotiated}\r\n`), negotiated);
  }
  assert.ok(!reply.body.includes("transport"), "transport-wide feedback is not negotiated");
  assert.equal((reply.body.match(/a=recvonly/g) ?? []).length, 2);
});

test("V3.22 an offer that cannot be served is answered 422, garbage 400, another type 415 and what is too long 413", async () => {
  const cases = [
    [anExchange({ body: anOffer({ video: vp8 }) }), 422],
    [anExchange({ body: "hello" }), 400],
    [anExchange({ body: "" }), 400],
    [anExchange({ headers: { "content-type": "text/plain" } }), 415],
    [anExchange({ headers: {} }), 415],
    [anExchange({ body: `${anOffer()}a=${"x".repeat(limits.mediaSdpBytesMax)}` }), 413],
  ] as const;
  for (const [exchange, status] of cases) {
    const reply = await whip.handle(exchange);
    assert.equal(reply.status, status, reply.body);
    assert.equal(reply.headers["content-type"], "application/problem+json");
    assert.match(JSON.parse(reply.body).detail, /^[A-Z].*\.$/);
  }
});

test("V3.23 candidates are taken by PATCH with the session's ETag: 204, without it 428, with another one 412", async () => {
  const { session, etag } = await begin();
  assert.equal((await whip.handle(aPatch(session, etag))).status, 204);
  assert.equal((await whip.handle(aPatch(session, undefined))).status, 428);
  assert.equal((await whip.handle(aPatch(session, '"other"'))).status, 412);
  assert.equal((await whip.handle(aPatch(session, etag, "a=candidate:1"))).status, 400);
  assert.equal(
    (await whip.handle({ ...aPatch(session, etag), headers: { "content-type": "application/sdp" } })).status,
    415,
  );
  assert.equal((await whip.handle(aPatch("another", etag))).status, 404);
  assert.equal((await whip.handle({ ...aPatch(session, etag), room: "other" })).status, 404);
});

test("V3.25 DELETE ends the session with 200, and what comes later finds nothing", async () => {
  const before = published.length;
  const { session, etag } = await begin();
  assert.equal((await whip.handle(anExchange({ method: "DELETE", session, body: "" }))).status, 200);
  assert.equal(published[before]?.state, "closed");
  assert.equal((await whip.handle(anExchange({ method: "DELETE", session, body: "" }))).status, 404);
  assert.equal((await whip.handle(aPatch(session, etag))).status, 404);
});

test("V3.26 other methods are answered 405 with Allow, and OPTIONS says what may be posted, to pages of any origin", async () => {
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"]) {
    const reply = await whip.handle(anExchange({ method }));
    assert.equal(reply.status, 405, method);
    assert.equal(reply.headers["allow"], "POST, OPTIONS");
  }
  const { session } = await begin();
  for (const method of ["GET", "HEAD", "PUT", "POST"]) {
    const reply = await whip.handle(anExchange({ method, session }));
    assert.equal(reply.status, 405, method);
    assert.equal(reply.headers["allow"], "PATCH, DELETE, OPTIONS");
  }
  const preflight = await whip.handle(anExchange({ method: "OPTIONS" }));
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers["accept-post"], "application/sdp");
  assert.equal(preflight.headers["access-control-allow-origin"], "*");
  assert.match(String(preflight.headers["access-control-allow-headers"]), /authorization.*if-match/);
});

test("V8.10 an offer that comes to nothing takes no room from anybody", async () => {
  const careful = createWhip({
    engine,
    location: () => "",
    iceServers,
    admit: () => assert.fail("whoever is admitted has the room"),
  });
  for (const [body, status] of [
    [anOffer({ video: vp8 }), 422],
    ["v=0", 400],
  ] as const)
    assert.equal((await careful.handle(anExchange({ body }))).status, status);
});

test("V8.10 those who begin to watch and never do keep no publisher out, and which bound was reached is told", async () => {
  const reached: string[] = [];
  const own = createWeriftEngine({
    clock: systemClock,
    network,
    reached: (limit) => void reached.push(limit),
  });
  const done = await own.publish(anOffer(), { address: null });
  assert.ok(done.ok);
  const subscribersMax = limits.mediaHandshakesMax + 1;
  const offer = anOffer({ direction: "recvonly" });
  for (let count = 0; count < limits.mediaHandshakesMax; count++)
    assert.ok((await done.publication.subscribe(offer, { address: null, subscribersMax })).ok);
  const late = await done.publication.subscribe(offer, { address: null, subscribersMax });
  assert.ok(!late.ok && late.refusal.kind === "full");
  assert.deepEqual(reached, ["mediaHandshakesMax"]);
  assert.ok((await own.publish(anOffer(), { address: null })).ok);
  own.close();
});

test("V3.27 a player that asks to watch where nobody is live is told to come again", async () => {
  const whep = createWhep({ publication: () => null, subscribersMax: 1, location: () => "", iceServers });
  const reply = await whep.handle(anExchange({ body: anOffer({ direction: "recvonly" }) }));
  assert.equal(reply.status, 409);
  assert.equal(reply.headers["retry-after"], "2");
});

test("V3.28 so many connections of one address and so many handshakes are open at a time, and the rest is told what to do", async () => {
  const small = createWeriftEngine({ clock: systemClock, network });
  const address = "198.51.100.9";
  const opened = [];
  for (let count = 0; count < limits.mediaPeersPerAddressMax; count += 1) {
    const done = await small.publish(anOffer({ video: null }), { address });
    assert.ok(done.ok);
    opened.push(done.publication);
  }
  const refused = await small.publish(anOffer(), { address });
  assert.ok(!refused.ok && refused.refusal.kind === "full");
  assert.equal(refused.refusal.limit, "mediaPeersPerAddressMax");
  opened[0]?.close();
  assert.ok((await small.publish(anOffer(), { address })).ok, "a place was given back");
  for (let count = limits.mediaPeersPerAddressMax; count < limits.mediaHandshakesMax; count += 1) {
    assert.ok((await small.publish(anOffer(), { address: null })).ok);
  }
  const late = await small.publish(anOffer(), { address: null });
  assert.ok(!late.ok && late.refusal.kind === "full" && late.refusal.limit === "mediaHandshakesMax");
  small.close();
});

test("V3.28 a broadcast has as many viewers as it may have, and the rest is told of HLS", async () => {
  const own = createWeriftEngine({ clock: systemClock, network });
  const done = await own.publish(anOffer(), { address: null });
  assert.ok(done.ok);
  const offer = anOffer({ direction: "recvonly" });
  assert.ok((await done.publication.subscribe(offer, { address: null, subscribersMax: 1 })).ok);
  const second = await done.publication.subscribe(offer, { address: null, subscribersMax: 1 });
  assert.ok(!second.ok && second.refusal.kind === "full");
  assert.equal(second.refusal.limit, "mediaRoomSubscribersMax");
  assert.match(second.refusal.detail, /HLS/);
  own.close();
});

test("V3.29 ports are taken from the range alone and given back", async () => {
  const udpPorts: [number, number] = [42_710, 42_711];
  const narrow = createWeriftEngine({ clock: systemClock, network: { ...network, udpPorts } });
  const first = await narrow.publish(anOffer(), { address: null });
  const second = await narrow.publish(anOffer(), { address: null });
  assert.ok(first.ok && second.ok);
  assert.deepEqual([portOf(first.answer), portOf(second.answer)].toSorted(), udpPorts);
  const third = await narrow.publish(anOffer(), { address: null });
  assert.ok(!third.ok && third.refusal.kind === "unavailable");
  first.publication.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const again = await narrow.publish(anOffer(), { address: null });
  assert.ok(again.ok, JSON.stringify(again));
  narrow.close();
});

test("V3.4 whatever is posted or patched gets an answer of HTTP, and the server lives", async () => {
  const mutant = fc.record({ at: fc.nat(1_500), cut: fc.nat(60), put: fc.string({ maxLength: 12 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(mutant, { maxLength: 4 }), fc.boolean(), async (mutants, patch) => {
      const change = (text: string) =>
        mutants.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), text);
      const fuzzed = createWeriftEngine({ clock: systemClock, network });
      const handler = createWhip({
        engine: fuzzed,
        location: (_, id) => id,
        iceServers,
        admit: () => ({ published() {}, failed() {} }),
      });
      const reply = await handler.handle(anExchange({ body: patch ? anOffer() : change(anOffer()) }));
      assert.ok([201, 400, 422].includes(reply.status), reply.body);
      if (reply.status === 201 && patch) {
        const session = String(reply.headers["location"]);
        const patched = await handler.handle(aPatch(session, "*", change(aFragment())));
        assert.ok([200, 204, 400, 503].includes(patched.status), patched.body);
      }
      fuzzed.close();
    }),
    { numRuns: 60 },
  );
});
