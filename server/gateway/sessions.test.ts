import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { toKeeper } from "../messages.ts";
import { demo, openClient } from "./client.fixture.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import type { Verdict } from "./state.ts";

test("C4.1 every connection hears something within each 25 seconds, and not all at one moment", () => {
  const stage = aStage();
  const crowd = Array.from({ length: 50 }, (_, i) => stage.connects(`viewer-${i}`));
  const beats = (): number => crowd.reduce((sum, { all }) => sum + all("beat").length, 0);
  for (let second = 1; second <= 50; second++) {
    const before = beats();
    stage.passes(1_000);
    assert.equal(beats() - before, 2);
  }
  for (const { all } of crowd) assert.equal(all("beat").length, 2);
});

test("C4.2 who answers no ping and says nothing is dead after 90 seconds; who answers lives", () => {
  const stage = aStage();
  const [dead, alive] = [stage.enters("dead"), stage.enters("alive")];
  dead.alive = false;
  stage.passes(limits.deadAfterMs);
  assert.equal(dead.closed, null);
  stage.passes(limits.heartbeatMs + 1_000);
  assert.equal(dead.closed, "silent");
  stage.passes(600_000);
  assert.notEqual(alive.closed, "silent");
});

test("C4.3 without a hello a connection ends after five seconds", () => {
  const stage = aStage();
  const mute = openClient(stage.gateway, stage.settles);
  stage.passes(limits.helloWithinMs);
  assert.equal(mute.closed, null);
  stage.passes(1_001);
  assert.equal(mute.closed, "helloTimeout");
  assert.deepEqual(stage.noted, ["limit helloWithinMs", "closed helloTimeout"]);
});

test("C4.4 whoever is gone leaves nothing behind", () => {
  const stage = aStage();
  const crowd = Array.from({ length: 5 }, (_, i) => stage.enters(`viewer-${i}`));
  for (const client of crowd) client.vanishes();
  const { sessions, people, addresses, feeds } = stage.gateway;
  assert.deepEqual([sessions.size, people.size, addresses.size], [0, 0, 0]);
  for (const { audiences } of feeds.values()) assert.equal(audiences.public.members.size, 0);
});

test("C5.1 a welcome brings a resume token, and another comes long before it ends", () => {
  const stage = aStage();
  const ada = stage.connects("ada", "viewer", { tokenMs: 3_600_000 });
  assert.match(ada.last("welcome").resume, /^ada viewer/);
  stage.passes(limits.resumeTokenEveryMs + limits.heartbeatMs);
  assert.equal(ada.all("resume").length, 1);
  stage.passes(limits.resumeTokenEveryMs + limits.heartbeatMs);
  assert.equal(ada.all("resume").length, 2);
});

test("C5.2 a resume token alone makes one the same person again", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  const again = openClient(stage.gateway, stage.settles);
  again.sends({ t: "hello", v: 1, resume: ada.last("welcome").resume });
  assert.equal(again.last("welcome").you.id, "ada");
});

test("C5.3 a token that ends on a live connection is asked for anew, and the connection ends when none comes", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { tokenMs: 60_000 });
  stage.passes(60_000);
  stage.passes(limits.heartbeatMs);
  assert.equal(ada.last("refresh").withinMs, limits.refreshWithinMs);
  assert.equal(ada.closed, null);
  stage.passes(limits.refreshWithinMs + limits.heartbeatMs);
  assert.equal(ada.closed, "tokenExpired");
});

test("C5.4 a fresh token keeps the connection, and a resume token that lives as long comes at once", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { tokenMs: 60_000 });
  stage.passes(60_000 + limits.heartbeatMs);
  ada.sends({ t: "token", token: "ada viewer 3600000" });
  assert.match(ada.last("resume").resume, /^ada viewer 3600000/);
  stage.passes(limits.refreshWithinMs + 2 * limits.heartbeatMs);
  assert.equal(ada.closed, null);
});

test("C5.5 a fresh token must be good, and the same person's", () => {
  const stage = aStage();
  const [ada, eve] = [stage.connects("ada"), stage.connects("eve")];
  ada.sends({ t: "token", token: "eve viewer 3600000" });
  eve.sends({ t: "token", token: "eve viewer 0" });
  assert.deepEqual([ada.closed, eve.closed], ["unauthorised", "tokenExpired"]);
});

const banOfAda = JSON.stringify({
  t: "moderate",
  room: demo,
  key: "session-x:1",
  act: { do: "ban", person: "ada", why: "spam" },
});

test("C5.6 a fresh token counts at once: who is no longer a moderator acts as none and hears nothing for staff", () => {
  const stage = aStage({ settings: { mode: "moderated" } });
  const [max, ada] = [stage.enters("max", "moderator"), stage.enters("ada")];
  max.sends({ t: "token", token: "max viewer 600000" });
  assert.deepEqual([max.last("joined").role, max.last("joined").audience], ["viewer", "public"]);
  max.sends(banOfAda);
  assert.equal(max.last("refused").reason, "forbidden");
  assert.equal(ada.closed, null);
  max.news();
  ada.says("held for staff");
  stage.passes(limits.windowMs);
  assert.ok(!JSON.stringify(max.news()).includes("held for staff"));
  stage.does({ do: "ban", person: personId("max"), why: "spam" });
  assert.equal(max.closed, "banned", "others may act against them now");
});

