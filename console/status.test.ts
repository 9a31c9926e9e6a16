import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { ConnectionState, RoomStateName } from "@chorus/sdk/client.ts";
import { type Remedy, type Situation, type Status, statusOf } from "./status.ts";

function aSituation(changes: Partial<Situation>): Situation {
  const live: ConnectionState = { state: "live", retryAt: null, code: null };
  return {
    connection: live,
    room: "live",
    reason: null,
    ban: null,
    guest: true,
    tokenOver: false,
    online: true,
    ...changes,
  };
}

function refusedBy(code: number): ConnectionState {
  return { state: "refused", retryAt: null, code };
}

function remedyOf(code: number, guest: boolean): Remedy | null {
  return statusOf(aSituation({ connection: refusedBy(code), guest })).remedy;
}

function statusFor(guest: boolean): Status {
  return statusOf(aSituation({ room: "refused", reason: "forbidden", guest }));
}

test("X4.6 every state of the room has words of its own", () => {
  const states: RoomStateName[] = ["joining", "catching-up", "live", "paused", "left", "refused"];
  const texts = states.map((room) => statusOf(aSituation({ room })).text);
  assert.equal(new Set(texts).size, states.length);
  assert.equal(statusOf(aSituation({})).tone, "good");
});

test("X4.6 a lost connection says when it is tried again, and can be told to do so at once", () => {
  const connection: ConnectionState = { state: "reconnecting", retryAt: 5_000, code: null };
  const status = statusOf(aSituation({ connection, room: "joining" }));
  assert.deepEqual([status.tone, status.retryAt, status.remedy], ["busy", 5_000, "retry"]);
  const offline = statusOf(aSituation({ connection, room: "joining", online: false }));
  assert.deepEqual([offline.text, offline.retryAt], ["You are offline. Waiting for the network.", null]);
});

test("X4.6 what ended the connection for good decides what can be done about it", () => {
  assert.equal(remedyOf(closeCodes.version, true), "reload");
  assert.equal(remedyOf(closeCodes.unauthorised, false), "as-guest");
  assert.equal(remedyOf(closeCodes.unauthorised, true), "enter");
  assert.equal(remedyOf(closeCodes.forbiddenOrigin, true), null);
  assert.equal(remedyOf(closeCodes.malformed, true), "reload");
});

test("X4.6 a token that has run out matters once the connection that it opened is gone", () => {
  assert.equal(statusOf(aSituation({ tokenOver: true, guest: false })).tone, "good");
  const connection: ConnectionState = { state: "reconnecting", retryAt: 1, code: null };
  assert.equal(statusOf(aSituation({ tokenOver: true, guest: false, connection })).remedy, "as-guest");
});

test("X4.12 a ban is told with all that is known of it, however the server ends it", () => {
  const ban = "A moderator banned you from this room (spam).";
  assert.equal(statusOf(aSituation({ room: "refused", reason: "banned", ban })).text, ban);
  assert.equal(statusOf(aSituation({ connection: refusedBy(closeCodes.banned), ban })).text, ban);
  const unknown = statusOf(aSituation({ room: "refused", reason: "banned" }));
  assert.deepEqual([unknown.text, unknown.remedy], ["A moderator banned you from this room.", "enter"]);
});

test("X4.6 a closed room tells a guest something else than the holder of a token", () => {
  assert.equal(statusFor(true).remedy, "enter");
  assert.equal(statusFor(false).remedy, "as-guest");
});
