import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type LogReader, LogFailure } from "../log/log.ts";
import { type Client, demo } from "./client.fixture.ts";
import { aStage } from "./stage.fixture.ts";

test("R5.2 a join without a position is answered by joined and the view, and entries go on from there", () => {
  const stage = aStage();
  stage.hears("one", "two");
  const ada = stage.enters("ada");
  assert.deepEqual(kinds(ada), ["welcome", "joined", "view", "tally"]);
  assert.deepEqual(
    [ada.last("joined").how, ada.last("joined").audience, ada.last("joined").seq],
    ["fresh", "public", 3],
  );
  assert.equal(ada.last("view").seq, 3);
  stage.hears("three");
  stage.hears("four");
  stage.passes(limits.windowMs);
  assert.deepEqual(ada.shows(), ["one", "two", "three", "four"]);
});

test("R5.3 a position within memory is resumed with exactly what was missed, and without a view", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.hears("one");
  const position = positionOf(ada);
  ada.vanishes();
  stage.hears("two");
  stage.hears("three");
  stage.passes(limits.windowMs);
  const back = stage.connects("ada").joins(position);
  assert.deepEqual(kinds(back), ["welcome", "joined", "entries", "tally"]);
  assert.equal(back.last("joined").how, "resumed");
  assert.deepEqual(
    [back.last("entries").from, back.last("entries").to],
    [position.seq + 1, position.seq + 2],
  );
});

test("R5.3 who has missed nothing is resumed with nothing", () => {
  const stage = aStage();
  const position = positionOf(stage.enters("ada"));
  assert.deepEqual(kinds(stage.connects("ada").joins(position)), ["welcome", "joined", "tally"]);
});

test("R5.4 a position from before the ring is resumed from the log, whole, as it is now", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const position = positionOf(ada);
  const [first] = stage.hears("one", "two");
  assert.ok(first !== undefined);
  stage.does({ do: "retract", id: first, why: "spam" });
  const { gateway } = stage.addGateway({
    ...stage.log,
    records: (_room, _from, _max, done) => done(failure),
  });
  const back = stage.connects("ada", "viewer", { gateway }).joins(position);
  assert.deepEqual(kinds(back), ["welcome", "joined", "entries", "tally"]);
  assert.deepEqual(
    back.last("entries").e.map(({ k }) => k),
    ["tombstone", "message", "removed"],
  );
  stage.hears("three");
  assert.equal(back.last("entries").from, position.seq + 4, "and it goes on without waiting for a report");
});

test("R5.18 a crowd that comes back to a gateway which is new to the room is resumed without reading the log", () => {
  const stage = aStage();
  const position = positionOf(stage.enters("ada"));
  for (let i = 0; i < 200; i++) stage.hears(`${i}`, "and more");
  let reads = 0;
  const { gateway } = stage.addGateway({
    ...stage.log,
    read: () => assert.fail("the log is not read for one of them"),
    records(...asked) {
      reads += 1;
      stage.log.records(...asked);
    },
  });
  for (let i = 0; i < 100; i++) {
    const back = stage.connects(`viewer-${i}`, "viewer", { gateway }).joins(position);
    assert.equal(back.last("entries").e.length, 400);
  }
  assert.equal(reads, 2);
});

test("R5.5 who missed more than a resume holds is told the gap and gets a view", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const position = positionOf(ada);
  stage.hears(...Array.from({ length: limits.resumeEntriesMax }, (_, i) => `${i}`));
  stage.passes(limits.windowMs);
  assert.equal(stage.connects("ada").joins(position).last("joined").how, "resumed");
  stage.hears("one too many");
  stage.passes(limits.windowMs);
  const back = stage.connects("ada").joins(position);
  assert.deepEqual(kinds(back), ["welcome", "joined", "gap", "view", "tally"]);
  const { from, to, reason } = back.last("gap");
  assert.deepEqual([from, to, reason], [position.seq + 1, back.last("view").seq, "too-many"]);
  assert.deepEqual(stage.noted, ["gap too-many"]);
});