test("C5.6 a fresh token that lets one do more is joined anew from where one is; the same again changes nothing", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { grants: ["read"] });
  stage.hears("one");
  ada.news();
  stage.connects("ada", "viewer", { grants: ["read", "say"] });
  ada.sends({ t: "token", token: "ada viewer 600000" });
  assert.deepEqual(
    ada.news().map(({ t }) => t),
    ["resume", "joined", "tally"],
  );
  assert.deepEqual([ada.last("joined").how, ada.last("joined").grants], ["resumed", ["read", "say"]]);
  ada.sends({ t: "token", token: "ada viewer 600000" });
  assert.deepEqual(
    ada.news().map(({ t }) => t),
    ["resume"],
  );
});

test("C5.6 who may read a room no more by the fresh token is sent out of it", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.connects("ada", "viewer", { grants: [] });
  ada.sends({ t: "token", token: "ada viewer 600000" });
  assert.equal(ada.last("left").reason, "forbidden");
});

test("C5.7 nobody takes the name of staff by a fresh token", () => {
  const stage = aStage();
  stage.enters("Admin", "moderator");
  const bob = stage.enters("bob");
  const named = stage.gateway.renew;
  Object.assign(stage.gateway, {
    renew(token: string, now: never, done: (verdict: Verdict) => void) {
      named(token, now, (verdict) =>
        done(verdict.ok ? { ...verdict, person: { ...verdict.person, name: "Admin" } } : verdict),
      );
    },
  });
  bob.sends({ t: "token", token: "bob viewer 600000" });
  bob.says("hello");
  assert.equal(bob.last("refused").reason, "name-like-staff");
});

test("C6.1 a client of another version is told so for good", () => {
  const stage = aStage();
  const old = openClient(stage.gateway, stage.settles);
  old.sends({ t: "hello", v: 999 });
  assert.equal(old.closed, "version");
});

test("C6.2 a token that is no good ends the connection with what to do about it", () => {
  const stage = aStage();
  assert.equal(stage.connects("ada", "viewer", { tokenMs: 0 }).closed, "tokenExpired");
});

test("C8.1 frames beyond the pace are refused, and the pace comes back", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  for (let i = 0; i < limits.framesBurst + 5; i++) ada.sends({ t: "leave", room: demo });
  assert.equal(ada.last("refused").reason, "rate");
  assert.ok(stage.noted.includes("limit framesPerSecond"));
  stage.passes(1_000);
  ada.joins();
  assert.equal(ada.all("joined").length, 1);
});

test("C8.2 who goes on far too fast is closed", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  for (let i = 0; i < 1_000 && ada.closed === null; i++) ada.sends({ t: "leave", room: demo });
  assert.equal(ada.closed, "rate");
  assert.ok(ada.frames.length < 30, "and is not answered each time");
});

test("C8.3 a frame that cannot be understood is answered in words, and the eleventh closes", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  const wrong = [
    "",
    "no json",
    "[]",
    '{"t":"dance"}',
    '{"t":"say"}',
    '{"t":"join","room":"Demo"}',
    '{"t":"hello","v":1}',
  ];
  for (const frame of wrong) ada.sends(frame);
  const answers = ada.all("refused");
  assert.equal(answers.length, wrong.length);
  for (const { reason, sentence } of answers) {
    assert.equal(reason, "malformed");
    assert.match(sentence, /^["A-Z].*\.$/);
  }
  for (let i = wrong.length; i <= limits.malformedFramesMax; i++) {
    assert.equal(ada.closed, null);
    ada.sends("nonsense");
  }
  assert.equal(ada.closed, "malformed");
});

test("C8.4 the first frame must be hello", () => {
  const stage = aStage();
  const hasty = openClient(stage.gateway, stage.settles);
  hasty.sends({ t: "join", room: demo });
  assert.equal(hasty.last("refused").sentence, "The first frame must be hello.");
  assert.equal(hasty.all("joined").length, 0);
});

test("C8.5 frames that come while a token is looked at wait in order, so many and no more", () => {
  const verdicts: ((verdict: Verdict) => void)[] = [];
  const stage = aStage({ authenticate: (_hello, _now, done) => void verdicts.push(done) });
  const ada = openClient(stage.gateway, stage.settles);
  ada.sends({ t: "hello", v: 1, token: "ada viewer 600000" });
  for (let i = 0; i <= limits.earlyFramesMax; i++) ada.joins(undefined, `room-${i}`);
  assert.deepEqual(
    ada.frames.map(({ t }) => t),
    ["refused"],
  );
  assert.ok(stage.noted.includes("limit earlyFramesMax"));
  admit(stage, verdicts);
  stage.settles();
  const answers = ada.all("left").filter(({ reason }) => reason !== "too-many-rooms");
  assert.equal(ada.frames[1]?.t, "welcome");
  assert.deepEqual(
    answers.map(({ room }) => room),
    Array.from({ length: 20 }, (_, i) => `room-${i}`),
  );
  assert.equal(ada.all("left").length, limits.earlyFramesMax);
});

test("C8.5 who has gone when the token was looked at is not welcomed", () => {
  const verdicts: ((verdict: Verdict) => void)[] = [];
  const stage = aStage({ authenticate: (_hello, _now, done) => void verdicts.push(done) });
  const ada = openClient(stage.gateway, stage.settles);
  ada.sends({ t: "hello", v: 1, token: "ada viewer 600000" });
  ada.vanishes();
  admit(stage, verdicts);
  assert.deepEqual([ada.frames.length, stage.gateway.people.size], [0, 0]);
});

test("C8.6 a connection is in at most twenty rooms", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  for (let i = 0; i <= limits.roomsPerConnectionMax; i++) ada.joins(undefined, stage.addRoom(`room-${i}`));
  assert.equal(ada.all("joined").length, limits.roomsPerConnectionMax);
  assert.deepEqual([ada.last("left").reason, ada.last("left").room], ["too-many-rooms", "room-20"]);
});

