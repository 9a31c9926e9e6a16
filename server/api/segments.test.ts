import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request } from "node:http";
import { entryId, personId, roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { parsePolled } from "@chorus/protocol/parse.ts";
import type { Live, Segment } from "@chorus/protocol/polled.ts";
import { Compile } from "typebox/compile";
import { aRoom, aStack, bearer, demo, expectProblem, type Stack, until } from "./api-stack.fixture.ts";
import { apiLimits } from "./api-limits.ts";
import { InboxSchema } from "./segment-answers.ts";

const reader = { demo: { role: "viewer" as const } };
const open = "/v1/rooms/demo";
const closedAfterMs = limits.segmentMs + limits.segmentGraceMs;

test("D2.10 live lists what there is, and each segment has the frames' own entries, one after the other", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const ids = [await saysInASlot(stack, "one"), await saysInASlot(stack, "two")];
  const live = await liveAt(stack);
  assert.deepEqual([live.room, live.epoch, live.sockets, live.pollMs], ["demo", "epoch-1", true, 3_000]);
  assert.equal(live.inbox, "/v1/rooms/demo/inbox");
  const segments = await segmentsOf(stack, live);
  assert.deepEqual(textsOf(segments), ["one", "two"]);
  assert.deepEqual(
    segments
      .flatMap(({ e }) => e)
      .map(({ id }) => id)
      .slice(-2),
    ids,
  );
  assert.equal(segments.at(-1)?.to, live.seq);
  for (const [i, { from }] of segments.entries())
    assert.equal(from, i === 0 ? 1 : (segments[i - 1]?.to ?? 0) + 1);
});

test("D2.11 what is said in a slot that is not over is not listed, and nothing says that it is there", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await saysInASlot(stack, "one");
  const before = await liveAt(stack);
  await stack.says("bob", "two");
  assert.deepEqual(await liveAt(stack), before);
  stack.clock.advance(closedAfterMs);
  assert.deepEqual(textsOf(await segmentsOf(stack, await liveAt(stack))), ["one", "two"]);
});