test("R5.6 a position of another epoch, or beyond all that may be, is told to begin anew", () => {
  const stage = aStage();
  const { epoch } = positionOf(stage.enters("ada"));
  for (const position of [
    { epoch: "another", seq: 1 },
    { epoch, seq: 2 + limits.resumeEntriesMax },
  ]) {
    const back = stage.connects("ada").joins(position);
    assert.deepEqual(kinds(back), ["welcome", "joined", "gap", "view", "tally"]);
    assert.deepEqual(
      [back.last("joined").how, back.last("gap").reason, back.last("gap").from],
      ["gap", "epoch", 0],
    );
  }
});

test("R5.7 a position whose entries have left the log is told the gap", () => {
  const stage = aStage();
  const position = positionOf(stage.enters("ada"));
  stage.hears("one");
  stage.keeper.stop();
  stage.keeperDies();
  stage.log.trim(demo, { olderThan: null, bytesMax: 0 }, () => {});
  stage.keeperStarts();
  const { gateway } = stage.addGateway();
  const back = stage.connects("ada", "viewer", { gateway }).joins(position);
  assert.deepEqual(kinds(back), ["welcome", "joined", "gap", "view", "tally"]);
  assert.equal(back.last("gap").reason, "retention");
  assert.deepEqual(back.shows(), ["one"]);
});

test("R5.7 a log that cannot be read makes a gap, and is told to the operator", () => {
  const stage = aStage({ reader: unreadable });
  const position = positionOf(stage.enters("ada"));
  stage.hears("one");
  const { gateway } = stage.addGateway();
  const back = stage.connects("ada", "viewer", { gateway }).joins(position);
  assert.deepEqual(kinds(back), ["welcome", "joined", "gap", "view", "tally"]);
  assert.equal(back.last("gap").reason, "retention");
  assert.deepEqual(stage.noted, [...Array(3).fill("log failed: the disk is gone"), "gap retention"]);
});

test("R5.8 a position a little ahead of this gateway is resumed, and what comes up to it is not sent again", () => {
  const stage = aStage();
  const { epoch, seq: at } = positionOf(stage.enters("ada"));
  const back = stage.connects("ada").joins({ epoch, seq: at + 1 });
  assert.equal(back.last("joined").how, "resumed");
  stage.hears("met before");
  stage.passes(limits.windowMs);
  assert.equal(back.all("entries").length, 0);
  stage.hears("new");
  assert.deepEqual([back.last("entries").from, back.last("entries").to], [at + 2, at + 2]);
});

test("R5.8 a gateway that has missed much asks who is far ahead of it to come again, though it has not noticed yet", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  let broken = false;
  const { gateway } = stage.addGateway({
    ...stage.log,
    records: (room, from, max, done) => (broken ? done(failure) : stage.log.records(room, from, max, done)),
  });
  stage.enters("eve", "viewer", { gateway });
  broken = true;
  stage.bus.fate = (_subject, m) => (m === "record" ? "lost" : "arrives");
  stage.hears(...Array.from({ length: limits.resumeEntriesMax + 1 }, (_, i) => `${i}`));
  const back = stage.connects("ada", "viewer", { gateway });
  const { epoch, seq: at } = positionOf(ada);
  for (const ms of [limits.windowMs, 1_500]) {
    stage.passes(ms);
    back.joins({ epoch, seq: at + limits.resumeEntriesMax + 1 });
    assert.deepEqual([back.last("left").reason, back.last("left").retryMs], ["unavailable", 1_000]);
  }
  broken = false;
  stage.passes(2_000);
  assert.equal(back.joins(positionOf(ada)).last("joined").how, "resumed");
});

