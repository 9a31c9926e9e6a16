import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { RoomIdSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { refusalReasons, refusals } from "@chorus/protocol/refusals.ts";
import {
  after,
  aClient,
  type Client,
  demo,
  give,
  id,
  joined,
  receive,
  roomOf,
  say,
  sent,
  told,
  troubles,
} from "./client.fixture.ts";
import * as bounds from "./bounds.ts";
import * as codes from "./codes.ts";
import { connect } from "./client.ts";
import { takeKey } from "./pending.ts";
import { laterReasons, ownRefusals } from "./refusing.ts";
import type { Transport, TransportEvents } from "./transport.ts";
import { roomId } from "./wire.ts";

/** A connection that carries nothing, and the other end of its events. */
function aTransport(): { transport: Transport; events(): TransportEvents | undefined } {
  let last: TransportEvents | undefined;
  return {
    transport: {
      open(_url, events) {
        last = events;
        return { send() {}, close() {} };
      },
    },
    events: () => last,
  };
}

const url = "https://live.example";
const turn = () => new Promise(setImmediate);

/** What is said on the console while the test runs. */
function listen(t: TestContext): unknown[][] {
  const said: unknown[][] = [];
  t.mock.method(console, "error", (...words: unknown[]) => void said.push(words));
  return said;
}

function troublesOf(client: Client): string[] {
  return troubles(client).map(({ reason }) => reason);
}

test("K6.13 the id of an impossible room is told when it is joined, by the pattern of the protocol", () => {
  const { pattern = "" } = RoomIdSchema as { pattern?: string };
  const names = ["demo", "0", "a.b_c-d", "a".repeat(64), "é", "", "-a", "Demo", "a b", "a".repeat(65), "a\n"];
  for (const name of names) {
    if (new RegExp(pattern).test(name)) assert.equal(roomId(name), name);
    else assert.throws(() => roomId(name), TypeError, JSON.stringify(name));
  }
  const { transport } = aTransport();
  const chorus = connect({ url, transport, storage: null });
  chorus.join("demo");
  assert.throws(() => chorus.join("Bad Room"), {
    name: "TypeError",
    message: `A room's id is 1 to 64 of a-z 0-9 . _ -, the first a letter or digit, not "Bad Room".`,
  });
  assert.throws(() => chorus.join(undefined as unknown as string), TypeError);
  chorus.close();
});

test("K6.14 a text that is none is told when it is said", () => {
  const { transport } = aTransport();
  const chorus = connect({ url, transport, storage: null });
  const room = chorus.join("demo");
  assert.throws(() => room.say(undefined as unknown as string), TypeError);
  assert.throws(() => room.edit(id(1), 5 as unknown as string), TypeError);
  assert.equal(room.messages.length, 0);
  chorus.close();
});

test("K1.16 a join that the server calls malformed refuses its room, and is not repeated", () => {
  const client = aClient();
  give(client, { i: "entered", room: demo, kept: null });
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  const waiting = say(client, "hello");
  receive(client, { t: "refused", room: demo, reason: "malformed", sentence: "No epoch." });
  assert.deepEqual([roomOf(client).phase, roomOf(client).reason], ["refused", "malformed"]);
  const { key, outcome } = told(client, "pending").at(-1) ?? {};
  assert.deepEqual([key, outcome?.status], [waiting.key, "refused"]);
  assert.deepEqual(troublesOf(client), ["malformed"]);
  sent(client);
  after(client, 9_000);
  assert.deepEqual(sent(client), []);
});

test("K1.16 what else of a live room is malformed leaves the room as it is", () => {
  const client = joined();
  receive(client, { t: "refused", room: demo, reason: "malformed", sentence: "No." });
  assert.equal(roomOf(client).phase, "live");
  assert.deepEqual(troublesOf(client), ["malformed"]);
});

test("K3.24 a command that the server calls malformed is refused in its words, and not sent again", () => {
  const client = joined();
  const about = { room: demo };
  const acts = [
    { t: "say", ...about, text: "hi", reply: id("?") },
    { t: "edit", ...about, id: id("?"), text: "hi" },
    { t: "retract", ...about, id: id("?") },
    { t: "moderate", ...about, act: { do: "pin", id: id("?") } },
  ] as const;
  for (const act of acts) {
    const key = takeKey(client.machine);
    give(client, { i: "commanded", command: { ...act, key } });
    receive(client, { t: "refused", room: demo, key, reason: "malformed", sentence: "Wrong id." });
    assert.deepEqual(told(client, "pending").at(-1)?.outcome, {
      status: "refused",
      reason: "malformed",
      sentence: "Wrong id.",
    });
  }
  assert.equal(sent(client).length, 4);
  after(client, 400_000);
  assert.ok(
    sent(client).every(({ t }) => t !== "say" && t !== "edit" && t !== "retract" && t !== "moderate"),
  );
});

test("K3.25 a command of any kind that could not be one frame is refused before it is sent", () => {
  const client = joined();
  const key = takeKey(client.machine);
  const text = "é".repeat(limits.frameBytesMax / 2);
  give(client, {
    i: "commanded",
    command: { t: "moderate", room: demo, key, act: { do: "retract", id: id(1), why: "spam", text } },
  });
  assert.deepEqual(sent(client), []);
  const outcome = told(client, "pending").at(-1)?.outcome;
  assert.equal(outcome?.status === "refused" ? outcome.reason : null, "too-long");
});

test("K3.30 what the client has of the protocol's limits, refusals and close codes is what the protocol has", () => {
  const names = [
    "frameBytesMax",
    "retriesPerSession",
    "nameCharsMax",
    "tapsPerFrameMax",
    "emojiPerRoomMax",
    "pinsMax",
    "fillEntriesMax",
  ] as const;
  const own = new Map(Object.entries(bounds));
  for (const name of names) assert.equal(own.get(name), limits[name], name);
  for (const [name, code] of Object.entries(codes))
    assert.equal(code, closeCodes[name as keyof typeof codes]);
  const sentences = Object.entries(ownRefusals);
  for (const [reason, sentence] of sentences)
    assert.equal(sentence, refusals[reason as keyof typeof ownRefusals].sentence);
  assert.deepEqual(
    laterReasons,
    refusalReasons.filter((reason) => refusals[reason].later),
  );
});

test("K3.26 a tap on what is none of the room's reactions is told, and not sent", () => {
  const client = joined();
  give(client, { i: "tapped", room: demo, emoji: "🦀" });
  assert.deepEqual([sent(client), troublesOf(client)], [[], ["emoji"]]);
  give(client, { i: "tapped", room: demo, emoji: "🔥" });
  const [react] = sent(client);
  assert.ok(react?.t === "react");
  receive(client, { t: "refused", room: demo, key: react.key, reason: "forbidden", sentence: "No." });
  assert.deepEqual(troublesOf(client), ["emoji", "forbidden"]);
});

test("K5.8 what the application's token function threw is told, in words and as the cause", async () => {
  const cause = new Error("fetch failed");
  const wrong: [() => unknown, RegExp][] = [
    [() => Promise.reject(cause), /^The application has no token at the moment \(fetch failed\)\.$/],
    [
      () => {
        throw cause;
      },
      /\(fetch failed\)/,
    ],
    [() => undefined, /token\(\) must give a JWT or null, not undefined/],
    [() => ({ token: "jwt" }), /not object/],
    [() => "", /not an empty string/],
  ];
  for (const [token, sentence] of wrong) {
    const { transport } = aTransport();
    const chorus = connect({ url, transport, storage: null, token: token as () => string });
    const heard = Promise.withResolvers<{ reason: string; sentence: string; cause: unknown }>();
    chorus.on("trouble", heard.resolve);
    const trouble = await heard.promise;
    assert.equal(trouble.reason, "no-token");
    assert.match(trouble.sentence, sentence);
    assert.ok(trouble.cause instanceof Error && trouble.sentence.includes(trouble.cause.message));
    chorus.close();
  }
});

test("K5.8 a token function that does not answer is told too", () => {
  const client = aClient({ hasToken: true });
  give(client, { i: "started" });
  after(client, 30_000);
  assert.match(troubles(client)[0]?.sentence ?? "", /within 30 s/);
});

test("K6.15 what nobody listens to is said on the console, once for each reason", async (t) => {
  const said = listen(t);
  const { transport, events } = aTransport();
  const cause = new Error("fetch failed");
  const silent = connect({ url, transport, storage: null, token: () => Promise.reject(cause) });
  await turn();
  assert.equal(said.length, 1);
  assert.match(String(said[0]?.[0]), /^Chorus: The application has no token.*fetch failed/);
  assert.equal(said[0]?.[1], cause);
  silent.close();
  const guest = connect({ url, transport, storage: null });
  const room = guest.join("demo");
  await turn();
  const refusal = JSON.stringify({ t: "refused", reason: "malformed", sentence: "No hello." });
  events()?.received(refusal);
  events()?.received(refusal);
  events()?.received(JSON.stringify({ t: "left", room: "demo", reason: "no-such-room" }));
  events()?.closed(closeCodes.forbiddenOrigin, null);
  assert.deepEqual(
    said.slice(1).map(([sentence]) => sentence),
    [
      "Chorus: No hello.",
      "Chorus: The room demo cannot be entered: no-such-room.",
      "Chorus: The server refused the connection for good, with close code 4304.",
    ],
  );
  assert.equal(room.state, "refused");
  guest.close();
});

test("K6.15 what somebody listens to is not said on the console", async (t) => {
  const said = listen(t);
  const { transport, events } = aTransport();
  const chorus = connect({ url, transport, storage: null });
  chorus.on("trouble", () => {});
  chorus.on("state", () => {});
  chorus.join("demo").on("state", () => {});
  await turn();
  events()?.received(JSON.stringify({ t: "refused", reason: "malformed", sentence: "No hello." }));
  events()?.received(JSON.stringify({ t: "left", room: "demo", reason: "no-such-room" }));
  events()?.closed(closeCodes.forbiddenOrigin, null);
  assert.deepEqual(said, []);
  chorus.close();
});

test("K6.16 a wish for a name that is too long is cut, and an empty one is none", async () => {
  for (const [wish, name] of [
    ["  ", undefined],
    ["Ada", "Ada"],
    ["😀".repeat(50), "😀".repeat(limits.nameCharsMax)],
  ]) {
    const requests: string[] = [];
    const transport: Transport = {
      open(_url, events) {
        queueMicrotask(() => events.opened());
        return { send: (text) => void requests.push(text), close() {} };
      },
    };
    const chorus = connect({ url, transport, storage: null, name: wish ?? "" });
    await turn();
    assert.equal((JSON.parse(requests[0] ?? "") as { name?: string }).name, name);
    chorus.close();
  }
});
