import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import type { Client } from "./client.fixture.ts";
import { aStage, type Stage } from "./stage.fixture.ts";

test("D1.20 one window holds all that came in it, for everybody at once", () => {
  const stage = aStage();
  const crowd = [stage.enters("ada"), stage.enters("eve")];
  for (let i = 0; i < 5; i++) stage.hears(`${i}`);
  stage.passes(limits.windowMs);
  for (const { all } of crowd)
    assert.deepEqual(
      all("entries").map(({ e }) => e.length),
      [1, 4],
    );
});

test("D1.36 a gateway that is full of writing gathers longer, and the first after silence still leaves at once", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const { gateway } = stage;
  for (let second = 0; second < 5; second++) {
    Object.assign(gateway.worked, { writes: 10_000, writingMs: 500 });
    stage.works(950);
    stage.passes(1_000);
  }
  stage.hears("after silence");
  stage.hears("gathered");
  assert.deepEqual(ada.shows(), ["after silence"]);
  stage.passes(4 * limits.windowMs);
  assert.deepEqual(ada.shows(), ["after silence"]);
  stage.passes(limits.windowMsMax);
  assert.deepEqual(ada.shows(), ["after silence", "gathered"]);
  stage.passes(60_000);
  ada.reports(ada.position());
  stage.hears("calm");
  stage.hears("again");
  stage.passes(limits.windowMs);
  assert.deepEqual(ada.shows(), ["after silence", "gathered", "calm", "again"]);
});

test("D1.21 who has not reported for a while is held, and gets the rest when they do", () => {
  const stage = aStage();
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  stage.hears("one");
  const heardUpTo = slow.position();
  stage.passes(limits.stalledMs + 1);
  quick.reports(quick.position());
  stage.hears("two");
  stage.hears("three");
  stage.passes(5_000);
  assert.equal(slow.position(), heardUpTo);
  assert.deepEqual(quick.shows(), ["one", "two", "three"]);
  slow.reports(heardUpTo);
  assert.deepEqual(slow.shows(), ["one", "two", "three"]);
  stage.hears("four");
  stage.passes(limits.windowMs);
  assert.deepEqual(slow.shows(), ["one", "two", "three", "four"]);
});

test("D1.22 nothing but what tells whether the room takes words is sent to who is held", () => {
  const stage = aStage();
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  hold(stage, slow, quick);
  slow.news();
  const [bad] = stage.hears("bad");
  assert.ok(bad !== undefined);
  stage.does({ do: "retract", id: bad, why: "spam" });
  stage.passes(1_000);
  assert.deepEqual(slow.news(), []);
  stage.keeperDies();
  stage.passes(7_000);
  stage.keeperStarts();
  stage.passes(2_000);
  assert.deepEqual(
    slow.news().map((frame) => (frame.t === "status" ? frame.sending : frame.t)),
    ["paused", "open"],
  );
  slow.reports(slow.position());
  assert.ok(!JSON.stringify(slow.frames).includes("bad"), "they come back to a room without it");
});

test("D1.23 who does not read for a minute is closed and told to resume", () => {
  const stage = aStage();
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  hold(stage, slow, quick);
  stage.passes(limits.stalledCloseMs - 1_000);
  assert.equal(slow.closed, null);
  stage.passes(limits.heartbeatMs + 2_000);
  assert.equal(slow.closed, "stalled");
  const back = stage.connects("slow").joins({ epoch: slow.last("joined").epoch, seq: slow.position() });
  assert.deepEqual([back.last("joined").how, back.shows().at(-1)], ["resumed", "held back"]);
});

test("D1.24 a socket that holds too much gets nothing more until it is empty, then everything within two seconds", () => {
  const stage = aStage();
  const slow = stage.enters("slow");
  slow.buffered = limits.stalledBytesMax + 1;
  stage.hears("one");
  stage.passes(1_000);
  assert.deepEqual(slow.shows(), []);
  slow.buffered = 0;
  stage.passes(2_000);
  assert.deepEqual(slow.shows(), ["one"]);
  stage.passes(100_000);
  assert.equal(slow.closed, null);
});

test("D1.25 who falls behind what memory holds is told the gap, gets a view and goes on", () => {
  const stage = aStage();
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  hold(stage, slow, quick);
  const at = slow.position();
  for (let i = 0; i < 3; i++) {
    stage.hears(...Array.from({ length: limits.ringEntriesMax / 2 }, (_, j) => `${i}-${j}`));
    stage.passes(limits.windowMs);
    quick.reports(quick.position());
  }
  slow.reports(at);
  const { from, to, reason } = slow.last("gap");
  assert.deepEqual([from, to, reason], [at + 1, slow.last("view").seq, "slow"]);
  stage.hears("after");
  stage.passes(limits.windowMs);
  assert.equal(slow.shows().at(-1), "after");
});

test("D1.26 a burst larger than memory reaches whoever reads, whole and without a gap", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const texts = Array.from({ length: limits.ringEntriesMax * 2 }, (_, i) => `${i}`);
  stage.hears("begins a window");
  const size = limits.ringEntriesMax * 0.6;
  for (let at = 0; at < texts.length; at += size) {
    stage.hears(...texts.slice(at, at + size));
    ada.reports(ada.position());
  }
  stage.passes(limits.windowMs);
  assert.deepEqual(ada.shows(), ["begins a window", ...texts]);
  assert.deepEqual(ada.all("gap"), []);
});

test("D1.27 who has just come back is given the time to report that everybody has", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const position = { epoch: ada.last("joined").epoch, seq: ada.position() };
  stage.hears("long ago");
  stage.passes(limits.stalledMs * 2);
  const newcomers = [stage.connects("eve").joins(position), stage.enters("new")];
  stage.hears("now");
  stage.passes(limits.windowMs);
  stage.hears("again");
  stage.passes(limits.windowMs);
  for (const newcomer of newcomers) assert.deepEqual(newcomer.shows(), ["long ago", "now", "again"]);
});

test("D1.28 who catches up gets 128 KB at a time and the next when that was read", () => {
  const stage = aStage();
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  hold(stage, slow, quick);
  const text = "x".repeat(480);
  for (let i = 0; i < 400; i++) stage.hears(`${i} ${text}`);
  stage.passes(limits.windowMs);
  const sizes: number[] = [];
  for (let at = -1; slow.position() > at;) {
    at = slow.position();
    slow.news();
    slow.reports(at);
    sizes.push(JSON.stringify(slow.news()).length);
  }
  assert.ok(sizes.length >= 3 && sizes.every((size) => size < 140_000), `${sizes}`);
  assert.equal(slow.position(), quick.position());
});

test("D1.29 one room's slow reading holds no other room of the same connection", () => {
  const stage = aStage();
  const other = stage.addRoom("other");
  const ada = stage.enters("ada").joins(undefined, other);
  ada.buffered = limits.stalledBytesMax + 1;
  stage.hears("one");
  stage.passes(100);
  ada.buffered = 0;
  ada.reports(ada.position());
  stage.passes(2_000);
  ada.says("here", other);
  stage.passes(100);
  assert.equal(ada.last("entries").room, other);
});

/** Held back with one entry that it has not got. */
function hold(stage: Stage, slow: Client, quick: Client): void {
  stage.hears("unreported");
  stage.passes(limits.stalledMs + 1);
  quick.reports(quick.position());
  stage.hears("held back");
  stage.passes(limits.windowMs);
  assert.ok(slow.position() < quick.position());
  quick.reports(quick.position());
}