test("R5.9 a range is filled from memory, even while the log cannot be read, and no further than it was sent", () => {
  const stage = aStage({ reader: (log) => ({ ...log, read: (_room, _query, done) => done(failure) }) });
  const ada = stage.enters("ada");
  const { epoch, seq: at } = positionOf(ada);
  stage.hears("one", "two", "three");
  fill(ada, epoch, at + 2, at + 99);
  const { from, to, e } = ada.last("entries");
  assert.deepEqual([from, to, e.length], [at + 2, at + 3, 2]);
});

test("R5.9 a range from before memory is filled from the log", () => {
  const stage = aStage();
  stage.hears("one", "two", "three");
  const { gateway } = stage.addGateway({
    ...stage.log,
    records: (_room, _from, _max, done) => done(failure),
  });
  const ada = stage.enters("ada", "viewer", { gateway });
  fill(ada, positionOf(ada).epoch, 2, 3);
  assert.deepEqual([ada.last("entries").from, ada.last("entries").to], [2, 3]);
});

test("R5.9 what this gateway has not got itself is not filled, however far a client says it is", () => {
  const stage = aStage();
  const { epoch, seq: at } = positionOf(stage.enters("ada"));
  const ahead = stage.connects("ada").joins({ epoch, seq: at + 5 });
  fill(ahead, epoch, at, at + 5);
  const { from, to, e } = ahead.last("entries");
  assert.deepEqual([from, to, e.length], [at, at, 1]);
  fill(ahead, epoch, at + 1, at + 5, "unknown");
});

test("R5.10 at most a hundred entries are filled at once", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.hears(...Array.from({ length: limits.fillEntriesMax + 1 }, (_, i) => `${i}`));
  fill(ada, positionOf(ada).epoch, 2, 500);
  assert.equal(ada.last("entries").e.length, limits.fillEntriesMax);
});

test("R5.10 a range that is gone is answered by a gap, one of another epoch or from the future by a refusal", () => {
  const stage = aStage({ reader: unreadable });
  stage.hears("one");
  const { gateway } = stage.addGateway();
  const ada = stage.enters("ada", "viewer", { gateway });
  const { epoch } = positionOf(ada);
  fill(ada, epoch, 1, 2);
  const { from, to, reason } = ada.last("gap");
  assert.deepEqual([from, to, reason], [1, 2, "retention"]);
  fill(ada, "another", 1, 2);
  fill(ada, epoch, 3, 4);
  assert.deepEqual(
    ada.all("refused").map((refused) => refused.reason),
    ["unknown", "unknown"],
  );
  fill(stage.connects("eve", "viewer", { gateway }), epoch, 1, 2, "not-joined");
});

test("R5.11 staff have their own audience, seqs and view; the public gets none of it", () => {
  const stage = aStage({ settings: { mode: "moderated" } });
  const [ada, mo] = [stage.enters("ada"), stage.enters("mo", "moderator")];
  ada.says("please");
  stage.passes(limits.windowMs);
  assert.equal(ada.all("held").length, 1);
  assert.deepEqual(ada.all("entries"), []);
  assert.equal(mo.last("entries").e[0]?.k, "held");
  assert.equal(mo.last("joined").audience, "staff");
  assert.ok(!JSON.stringify([ada.frames.slice(2), stage.enters("eve").frames]).includes("please"));
  assert.ok(JSON.stringify(stage.enters("hal", "host").frames).includes("please"));
});

test("R5.12 a guest enters where guests are let in, and is sent away elsewhere", () => {
  const stage = aStage();
  stage.addRoom("open", { guests: true });
  const guest = stage.connects("guest", "guest").joins();
  assert.deepEqual([guest.last("left").reason, guest.closed], ["forbidden", null]);
  guest.joins(undefined, "open");
  assert.equal(guest.last("joined").role, "guest");
});

