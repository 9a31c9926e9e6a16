import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { aStage } from "./stage.fixture.ts";

const talk = 40;

test("C8.44 who reads a stream and reports nothing is not behind as long as their socket is empty", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { oneWay: true });
  const said: string[] = [];
  for (let i = 0; i < talk; i++) {
    said.push(`word ${i}`);
    stage.hears(`word ${i}`);
    stage.passes(limits.stalledMs / 4);
  }
  assert.deepEqual(ada.shows(), said);
  assert.equal(ada.closed, null);
});

test("C8.44 who takes nothing from a stream is held, has the rest when they take it, and is ended after a minute", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { oneWay: true });
  const bob = stage.enters("bob", "viewer", { oneWay: true });
  stage.hears("before");
  for (const one of [ada, bob]) one.buffered = 1;
  stage.passes(limits.stalledMs + 1_000);
  stage.hears("meanwhile");
  assert.deepEqual(ada.shows(), ["before"], "what was written 15 s ago has not left");
  ada.buffered = 0;
  stage.passes(2_000);
  assert.deepEqual(ada.shows(), ["before", "meanwhile"]);
  stage.passes(limits.stalledCloseMs + limits.heartbeatMs);
  assert.deepEqual([ada.closed, bob.closed], [null, "stalled"]);
});

test("C8.44 who answers no pings, having no way to, is not taken for dead while they take what is sent", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { oneWay: true });
  ada.alive = false;
  stage.passes(3 * limits.deadAfterMs);
  assert.equal(ada.closed, null);
  ada.buffered = 1;
  stage.passes(limits.deadAfterMs + limits.heartbeatMs + 1_000);
  assert.equal(ada.closed, "silent");
});

test("C8.44 frames on a stream are text, whatever its hello offers", () => {
  const stage = aStage();
  const readers = Array.from({ length: 10 }, (_, i) =>
    stage.enters(`reader-${i}`, "viewer", { oneWay: true, accept: ["deflate"] }),
  );
  stage.hears("x".repeat(500), "y".repeat(500));
  const text = 0x81;
  for (const { writes } of readers) assert.equal(writes.at(-1)?.[0], text);
});
