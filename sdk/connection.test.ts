import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { seq, time } from "@chorus/protocol/ids.ts";
import {
  aClient,
  after,
  type Client,
  close,
  connected,
  demo,
  did,
  give,
  joined,
  receive,
  reconnect,
  roomOf,
  say,
  sent,
  told,
  view,
  welcome,
} from "./client.fixture.ts";

function states(client: Client): string[] {
  const names: string[] = [];
  for (const effect of client.orders) {
    if (effect.do === "tell" && effect.name === "state") names.push(effect.value.state);
  }
  return names;
}

function waitMs(client: Client): number {
  assert.equal(client.machine.link.state, "reconnecting");
  return client.machine.link.dueAt - client.now;
}

/** Fails until the state is "reconnecting" again, and says for how long it waits. */
function failAgain(client: Client, code = 1006): number {
  after(client, waitMs(client));
  close(client, code);
  return waitMs(client);
}

test("K1.1 a client goes from idle over connecting to live and, when it is ended, to closed", () => {
  const client = aClient();
  assert.equal(client.machine.link.state, "idle");
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  welcome(client);
  give(client, { i: "ended" });
  assert.deepEqual(states(client), ["connecting", "live", "closed"]);
  assert.equal(client.machine.wakeAt, Infinity);
});

test("K1.2 the pause before the next attempt is uniform up to min(30 s, 1 s * 2^n)", () => {
  const client = aClient();
  client.random = 0.999999;
  give(client, { i: "started" });
  close(client, 1006);
  const waits = [waitMs(client)];
  for (let n = 1; n <= 7; n++) waits.push(failAgain(client));
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  client.random = 0.5;
  assert.equal(failAgain(client), 15_000);
});

test("K1.3 the pauses start again from one second after 2 s live, and not before", () => {
  const client = connected();
  client.machine.link.attempts = 4;
  after(client, 1_999);
  close(client, closeCodes.busy);
  assert.equal(waitMs(client), 8_000);
  reconnect(client);
  after(client, 2_000);
  close(client, closeCodes.busy);
  assert.equal(waitMs(client), 500);
});

test("K1.4 a close that says resume is followed at once, and with pauses when it repeats itself", () => {
  const client = connected();
  close(client, closeCodes.drained);
  assert.equal(client.machine.link.state, "connecting");
  close(client, closeCodes.drained);
  assert.equal(waitMs(client), 1_000);
});

test("K1.5 a close that says give up refuses the connection and everything that waits", () => {
  const client = joined();
  say(client, "hello");
  close(client, closeCodes.banned);
  assert.equal(client.machine.link.state, "refused");
  assert.equal(roomOf(client).phase, "refused");
  assert.deepEqual(
    told(client, "pending").map(({ outcome }) => outcome?.status),
    [undefined, "failed"],
  );
  give(client, { i: "online" });
  after(client, 600_000);
  assert.equal(did(client, "open"), false);
});

test("K1.6 the network coming back, or the tab being shown, ends the pause", () => {
  for (const i of ["online", "shown"] as const) {
    const client = connected();
    close(client, 1006);
    client.orders = [];
    give(client, { i });
    assert.equal(did(client, "open"), true);
  }
});

test("K1.7 a server that wants to be left alone is", () => {
  const client = aClient();
  give(client, { i: "started" });
  close(client, closeCodes.busy, 20_000);
  assert.equal(waitMs(client), 20_000);
});

test("K1.8 a drained client reconnects when it was told to", () => {
  const client = joined();
  receive(client, { t: "drain", afterMs: 3_000 });
  after(client, 2_999);
  assert.equal(did(client, "open"), false);
  after(client, 1);
  assert.deepEqual(
    client.orders.filter((effect) => effect.do === "open" || effect.do === "close"),
    [
      { do: "close", socket: 1, code: closeCodes.drained },
      { do: "open", socket: 3 },
    ],
  );
});

test("K1.9 a connection without a frame for 60 s is dead", () => {
  const client = connected();
  after(client, 59_000);
  receive(client, { t: "beat", time: time(client.now) });
  after(client, 59_999);
  assert.equal(client.machine.link.state, "live");
  after(client, 1);
  assert.equal(client.machine.link.state, "connecting");
  assert.equal(did(client, "close"), true);
});

test("K1.10 an attempt that is not welcomed within 10 s is given up", () => {
  const client = aClient();
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  after(client, 10_000);
  assert.equal(client.machine.link.state, "reconnecting");
  assert.equal(did(client, "close"), true);
});

test("K1.11 what an earlier connection still reports is not heard", () => {
  const client = joined();
  close(client, 1006);
  reconnect(client);
  give(client, { i: "closed", socket: 1, code: closeCodes.banned, retryMs: null });
  give(client, { i: "received", socket: 1, frame: { t: "drain", afterMs: 0 }, size: 30 });
  assert.equal(client.machine.link.state, "live");
});

test("K1.12 a new connection says hello and joins every room from where it is, in one go", () => {
  const client = joined({}, 7);
  close(client, 1006);
  sent(client);
  give(client, { i: "online" });
  give(client, { i: "opened", socket: client.machine.link.socket });
  assert.deepEqual(sent(client), [
    { t: "hello", v: 1, resume: "resume-1" },
    { t: "join", room: demo, epoch: "first", seq: 7 },
  ]);
});