test("D2.43 who polls is counted among the viewers, as often as they ask in the time between two polls, until they stop", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const viewers = () => stack.keeper.rooms()[0]?.viewers;
  /** So many poll, each for itself, for as long as two counts take. */
  const polled = async (pollers: number): Promise<void> => {
    for (let at = 0; at < 2 * limits.leaseMs + 10_000; at += limits.segmentPollMs) {
      for (let i = 0; i < pollers; i++) await liveAt(stack);
      stack.clock.advance(limits.segmentPollMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (const pollers of [4, 1, 0]) {
    await polled(pollers);
    assert.equal(viewers(), pollers);
  }
});

test("D2.12 caches may keep live for a second and a segment for an hour, and neither depends on who asks", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await saysInASlot(stack, "one");
  const live = await stack.get(`${open}/live`, { origin: "https://elsewhere.example" });
  assert.equal(live.headers.get("cache-control"), "public, max-age=0, s-maxage=1");
  const path = pathsOf(await liveAt(stack)).at(-1) ?? "";
  const segment = await stack.get(path);
  assert.equal(segment.headers.get("cache-control"), "public, max-age=3600, immutable");
  for (const { headers } of [live, segment]) {
    assert.equal(headers.get("vary"), "Accept-Encoding");
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  }
  const etag = live.headers.get("etag") ?? "";
  const again = await stack.get(`${open}/live`, { "if-none-match": etag });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
  const head = await fetch(stack.url + path, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

test("D2.13 each coding of a segment is made once, however many ask at the same time", async () => {
  const coded: string[] = [];
  await using stack = await aStack({ observe: { coded: (coding) => coded.push(coding) } });
  await aRoom(stack);
  await saysInASlot(stack, "one and the same words, one and the same words");
  const path = pathsOf(await liveAt(stack)).at(-1) ?? "";
  const asked = ["br", "br, gzip", "gzip", "gzip;q=0.5, br;q=0", "identity", ""].flatMap((one) => [one, one]);
  const answers = await Promise.all(asked.map((accepted) => rawly(stack, path, accepted)));
  assert.deepEqual(
    answers.map(({ coding }) => coding),
    ["br", "br", "gzip", "gzip", "identity", "identity"].flatMap((one) => [one, one]),
  );
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.deepEqual(coded.toSorted(), ["br", "gzip", "identity"]);
});

test("D2.14 a redaction takes the old revision away and makes one without the text, and live names the message", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const id = await saysInASlot(stack, "buy now");
  await saysInASlot(stack, "hello");
  const old = pathsOf(await liveAt(stack));
  await Promise.all(old.map((path) => stack.get(path)));
  await stack.does("hal", "host", { act: { do: "retract", id: entryId(id), why: "spam" } });
  const live = await liveAt(stack);
  assert.deepEqual(live.removed, [id]);
  const now = pathsOf(live);
  assert.equal(old.filter((path) => !now.includes(path)).length, 1);
  for (const path of old.filter((one) => !now.includes(one)))
    await expectProblem(await stack.get(path), 404, "not-found");
  const segments = await segmentsOf(stack, live);
  assert.doesNotMatch(JSON.stringify(segments), /buy now/);
  assert.equal(segments.flatMap(({ e }) => e).find((entry) => entry.id === id)?.k, "tombstone");
  await stack.does("hal", "host", { act: { do: "restore", id: entryId(id) } });
  const restored = await liveAt(stack);
  assert.deepEqual(restored.removed, []);
  assert.match(JSON.stringify(await segmentsOf(stack, restored)), /buy now/);
});

test("D2.15 live names what was removed for fifteen seconds, wherever it stood, and at most two hundred", async () => {
  let reached = 0;
  await using stack = await aStack({
    observe: { limit: (name) => (reached += name === "segmentRemovedMax" ? 1 : 0) },
  });
  await aRoom(stack);
  await liveAt(stack);
  const old = await saysInASlot(stack, "old");
  for (let i = 0; i < limits.segmentsKeptMax; i++) await saysInASlot(stack, `newer ${i}`);
  await stack.does("hal", "host", { act: { do: "retract", id: entryId(old), why: "spam" } });
  assert.deepEqual((await liveAt(stack)).removed, [old]);
  stack.clock.advance(limits.segmentRemovedMs + 1);
  assert.deepEqual((await liveAt(stack)).removed, []);
  const ids: string[] = [];
  for (let i = 0; i <= limits.segmentRemovedMax; i++) ids.push(await stack.says(`person-${i}`, `spam ${i}`));
  for (const id of ids)
    await stack.does("hal", "host", { act: { do: "retract", id: entryId(id), why: "spam" } });
  assert.deepEqual((await liveAt(stack)).removed, ids.slice(1));
  assert.equal(reached, 1);
});

test("D2.16 what nobody has, or has no more, is a problem that says what to do, which caches keep for a second at most", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await saysInASlot(stack, "one");
  const { n = 0, rev = 0 } = (await liveAt(stack)).segments.at(-1) ?? {};
  for (const path of [
    `${open}/segments/epoch-1/${n - 1}/1`,
    `${open}/segments/epoch-2/${n}/${rev}`,
    `${open}/segments/epoch-1/${n}/${rev - 1}`,
  ]) {
    const response = await stack.get(path);
    assert.equal(response.headers.get("cache-control"), "public, max-age=1");
    await expectProblem(response, 404, "not-found");
  }
  await expectProblem(await stack.get(`${open}/segments/epoch-1/${n}/-1`), 400, "malformed");
  const ahead = await stack.get(`${open}/segments/epoch-1/${n}/${rev + limits.ringEntriesMax * 2}`);
  assert.equal(ahead.headers.get("cache-control"), "no-store");
  await expectProblem(ahead, 503, "unavailable");
  await expectProblem(await stack.get("/v1/rooms/nowhere/live"), 404, "no-such-room");
  assert.equal(stack.gateway.feeds.has(roomId("nowhere")), false);
});

test("D2.17 a gateway that is behind the one which listed a revision waits for it, and not for ever", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await saysInASlot(stack, "one");
  const { n = 0, rev = 0 } = (await liveAt(stack)).segments.at(-1) ?? {};
  const feed = stack.gateway.feeds.get(demo);
  const early = stack.get(`${open}/segments/epoch-1/${n}/${rev + 1}`);
  await until(() => (feed?.followers.size ?? 0) > 0);
  await stack.does("hal", "host", {
    act: { do: "retract", id: entryId(await entryOf(stack, "one")), why: "spam" },
  });
  assert.equal((await early).status, 200);
  const never = stack.get(`${open}/segments/epoch-1/${n}/${rev + 50}`);
  await passing(stack, never, apiLimits.segmentWithinMs);
  const body = await expectProblem(await never, 503, "unavailable");
  assert.equal(body["limit"], "segmentWithinMs");
});

test("D2.18 who polls a room that does not answer is told so in time", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  stack.keeper.stop();
  const asked = stack.get(`${open}/live`);
  await passing(stack, asked, apiLimits.feedWithinMs);
  const body = await expectProblem(await asked, 503, "unavailable");
  assert.equal(body["limit"], "feedWithinMs");
});

