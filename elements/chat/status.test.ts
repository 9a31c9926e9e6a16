import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Notice } from "@chorus/protocol/entries.ts";
import { entryId, roomId, time } from "@chorus/protocol/ids.ts";
import { defaultRoomSettings, type RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { ChorusRoom, ConnectionState, RoomStateName } from "@chorus/sdk/client.ts";
import { defaultWords } from "../words/words.ts";
import type { Model } from "./model.ts";
import { closedFor, type Remedy, type Situation, statusOf } from "./status.ts";

const words = defaultWords("en-GB", "UTC");
const live: ConnectionState = { state: "live", retryAt: null, code: null };
const muted: Notice = { k: "notice", id: entryId("notice-1"), time: time(1), what: "muted", why: "spam" };
const banned: Notice = { ...muted, what: "banned" };

type RoomFacts = Pick<ChorusRoom, "state" | "reason" | "role" | "grants" | "settings"> & {
  tier?: ChorusRoom["tier"];
};

function aSituation(changes: Partial<Situation> = {}): Situation {
  return { words, online: true, tokenOver: false, staff: false, now: 1_000, ...changes };
}

function aModel(facts: Partial<RoomFacts> = {}, rest: Partial<Model> = {}): Model {
  const room: RoomFacts = {
    state: "live",
    reason: null,
    role: "guest",
    grants: ["read", "say", "react"],
    settings: defaultRoomSettings,
    ...facts,
  };
  return { connection: live, sanction: null, ...rest, room } as Model;
}

function aRoomWith(settings: Partial<RoomSettings>): Model {
  return aModel({ settings: { ...defaultRoomSettings, ...settings } });
}

function capped(shown: number): Model {
  return aModel({ tier: { t: "tier", room: roomId("demo"), tier: "capped", shown } });
}

function refusedBy(code: number): Model {
  return aModel({ state: "joining" }, { connection: { state: "refused", retryAt: null, code } });
}

function said(model: Model | null, changes: Partial<Situation> = {}): [string?, (Remedy | null)?] {
  const status = statusOf(model, aSituation(changes));
  return status === null ? [] : [status.text, status.remedy];
}

test("X4.6 W10.5 whatever is not well is said in words of its own, and what is well is not", () => {
  const states: RoomStateName[] = ["joining", "catching-up", "paused", "left", "refused"];
  const sentences = states.map((state) => said(aModel({ state }))[0]);
  assert.equal(new Set(sentences).size, states.length);
  assert.ok(!sentences.includes(undefined));
  assert.deepEqual(said(aModel()), []);
  assert.deepEqual(said(null), [words.roomRefused["no-such-room"], null]);
});

test("X4.6 a lost connection says when it is tried again, and can be told to do so at once", () => {
  const connection: ConnectionState = { state: "reconnecting", retryAt: 5_500, code: null };
  const lost = aModel({ state: "joining" }, { connection });
  assert.deepEqual(said(lost), [words.connection.reconnectingIn(5), "retry"]);
  assert.deepEqual(said(lost, { now: 5_000 }), [words.connection.reconnecting, "retry"]);
  assert.deepEqual(said(lost, { online: false }), [words.connection.offline, "retry"]);
});

test("X4.6 what ended the connection for good decides what can be done about it", () => {
  const remedies = new Map<number, Remedy | null>([
    [closeCodes.version, "reload"],
    [closeCodes.unauthorised, "reload"],
    [closeCodes.forbiddenOrigin, null],
    [closeCodes.malformed, "reload"],
  ]);
  for (const [code, remedy] of remedies) assert.equal(said(refusedBy(code))[1], remedy, String(code));
});

test("W1.9 who was sent on because they read too slowly is told for a while that they see a selection", () => {
  assert.deepEqual(said(aModel({}, { busyUntil: 1_001 })), [words.busy, null]);
  assert.deepEqual(said(aModel({}, { busyUntil: 1_000 })), []);
  const settings = { ...defaultRoomSettings, state: "ended" } as const;
  assert.deepEqual(said(aModel({ settings }, { busyUntil: 9_000 })), [words.phase.ended, null]);
});

test("W1.13 while each viewer is shown a part of the messages, the chat says so", () => {
  assert.deepEqual(said(capped(25)), [words.busy, null]);
  assert.deepEqual(said(capped(100)), []);
});

test("X4.2 a token that has run out matters once the connection that it opened is gone", () => {
  assert.deepEqual(said(aModel(), { tokenOver: true }), []);
  const connection: ConnectionState = { state: "reconnecting", retryAt: 1, code: null };
  const lost = aModel({}, { connection });
  assert.deepEqual(said(lost, { tokenOver: true }), [words.connection.tokenOver, "reload"]);
});

test("X4.12 a ban is told with all that is known of it, however the server ends it, and one can try to enter", () => {
  const told = words.notice({ what: "banned", until: null, why: "spam" });
  assert.match(told, /spam/);
  const refused = { state: "refused", reason: "banned" } as const;
  assert.deepEqual(said(aModel(refused, { sanction: banned })), [told, "enter"]);
  assert.deepEqual(said({ ...refusedBy(closeCodes.banned), sanction: banned }), [told, "enter"]);
  assert.deepEqual(said(aModel(refused)), [words.roomRefused.banned, "enter"]);
});

test("W10.5 a room that is not on says so, and a room of which nothing is known yet does not", () => {
  for (const state of ["scheduled", "ended", "archived"] as const)
    assert.deepEqual(said(aRoomWith({ state })), [words.phase[state], null]);
  assert.deepEqual(said(aModel({ settings: null })), []);
});

test("X4.7 where only staff may write, staff may and everybody else reads why not", () => {
  const rooms: Partial<RoomSettings>[] = [{ mode: "read-only" }, { state: "scheduled" }, { state: "ended" }];
  const reasons = rooms.map((settings) => closedFor(aRoomWith(settings), aSituation()));
  assert.deepEqual(reasons, [words.mode["read-only"], words.phase.scheduled, words.phase.ended]);
  for (const settings of rooms)
    assert.equal(closedFor(aRoomWith(settings), aSituation({ staff: true })), null);
  const archived = aRoomWith({ state: "archived" });
  assert.equal(closedFor(archived, aSituation({ staff: true })), words.phase.archived);
});

test("X4.7 without the grant, outside of the room, and while muted one may not write", () => {
  assert.equal(closedFor(aModel({ grants: ["read"] }), aSituation()), words.composer.readOnly);
  assert.equal(closedFor(aModel({ state: "left" }), aSituation()), words.room.left);
  const refused = aModel({ state: "refused", reason: "no-such-room" });
  assert.equal(closedFor(refused, aSituation()), words.roomRefused["no-such-room"]);
  const until = time(Date.UTC(2026, 0, 1, 12, 30));
  const silenced = aModel({}, { sanction: { ...muted, until } });
  assert.match(closedFor(silenced, aSituation({ now: until - 1 })) ?? "", /12:30.*spam/);
  assert.equal(closedFor(silenced, aSituation({ now: until })), null);
});

test("X4.4 one may write before the room has answered, and while there is no connection", () => {
  assert.equal(closedFor(null, aSituation()), null);
  const joining = aModel({ state: "joining", role: null, grants: [], settings: null });
  assert.equal(closedFor(joining, aSituation({ online: false })), null);
});