test("K1.13 a join that is not answered within 10 s is sent again", () => {
  const client = connected();
  give(client, { i: "entered", room: demo, kept: null });
  sent(client);
  after(client, 9_999);
  assert.deepEqual(sent(client), []);
  after(client, 1);
  assert.deepEqual(sent(client), [{ t: "join", room: demo }]);
});

test("K1.14 a room that is not available is joined again after the server's pause; any other reason refuses it", () => {
  const client = joined();
  sent(client);
  receive(client, { t: "left", room: demo, reason: "unavailable", retryMs: 4_000 });
  assert.equal(roomOf(client).phase, "joining");
  after(client, 4_000);
  assert.equal(sent(client)[0]?.t, "join");
  receive(client, { t: "left", room: demo, reason: "banned" });
  assert.deepEqual([roomOf(client).phase, roomOf(client).reason], ["refused", "banned"]);
  say(client, "let me in");
  assert.equal(told(client, "pending").at(-1)?.outcome?.status, "refused");
});

test("K1.15 a room is told apart as joining, catching up, live, paused and left", () => {
  const client = connected();
  give(client, { i: "entered", room: demo, kept: null });
  const room = roomOf(client);
  assert.equal(room.phase, "joining");
  reconnect(client, { how: "fresh", seq: seq(2) });
  receive(client, { t: "gap", room: demo, from: seq(1), to: seq(2), reason: "slow" });
  receive(client, { t: "status", room: demo, sending: "paused" });
  receive(client, view(2, []));
  receive(client, { t: "status", room: demo, sending: "open" });
  give(client, { i: "departed", room: demo });
  assert.deepEqual(
    told(client, "state").map(({ state }) => state),
    ["catching-up", "paused", "live", "left"],
  );
  assert.equal(room.phase, "left");
});

test("K5.1 a token is asked for before the first connection, and the resume token replaces it afterwards", () => {
  const client = aClient({ hasToken: true });
  give(client, { i: "started" });
  assert.deepEqual([did(client, "fetch-token"), did(client, "open")], [true, false]);
  give(client, { i: "token", token: "jwt-1" });
  give(client, { i: "opened", socket: 1 });
  welcome(client);
  assert.deepEqual(sent(client), [{ t: "hello", v: 1, token: "jwt-1" }]);
  close(client, closeCodes.restarted);
  give(client, { i: "opened", socket: client.machine.link.socket });
  assert.deepEqual(sent(client), [{ t: "hello", v: 1, resume: "resume-1" }]);
});

test("K5.2 when the server finds the token wanting, the resume token is dropped and a new token asked for", () => {
  const client = connected({ hasToken: true });
  give(client, { i: "token", token: "jwt-1" });
  give(client, { i: "opened", socket: 1 });
  welcome(client);
  client.orders = [];
  close(client, closeCodes.tokenExpired);
  assert.equal(did(client, "fetch-token"), true);
  give(client, { i: "token", token: "jwt-2" });
  give(client, { i: "opened", socket: client.machine.link.socket });
  assert.deepEqual(sent(client), [{ t: "hello", v: 1, token: "jwt-2" }]);
});

test("K5.3 a refresh frame is answered with a new token on the same connection", () => {
  const client = aClient({ hasToken: true });
  give(client, { i: "started" });
  give(client, { i: "token", token: "jwt-1" });
  give(client, { i: "opened", socket: 1 });
  welcome(client);
  client.orders = [];
  receive(client, { t: "refresh", withinMs: 30_000 });
  receive(client, { t: "refresh", withinMs: 30_000 });
  assert.equal(client.orders.length, 1);
  give(client, { i: "token", token: "jwt-2" });
  assert.deepEqual(sent(client), [{ t: "token", token: "jwt-2" }]);
});

test("K5.4 an application that has no token, or does not answer for 30 s, is asked again after a pause", () => {
  const client = aClient({ hasToken: true });
  give(client, { i: "started" });
  give(client, { i: "no-token", cause: new Error("offline") });
  assert.equal(waitMs(client), 500);
  after(client, 500);
  after(client, 30_000);
  assert.equal(client.machine.link.state, "reconnecting");
  assert.equal(client.orders.filter((effect) => effect.do === "fetch-token").length, 2);
});

test("K5.5 a guest's token is kept and says who they are the next time", () => {
  const client = aClient({ keeps: true });
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  welcome(client, { guest: "guest-1" });
  assert.deepEqual(
    client.orders.find((effect) => effect.do === "keep"),
    { do: "keep", key: "guest", value: "guest-1" },
  );
  const later = aClient({ guest: "guest-1", name: "Ada" });
  give(later, { i: "started" });
  give(later, { i: "opened", socket: 1 });
  assert.deepEqual(sent(later), [{ t: "hello", v: 1, token: "guest-1", name: "Ada" }]);
});

test("K5.6 an old proof that is no longer accepted is dropped before the connection is given up", () => {
  const client = aClient({ guest: "guest-of-another-key", keeps: true });
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  sent(client);
  close(client, closeCodes.unauthorised);
  give(client, { i: "opened", socket: client.machine.link.socket });
  assert.deepEqual(sent(client), [{ t: "hello", v: 1 }]);
  close(client, closeCodes.unauthorised);
  assert.equal(client.machine.link.state, "refused");
});

test("K5.7 a newer resume token replaces the last one", () => {
  const client = connected();
  receive(client, { t: "resume", resume: "resume-2" });
  close(client, closeCodes.drained);
  sent(client);
  give(client, { i: "opened", socket: client.machine.link.socket });
  assert.deepEqual(sent(client), [{ t: "hello", v: 1, resume: "resume-2" }]);
});
