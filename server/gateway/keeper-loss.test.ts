import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { LogFailure, type Log } from "../log/log.ts";
import type { Client } from "./client.fixture.ts";
import { aStage } from "./stage.fixture.ts";

test("R5.30 while the keeper is silent the room is paused: words are refused for now, and reading goes on", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.hears("before");
  const position = { epoch: ada.last("joined").epoch, seq: ada.position() };
  stage.keeperDies();
  stage.passes(7_000);
  assert.equal(ada.last("status").sending, "paused");
  ada.says("now?");
  assert.deepEqual([ada.last("refused").reason, ada.last("refused").retryMs], ["try-later", 1_000]);
  const [fresh, back] = [stage.enters("fresh"), stage.connects("back").joins(position)];
  assert.deepEqual([fresh.shows(), back.last("joined").how], [["before"], "resumed"]);
  for (const { last } of [fresh, back]) assert.equal(last("status").sending, "paused");
});

test("R5.31 another keeper finds the gateways again, and nothing is lost", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.hears("before");
  stage.keeperDies();
  stage.passes(7_000);
  stage.keeperStarts();
  stage.passes(2_000);
  assert.equal(ada.last("status").sending, "open");
  ada.says("after");
  stage.passes(100);
  assert.deepEqual(ada.shows(), ["before", "after"]);
  assert.equal(ada.all("ack").length, 1);
});

test("R5.32 a keeper that was only slow opens its rooms again", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  let stuck = true;
  stage.bus.fate = () => (stuck ? "lost" : "arrives");
  stage.passes(7_000);
  assert.equal(ada.last("status").sending, "paused");
  stuck = false;
  stage.passes(2_000);
  assert.equal(ada.last("status").sending, "open");
  ada.says("after");
  assert.equal(ada.all("ack").length, 1);
});

test("R5.33 who joined while the room was paused and waits for the view hears that it is open", () => {
  const stage = aStage();
  stage.connects("first").joins().vanishes();
  const [bad] = stage.hears("bad");
  assert.ok(bad !== undefined);
  stage.does({ do: "retract", id: bad, why: "spam" });
  stage.keeperDies();
  stage.passes(7_000);
  const ada = stage.enters("ada");
  assert.deepEqual([ada.last("status").sending, ada.all("view").length], ["paused", 0]);
  stage.keeperStarts();
  stage.passes(3_000);
  assert.deepEqual([ada.last("status").sending, ada.all("view").length], ["open", 1]);
});

test("R5.34 without a way to the keeper the rooms are paused at once", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.bus.isReachable(false);
  assert.equal(ada.last("status").sending, "paused");
  stage.bus.isReachable(true);
  stage.bus.resets();
  stage.passes(1_500);
  assert.equal(ada.last("status").sending, "open");
});

test("R5.35 records that are lost, late, repeated or out of order reach everybody once and in order", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const fates = ["arrives", "lost", "twice", 300, "arrives", "lost", 700, "twice", "lost", "lost"] as const;
  let met = 0;
  stage.bus.fate = (_subject, m) => (m === "record" ? (fates[met++ % fates.length] ?? "lost") : "arrives");
  const texts = Array.from({ length: 60 }, (_, i) => `${i}`);
  for (const text of texts) {
    stage.hears(text);
    stage.passes(20);
  }
  stage.passes(3_000);
  assert.deepEqual(ada.shows(), texts);
  let at = ada.last("view").seq;
  for (const { from, to, e } of ada.all("entries")) {
    assert.deepEqual([from, e.length], [at + 1, to - from + 1]);
    at = to;
  }
});

test("R5.36 a lost record with none after it is noticed within two seconds", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.bus.fate = (_subject, m) => (m === "record" ? "lost" : "arrives");
  stage.hears("the last word");
  stage.passes(2_000);
  assert.deepEqual(ada.shows(), ["the last word"]);
});

