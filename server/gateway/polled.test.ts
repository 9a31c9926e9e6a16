import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { aStage } from "./stage.fixture.ts";

const accept = ["segments"];

test("D2.40 a room that is far too hot sends away who can read segments, and nobody else; who is let in later too", () => {
  const stage = aStage({ caps: { roomShare: 0.000_002, segments: true } });
  const [able, unable] = [stage.enters("able", "viewer", { accept }), stage.enters("unable")];
  const mo = stage.enters("mo", "moderator", { accept });
  assert.deepEqual(able.last("welcome").accept, accept);
  for (let i = 0; i < 8; i++) {
    stage.hears(...Array.from({ length: 40 }, (_, n) => `${i}/${n} ${"blah ".repeat(80)}`));
    stage.passes(limits.heatEveryMs);
  }
  assert.deepEqual([able.closed, unable.closed, mo.closed], ["polled", null, null]);
  assert.deepEqual([unable.last("tier").tier, mo.last("tier").tier], ["segments", "segments"]);
  assert.equal(unable.last("tally").polled ?? stage.keeper.rooms()[0]?.heat?.tier, "segments");
  const late = stage.enters("late", "viewer", { accept });
  stage.passes(limits.heatEveryMs);
  assert.equal(late.closed, "polled");
});

test("D2.41 sockets are welcome again when they could be served, with those who were sent away", () => {
  const stage = aStage({ caps: { roomShare: 0.000_1, segments: true } });
  const feed = () => stage.gateway.feeds.get("demo" as never);
  const crowd = Array.from({ length: 12 }, (_, i) => stage.enters(`viewer-${i}`, "viewer", { accept }));
  stage.enters("unable");
  const loud = (ms: number): void => {
    for (let at = 0; at < ms; at += limits.heatEveryMs) {
      stage.hears(`${at} ${"blah ".repeat(80)}`, `${at}+ ${"blah ".repeat(80)}`);
      stage.passes(limits.heatEveryMs);
    }
  };
  loud(15_000);
  assert.ok(crowd.every(({ closed }) => closed === "polled"));
  loud(20_000);
  assert.equal(feed()?.ladder.tier, "segments", "they would all be back");
  stage.passes(4 * limits.tierLeaveMs);
  assert.notEqual(feed()?.ladder.tier, "segments");
  assert.equal(feed()?.tally?.polled, undefined);
});

test("D2.42 who comes back from segments counts once", () => {
  const stage = aStage({ caps: { roomShare: 0.000_1, segments: true } });
  const feed = () => stage.gateway.feeds.get("demo" as never);
  const crowd = Array.from({ length: 12 }, (_, i) => stage.enters(`viewer-${i}`, "viewer", { accept }));
  for (let at = 0; at < 15_000; at += limits.heatEveryMs) {
    stage.hears(`${at} ${"blah ".repeat(80)}`, `${at}+ ${"blah ".repeat(80)}`);
    stage.passes(limits.heatEveryMs);
  }
  assert.ok(crowd.every(({ closed }) => closed === "polled"));
  stage.passes(4 * limits.tierLeaveMs);
  for (let i = 0; i < crowd.length; i++) stage.enters(`viewer-${i}`, "viewer", { accept });
  assert.equal(feed()?.polled, 0);
});