test("C8.7 an address, a person and a server each hold so many connections and no more", () => {
  const stage = aStage({ caps: { connections: 7, perAddress: 5, perPerson: 3 } });
  const address = "192.0.2.7";
  const ada = Array.from({ length: 4 }, () => stage.connects("ada", "viewer", { address }));
  assert.deepEqual(
    ada.map(({ closed }) => closed),
    [null, null, null, "tooManyConnections"],
  );
  const others = ["b", "c"].map((name) => stage.connects(name, "viewer", { address }));
  assert.deepEqual(
    others.map(({ closed }) => closed),
    [null, null],
  );
  assert.equal(openClient(stage.gateway, stage.settles, address).closed, "tooManyConnections");
  ada[0]?.vanishes();
  stage.connects("d", "viewer", { address });
  for (const name of ["e", "f"]) assert.equal(stage.connects(name).closed, null);
  assert.equal(openClient(stage.gateway, stage.settles).closed, "busy");
  for (const limit of ["connectionsMax", "connectionsPerIpMax", "connectionsPerPersonMax"]) {
    assert.ok(stage.noted.includes(`limit ${limit}`), limit);
  }
});

test("C8.8 a gateway follows so many rooms and no more, and says when to try again", () => {
  const stage = aStage();
  stage.keeperDies();
  for (let i = 0; i < limits.roomsLoadedMax; i += limits.roomsPerConnectionMax) {
    const many = stage.connects(`viewer-${i}`);
    for (let j = 0; j < limits.roomsPerConnectionMax; j++) many.joins(undefined, `room-${i + j}`);
  }
  const late = stage.connects("late").joins(undefined, "one-more");
  assert.deepEqual([late.last("left").reason, late.last("left").retryMs], ["unavailable", 1_000]);
  assert.ok(stage.noted.includes("limit roomsLoadedMax"));
  assert.equal(
    late.joins(undefined, "room-1").all("left").length,
    1,
    "rooms that are followed already are open",
  );
});

test("C8.9 a person may have so many unanswered commands and no more", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.bus.fate = (subject) => (subject === toKeeper ? 5_000 : "arrives");
  for (let i = 0; i <= limits.answersInFlightMax; i++) {
    ada.says(`${i}`);
    stage.passes(55);
  }
  assert.deepEqual(
    ada.all("refused").map(({ reason }) => reason),
    ["busy"],
  );
  assert.ok(stage.noted.includes("limit answersInFlightMax"));
});

test("C8.10 taps are bounded a frame, and only the room's own emoji count", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  ada.sends(tapping({ "❤️": 15, "😂": 6 }));
  ada.sends(tapping({ "🦀": 1 }));
  assert.deepEqual(
    ada.all("refused").map(({ reason }) => reason),
    ["limit", "emoji"],
  );
  ada.sends(tapping({ "❤️": 15, "😂": 5 }));
  stage.passes(limits.tallyEveryMs * 3);
  assert.deepEqual([ada.last("tally").reactions["❤️"], ada.last("tally").reactions["😂"]], [15, 5]);
});

function tapping(taps: Record<string, number>): string {
  return JSON.stringify({ t: "react", room: demo, key: "session-1:0", taps });
}

function admit(stage: Stage, verdicts: ((verdict: Verdict) => void)[]): void {
  const now = stage.now();
  const rooms = { "*": { role: "viewer" } } as const;
  const person = { name: "Ada", kind: "viewer", issued: now, expires: now, guest: false, rooms } as const;
  for (const done of verdicts.splice(0))
    done({ ok: true, person: { ...person, id: personId("ada") }, guest: null });
}