test("R5.37 a ban and a removal in a lost record count as soon as it is read back", () => {
  const stage = aStage();
  const [ada, troll] = [stage.enters("ada"), stage.enters("troll")];
  const [bad] = stage.hears("bad");
  assert.ok(bad !== undefined);
  stage.bus.fate = (_subject, m) => (m === "record" ? "lost" : "arrives");
  stage.does({ do: "retract", id: bad, why: "spam" });
  stage.does({ do: "ban", person: personId("troll"), why: "spam" });
  stage.passes(2_000);
  assert.equal(ada.last("safety").e[0]?.k, "removed");
  assert.equal(troll.closed, "banned");
});

test("R5.38 what cannot be read back is tried again, and given up with a gap when it stays away", () => {
  let broken = false;
  const failure = { ok: false, failure: new LogFailure("damaged") } as const;
  const stage = aStage({
    reader: (log) => ({
      ...log,
      records(room, from, recordsMax, done) {
        if (broken) done(failure);
        else log.records(room, from, recordsMax, done);
      },
    }),
  });
  const ada = stage.enters("ada");
  let lossy = true;
  stage.bus.fate = (_subject, m) => (m === "record" && lossy ? "lost" : "arrives");
  broken = true;
  stage.hears("missed");
  stage.passes(2_500);
  assert.deepEqual(ada.shows(), []);
  broken = false;
  stage.passes(2_500);
  assert.deepEqual(ada.shows(), ["missed"]);
  broken = true;
  stage.hears("lost for good");
  lossy = false;
  stage.passes(10_000);
  stage.hears("goes on");
  stage.passes(100);
  assert.equal(ada.shows().at(-1), "goes on");
  assert.equal(ada.last("gap").reason, "too-many");
});

test("R5.39 a gateway that was cut off for more than memory holds begins anew, with a gap for those who are there", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  let cutOff = true;
  stage.bus.fate = () => (cutOff ? "lost" : "arrives");
  for (let i = 0; i <= limits.ringEntriesMax; i++) stage.hears(`${i}`);
  cutOff = false;
  stage.bus.resets();
  stage.passes(2_000);
  assert.equal(ada.last("gap").reason, "too-many");
  assert.equal(ada.shows().at(-1), `${limits.ringEntriesMax}`);
});

test("R5.40 answers that were lost hold nobody back for ever", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { grants: ["read", "say", "replay"] });
  stage.bus.fate = (_subject, m) => (m === "answers" ? "lost" : "arrives");
  speak(ada, limits.answersInFlightMax, () => stage.passes(60));
  ada.says("too much");
  assert.equal(ada.last("refused").reason, "busy");
  stage.bus.fate = () => "arrives";
  stage.passes(limits.inputAnswerWithinMs);
  ada.says("again");
  assert.equal(ada.all("ack").length, 1);
});

test("R5.41 a room whose log fails refuses words for now, lets everybody read, and recovers by itself", () => {
  let full = false;
  const failure = { ok: false, failure: new LogFailure("The disk is full.") } as const;
  const keeperLog = (log: Log): Log => ({
    ...log,
    append: (records, done) => (full ? done(failure) : log.append(records, done)),
  });
  const stage = aStage({ keeperLog });
  const ada = stage.enters("ada");
  full = true;
  ada.says("one");
  assert.equal(ada.last("refused").reason, "try-later");
  assert.deepEqual(stage.enters("eve").shows(), []);
  full = false;
  stage.passes(10_000);
  ada.says("two");
  stage.passes(100);
  assert.deepEqual(ada.shows(), ["two"]);
});

test("R5.42 joins wait for a keeper as long as their connections do, and no longer", () => {
  const stage = aStage();
  stage.keeperDies();
  const { gateway } = stage.addGateway();
  const ada = stage.connects("ada", "viewer", { gateway });
  for (let i = 0; i < 50; i++) {
    ada.joins();
    stage.passes(100);
  }
  const feed = [...gateway.feeds.values()][0];
  assert.ok(feed !== undefined && feed.waiting.length <= 11, `${feed?.waiting.length}`);
  stage.keeperStarts();
  stage.passes(2_000);
  assert.equal(ada.all("view").length, 1);
});

function speak(client: Client, times: number, between: () => void): void {
  for (let i = 0; i < times; i++) {
    client.says(`${i}`);
    between();
  }
}