test("R5.12 guests who are inside are sent away when the room lets none in any more, also while their gateway was cut off", () => {
  const stage = aStage({ settings: { guests: true } });
  const guest = stage.connects("guest", "guest").joins();
  const ada = stage.enters("ada");
  stage.does({ do: "settings", settings: { guests: false } }, "host");
  assert.equal(guest.last("left").reason, "forbidden");
  stage.does({ do: "settings", settings: { guests: true } }, "host");
  guest.joins();
  stage.bus.fate = () => "lost";
  stage.does({ do: "settings", settings: { guests: false } }, "host");
  stage.keeperDies();
  stage.bus.fate = () => "arrives";
  stage.keeperStarts();
  stage.passes(5_000);
  assert.equal(guest.all("left").length, 2);
  assert.equal(ada.all("left").length, 0);
});

test("R5.12 who may not be in a room is not heard in it before that is known", () => {
  const stage = aStage();
  const { gateway } = stage.addGateway();
  const guest = stage.connects("guest", "guest", { gateway });
  stage.bus.fate = (_subject, m) => (m === "attached" ? 100 : "arrives");
  guest.joins();
  guest.says("let me in");
  stage.passes(200);
  assert.equal(guest.last("left").reason, "forbidden");
  assert.equal(guest.last("refused").reason, "try-later");
  assert.deepEqual(stage.enters("ada").shows(), []);
});

test("R5.13 without the right to read a room one is sent away", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { grants: ["say"] });
  assert.equal(ada.last("left").reason, "forbidden");
});

test("R5.14 a room that does not exist is told", () => {
  const stage = aStage();
  const ada = stage.connects("ada").joins(undefined, "nowhere");
  assert.deepEqual([ada.last("left").room, ada.last("left").reason], ["nowhere", "no-such-room"]);
  assert.equal(stage.gateway.feeds.size, 0);
});

test("R5.15 joining again begins again, leaving ends it, and both are told", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  ada.joins();
  assert.equal(ada.all("view").length, 2);
  stage.hears("once");
  assert.equal(ada.all("entries").length, 1);
  ada.sends({ t: "leave", room: demo });
  assert.equal(ada.last("left").reason, "left");
  stage.hears("unheard");
  stage.passes(limits.windowMs);
  assert.deepEqual(ada.shows(), ["once"]);
  ada.says("from outside");
  assert.equal(ada.last("refused").reason, "not-joined");
});

test("R5.16 a room is let go a minute after the last has left, and comes back when somebody joins", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  ada.vanishes();
  stage.passes(59_000);
  assert.equal(stage.gateway.feeds.size, 1);
  stage.passes(3_000);
  assert.equal(stage.gateway.feeds.size, 0);
  stage.hears("meanwhile");
  assert.deepEqual(stage.enters("eve").shows(), ["meanwhile"]);
});

test("R5.17 an author's own words come once, and are acknowledged without a seq", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const key = ada.says("hello");
  stage.passes(limits.windowMs);
  assert.equal(ada.last("ack").key, key);
  assert.deepEqual(ada.shows(), ["hello"]);
  assert.equal(ada.all("entries").length, 1);
  assert.equal(personId(ada.last("welcome").you.id), "ada");
});

const failure = { ok: false, failure: new LogFailure("the disk is gone") } as const satisfies Parameters<
  Parameters<LogReader["rooms"]>[0]
>[0];

function unreadable(log: LogReader): LogReader {
  return {
    ...log,
    read: (_room, _query, done) => done(failure),
    records: (_room, _from, _max, done) => done(failure),
  };
}

function fill(client: Client, epoch: string, from: number, to: number, refused?: string): void {
  client.sends(JSON.stringify({ t: "fill", room: demo, epoch, from: seq(from), to: seq(to) }));
  if (refused !== undefined) assert.equal(client.last("refused").reason, refused);
}

function positionOf(client: Client): { epoch: string; seq: number } {
  return { epoch: client.last("joined").epoch, seq: client.position() };
}

function kinds(client: Client): string[] {
  return client.frames.map(({ t }) => t);
}
