import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { LogFailure, type LogReader } from "../log/log.ts";
import { demo } from "./client.fixture.ts";
import { aStage, type Stage } from "./stage.fixture.ts";

test("M3.10 a removal overtakes the window, and stands in its place in the sequence too", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const bad = hear(stage, "bad");
  ada.news();
  stage.hears("within the window");
  remove(stage, bad);
  assert.deepEqual(
    ada.news().map(({ t }) => t),
    ["safety"],
  );
  assert.deepEqual(
    ada.last("safety").e.map(({ k }) => k),
    ["removed"],
  );
  stage.passes(limits.windowMs);
  assert.deepEqual(
    ada.last("entries").e.map(({ k }) => k),
    ["message", "removed"],
  );
});

test("M3.11 what waits in the window leaves it as a tombstone when it is removed before", () => {
  const stage = aStage();
  const [ada, mo] = [stage.enters("ada"), stage.enters("mo", "moderator")];
  stage.hears("first");
  remove(stage, hear(stage, "bad"));
  stage.passes(limits.windowMs);
  assert.ok(!JSON.stringify(ada.frames).includes("bad"));
  assert.equal(ada.last("entries").e[0]?.k, "tombstone");
  assert.ok(JSON.stringify(mo.last("entries")).includes("bad"), "staff see what was removed");
});

test("M3.12 after a removal nothing gives the text to the public: view, resume, fill, log or live feed", () => {
  const stage = aStage();
  const before = stage.enters("before");
  const position = { epoch: before.last("joined").epoch, seq: before.position() };
  const bad = hear(stage, "bad");
  before.vanishes();
  remove(stage, bad);
  stage.passes(limits.windowMs);
  const { gateway } = stage.addGateway();
  const elsewhere = { gateway };
  const readers = [
    stage.enters("eve"),
    stage.connects("eve").joins(position),
    stage.enters("eve", "viewer", elsewhere),
    stage.connects("eve", "viewer", elsewhere).joins(position),
  ];
  for (const reader of readers) {
    const fill = { t: "fill", room: demo, epoch: reader.last("joined").epoch, from: 2, to: 3 } as const;
    reader.sends(JSON.stringify(fill));
    assert.ok(!JSON.stringify(reader.frames).includes("bad"));
    assert.equal(reader.last("entries").e[0]?.k, "tombstone");
  }
});

test("M3.13 an edit shows in everything that is read later", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const position = { epoch: ada.last("joined").epoch, seq: ada.position() };
  ada.says("tpyo");
  stage.passes(limits.windowMs);
  ada.sends(
    JSON.stringify({ t: "edit", room: demo, key: "session-x:0", id: ada.last("ack").id, text: "typo" }),
  );
  stage.passes(limits.windowMs);
  for (const reader of [stage.enters("eve"), stage.connects("eve").joins(position)]) {
    assert.ok(!JSON.stringify(reader.frames).includes("tpyo"));
    assert.deepEqual(reader.shows(), ["typo"]);
  }
});

test("M3.14 what is restored is shown again, to those who are there and to those who come", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const id = hear(stage, "good");
  remove(stage, id);
  stage.passes(limits.windowMs);
  assert.deepEqual(ada.shows(), []);
  stage.does({ do: "restore", id });
  stage.passes(limits.windowMs);
  for (const reader of [ada, stage.enters("eve")]) assert.deepEqual(reader.shows(), ["good"]);
});

test("C9.1 a ban cuts every live connection of the person at every gateway, with the reason, and keeps them out", () => {
  const stage = aStage();
  const other = stage.addGateway();
  const troll = [stage.enters("troll"), stage.enters("troll", "viewer", { gateway: other.gateway })];
  const ada = stage.enters("ada");
  ban(stage, "troll");
  for (const connection of troll) {
    assert.equal(connection.closed, "banned");
    assert.equal(connection.last("person").e[0]?.k, "notice");
    assert.equal(connection.last("left").reason, "banned");
  }
  assert.equal(ada.closed, null);
  const again = stage.connects("troll").joins();
  assert.equal(again.last("left").reason, "banned");
  assert.equal(again.all("view").length, 0);
});

test("C9.2 a ban reaches who is only just coming in", () => {
  const stage = aStage();
  stage.bus.fate = (_subject, m) => (m === "view" ? 500 : "arrives");
  const troll = stage.enters("troll");
  assert.equal(troll.all("view").length, 0);
  ban(stage, "troll");
  stage.passes(1_000);
  assert.deepEqual([troll.closed, troll.all("view").length], ["banned", 0]);
});

test("C9.2 a ban from before the room came to this gateway keeps out", () => {
  const stage = aStage();
  ban(stage, "troll");
  const { gateway } = stage.addGateway();
  assert.equal(stage.connects("troll", "viewer", { gateway }).joins().last("left").reason, "banned");
});

test("C9.3 the banned stay connected to their other rooms", () => {
  const stage = aStage();
  stage.addRoom("other");
  const troll = stage.enters("troll").joins(undefined, "other");
  ban(stage, "troll");
  assert.equal(troll.closed, null);
  assert.deepEqual([troll.last("left").room, troll.last("left").reason], [demo, "banned"]);
});

test("C9.4 a ban ends at its time, or when it is lifted", () => {
  const stage = aStage();
  ban(stage, "ada", 60);
  ban(stage, "eve");
  assert.equal(stage.connects("ada").joins().last("left").reason, "banned");
  stage.passes(60_001);
  assert.equal(stage.connects("ada").joins().all("left").length, 0);
  stage.does({ do: "lift", person: personId("eve"), what: "ban" });
  assert.equal(stage.connects("eve").joins().all("left").length, 0);
});