test("D2.19 a room is followed while it is polled, and let go two minutes after", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  assert.equal(stack.gateway.feeds.size, 0);
  await liveAt(stack);
  for (let i = 0; i < 5; i++) {
    stack.clock.advance(limits.segmentIdleMs - 1_000);
    await liveAt(stack);
  }
  assert.equal(stack.gateway.feeds.size, 1);
  stack.clock.advance(limits.segmentIdleMs + 70_000);
  assert.equal(stack.gateway.feeds.size, 0);
});

test("D2.20 a room without guests is read behind a signed prefix alone, which members get and all share", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  await saysInASlot(stack, "secret");
  await expectProblem(await stack.get(`${open}/live`), 401, "unauthorised");
  await expectProblem(await stack.get(`${open}/live`, await bearer("ada", reader)), 401, "unauthorised");
  await expectProblem(await stack.get(`${open}/segments-prefix`), 401, "unauthorised");
  const elsewhere = await bearer("eve", { other: { role: "viewer" } });
  await expectProblem(await stack.get(`${open}/segments-prefix`, elsewhere), 403, "forbidden");
  const given = await prefixFor(stack, "ada");
  assert.deepEqual(await prefixFor(stack, "bob"), given);
  const live = await liveAt(stack, given.prefix);
  const segments = await segmentsOf(stack, live, given.prefix);
  assert.deepEqual(textsOf(segments), ["secret"]);
  await expectProblem(await stack.get(pathsOf(live).at(-1) ?? ""), 401, "unauthorised");
});

test("D2.21 a prefix is good for one room and for five minutes at most, and a cache may ask whether it is", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  const { prefix, expires } = await prefixFor(stack, "ada");
  const lifeMs = (expires ?? 0) - stack.clock.now();
  assert.ok(
    lifeMs <= limits.segmentPrefixMs && lifeMs > limits.segmentPrefixMs - limits.segmentPrefixEveryMs,
  );
  const good = await stack.get(prefix);
  assert.deepEqual([good.status, good.headers.get("cache-control")], [204, "public, max-age=30"]);
  const later = prefix.replace(/\d{10}/, (seconds) => String(Number(seconds) + 60));
  const other = prefix.replace("rooms/demo", "rooms/other");
  const broken = prefix.replace(/\.\w/, ".~");
  for (const wrong of [later, other, broken, "/v1/signed/none/rooms/demo"]) {
    for (const path of [wrong, `${wrong}/live`, `${wrong}/segments/epoch-1/1/1`])
      await expectProblem(await stack.get(path), 403, "forbidden");
  }
  stack.clock.advance(lifeMs - 5_000);
  assert.equal((await stack.get(prefix)).headers.get("cache-control"), "public, max-age=4");
  stack.clock.advance(5_000);
  await expectProblem(await stack.get(prefix), 403, "forbidden");
  await expectProblem(await stack.get(`${prefix}/live`), 403, "forbidden");
});

test("D2.22 the banned get no prefix, and a room that guests may read needs none", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  await stack.does("hal", "host", { act: { do: "ban", person: personId("ada"), why: "spam" } });
  const banned = await stack.get(`${open}/segments-prefix`, await bearer("ada", reader));
  await expectProblem(banned, 403, "forbidden");
  await stack.does("hal", "host", { act: { do: "settings", settings: { guests: true } } });
  const given = await stack.get(`${open}/segments-prefix`);
  assert.deepEqual(await given.json(), { prefix: open, expires: null });
  assert.equal((await stack.get(`${open}/live`)).status, 200);
});

test("D2.23 an inbox has what is for the asker alone, to be kept by no cache", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  await stack.does("hal", "host", { act: { do: "mute", person: personId("ada"), why: "spam" } });
  const inbox = async (who: string) => {
    const response = await stack.get(`${open}/inbox?after=0`, await bearer(who, reader));
    assert.equal(response.headers.get("cache-control"), "no-store");
    const body: unknown = await response.json();
    assert.ok(isInbox.Check(body), JSON.stringify(body));
    return body;
  };
  const own = await inbox("ada");
  assert.deepEqual([own.e.map(({ k }) => k), own.whole], [["notice"], true]);
  assert.deepEqual((await inbox("bob")).e, []);
  await expectProblem(await stack.get(`${open}/inbox`), 401, "unauthorised");
  const live = await liveAt(stack);
  assert.doesNotMatch(JSON.stringify(await segmentsOf(stack, live)), /notice/);
});

test("D2.24 live says whether a socket is welcome again, and the latest totals", async () => {
  let welcome = false;
  await using stack = await aStack({ socketsWelcome: () => welcome });
  await aRoom(stack);
  assert.equal((await liveAt(stack)).sockets, false);
  welcome = true;
  const live = await liveAt(stack);
  assert.equal(live.sockets, true);
  assert.equal(live.tally?.room, "demo");
});

test("D2.25 a segment holds so many messages and no more, says how many it left out, and it is counted", async () => {
  const reached: string[] = [];
  await using stack = await aStack({ observe: { limit: (name) => reached.push(name) } });
  await aRoom(stack);
  await liveAt(stack);
  for (let i = 0; i <= limits.segmentEntriesMax; i++) await stack.says(`person-${i}`, `hello ${i}`);
  stack.clock.advance(closedAfterMs);
  const last = (await segmentsOf(stack, await liveAt(stack))).at(-1);
  assert.ok(last !== undefined);
  assert.equal(last.shed, 1);
  assert.equal(last.e.filter(({ k }) => k === "message").length, limits.segmentEntriesMax);
  assert.equal(last.s?.length, last.e.length);
  assert.equal(last.to - last.from + 1, last.e.length + 1);
  assert.deepEqual(reached, ["segmentEntriesMax"]);
});

test("D2.26 a position in segments is the position anywhere else, so that one goes on where one was", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  for (const text of ["one", "two", "three"]) {
    await stack.says("ada", text);
    await saysInASlot(stack, `${text} more`);
  }
  const segments = await segmentsOf(stack, await liveAt(stack));
  const polled = segments.flatMap(({ from, e }) => e.map(({ id }, i) => [from + i, id]));
  const history = (await (await stack.get(`${open}/history?limit=100`)).json()) as {
    entries: { seq: number; id: string }[];
  };
  assert.deepEqual(
    polled,
    history.entries.map(({ seq, id }) => [seq, id]),
  );
});

const isInbox = Compile(InboxSchema);

/** Says something, and lets its slot pass. */
async function saysInASlot(stack: Stack, text: string): Promise<string> {
  const id = await stack.says("ada", text);
  stack.clock.advance(closedAfterMs);
  return id;
}

async function polled(stack: Stack, path: string): Promise<Live | Segment> {
  const response = await stack.get(path);
  const text = await response.text();
  assert.equal(response.status, 200, `${path}: ${text}`);
  return parsePolled(text);
}
async function liveAt(stack: Stack, prefix = open): Promise<Live> {
  const live = await polled(stack, `${prefix}/live`);
  assert.ok(live.t === "live");
  return live;
}
function pathsOf({ epoch, segments }: Live, prefix = open): string[] {
  return segments.map(({ n, rev }) => `${prefix}/segments/${epoch}/${n}/${rev}`);
}
async function segmentsOf(stack: Stack, live: Live, prefix = open): Promise<Segment[]> {
  const segments = await Promise.all(pathsOf(live, prefix).map((path) => polled(stack, path)));
  return segments.filter((one) => one.t === "segment");
}
function textsOf(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ e }) => e).flatMap((entry) => (entry.k === "message" ? [entry.text] : []));
}
async function entryOf(stack: Stack, text: string): Promise<string> {
  const entries = (await segmentsOf(stack, await liveAt(stack))).flatMap(({ e }) => e);
  return entries.find((entry) => entry.k === "message" && entry.text === text)?.id ?? assert.fail(text);
}
async function prefixFor(stack: Stack, who: string): Promise<{ prefix: string; expires: number | null }> {
  const response = await stack.get(`${open}/segments-prefix`, await bearer(who, reader));
  return (await response.json()) as { prefix: string; expires: number | null };
}

/** Lets time pass until it is over, a hundredth of so much at a time. */
async function passing(stack: Stack, waited: Promise<unknown>, ms: number): Promise<void> {
  const over = waited.then(() => true);
  while (!(await Promise.race([over, aTurn()]))) stack.clock.advance(ms / 100);
}

function aTurn(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}

/** `fetch` decides itself which codings it asks for. */
function rawly(stack: Stack, path: string, accepted: string): Promise<{ coding: string; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = accepted === "" ? {} : { "accept-encoding": accepted };
    request(stack.url + path, { headers, agent: false }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      const coding = response.headers["content-encoding"] ?? "identity";
      const plain =
        coding === "br" ? brotliDecompressSync(body) : coding === "gzip" ? gunzipSync(body) : body;
      resolve({ coding, text: plain.toString() });
    })
      .on("error", reject)
      .end();
  });
}