test("C9.5 no ban keeps a host out", () => {
  const stage = aStage();
  ban(stage, "hank");
  const hank = stage.enters("hank", "host");
  assert.equal(hank.last("joined").role, "host");
});

test("C9.6 a late answer of the keeper does not undo a ban", () => {
  const stage = aStage();
  stage.enters("ada");
  stage.bus.fate = (_subject, m) => (m === "attached" ? 1_500 : "arrives");
  stage.bus.resets();
  stage.passes(2_000);
  ban(stage, "troll");
  stage.passes(1_000);
  assert.equal(stage.connects("troll").joins().last("left").reason, "banned");
});

test("M3.15 a shadow-banned author sees their own words everywhere, and nobody else but staff does", () => {
  const stage = aStage();
  const [troll, ada, mo] = [stage.enters("troll"), stage.enters("ada"), stage.enters("mo", "moderator")];
  const position = { epoch: troll.last("joined").epoch, seq: troll.position() };
  stage.does({ do: "shadow", person: personId("troll"), why: "spam" });
  troll.says("hidden");
  stage.hears("shown");
  stage.passes(limits.windowMs);
  const again = [stage.enters("troll"), stage.connects("troll").joins(position)];
  for (const own of [troll, ...again]) assert.deepEqual(own.shows().toSorted(), ["hidden", "shown"]);
  for (const other of [ada, stage.enters("eve"), stage.connects("eve").joins(position)]) {
    assert.ok(!JSON.stringify(other.frames).includes("hidden"));
    assert.deepEqual(other.shows(), ["shown"]);
  }
  assert.deepEqual(mo.shows(), ["hidden", "shown"]);
  assert.ok(!JSON.stringify(again.map(({ frames }) => frames)).includes('"shadow"'));
});

test("M3.16 a shadowed message that was removed is gone for its author too, however they come back", () => {
  const stage = aStage();
  const troll = stage.enters("troll");
  const position = { epoch: troll.last("joined").epoch, seq: troll.position() };
  stage.does({ do: "shadow", person: personId("troll"), why: "spam" });
  troll.says("hidden");
  troll.sends(JSON.stringify({ t: "retract", room: demo, key: "session-x:0", id: troll.last("ack").id }));
  stage.passes(limits.windowMs);
  for (const own of [troll, stage.enters("troll"), stage.connects("troll").joins(position)]) {
    assert.deepEqual(own.shows(), []);
  }
});

test("M3.16 what one record brings to a person and takes away again does not reach them", () => {
  const waiting: (() => void)[] = [];
  let slow = false;
  const stage = aStage({
    keeperLog: (log) => ({
      ...log,
      append: (records, done) =>
        slow ? void waiting.push(() => log.append(records, done)) : log.append(records, done),
    }),
  });
  const troll = stage.enters("troll");
  const bad = hear(stage, "bad");
  stage.does({ do: "shadow", person: personId("troll"), why: "spam" });
  stage.passes(limits.windowMs);
  troll.news();
  slow = true;
  stage.hears("under way");
  troll.sends(JSON.stringify({ t: "say", room: demo, key: "session-x:0", text: "look", reply: bad }));
  remove(stage, bad);
  slow = false;
  for (const write of waiting) write();
  stage.passes(limits.windowMs);
  const [told] = troll.last("person").e;
  assert.deepEqual(told?.k === "message" && told.reply, {
    id: bad,
    by: personId("somebody"),
    name: "somebody",
    quote: "",
  });
});

test("M3.17 what is for one person reaches all their connections in the room, and no other", () => {
  const stage = aStage();
  const [one, two, ada] = [stage.enters("eve"), stage.enters("eve"), stage.enters("ada")];
  stage.does({ do: "mute", person: personId("eve"), why: "spam" });
  for (const own of [one, two]) assert.equal(own.last("person").e[0]?.k, "notice");
  assert.equal(ada.all("person").length, 0);
});

test("M3.18 a notice that came while nobody was connected is there on resume", () => {
  const stage = aStage();
  const eve = stage.enters("eve");
  const position = { epoch: eve.last("joined").epoch, seq: eve.position() };
  eve.vanishes();
  stage.does({ do: "mute", person: personId("eve"), why: "spam" });
  stage.passes(limits.windowMs);
  assert.equal(stage.connects("eve").joins(position).last("person").e[0]?.k, "notice");
  const failure = { ok: false, failure: new LogFailure("busy") } as const;
  const forgetful = {
    ...stage.log,
    records: (_room, _from, _max, done) => done(failure),
  } satisfies LogReader;
  for (const log of [stage.log, forgetful]) {
    const { gateway } = stage.addGateway(log);
    const elsewhere = stage.connects("eve", "viewer", { gateway }).joins(position);
    const own = elsewhere.all("person").flatMap(({ e }) => e.map(({ k }) => k));
    assert.deepEqual(own, ["notice"]);
  }
});

function hear(stage: Stage, text: string): EntryId {
  const [id] = stage.hears(text);
  assert.ok(id !== undefined);
  return id;
}

function remove(stage: Stage, id: EntryId): void {
  stage.does({ do: "retract", id, why: "spam" });
}

function ban(stage: Stage, name: string, seconds?: number): void {
  stage.does(
    { do: "ban", person: personId(name), why: "spam", ...(seconds === undefined ? {} : { seconds }) },
    "host",
  );
}
