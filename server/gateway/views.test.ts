import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { toKeeper } from "../messages.ts";
import type { Client } from "./client.fixture.ts";
import { aStage } from "./stage.fixture.ts";

test("R5.20 however many join at once, one view is asked for and all get it", () => {
  const stage = aStage();
  stage.hears("one");
  stage.bus.fate = (_subject, m) => (m === "view" ? 50 : "arrives");
  const crowd = Array.from({ length: 200 }, (_, i) => stage.enters(`viewer-${i}`));
  assert.equal(stage.bus.sent(toKeeper, "view"), 1);
  stage.passes(100);
  for (const viewer of crowd) assert.deepEqual(viewer.shows(), ["one"]);
  assert.equal(stage.bus.sent(toKeeper, "view"), 1);
});

test("R5.21 a view serves joins until the room is two hundred entries further, with what came since", () => {
  const stage = aStage();
  stage.enters("ada");
  stage.hears(...numbers(limits.viewStaleEntries));
  stage.passes(limits.windowMs);
  const eve = stage.enters("eve");
  assert.equal(stage.bus.sent(toKeeper, "view"), 1);
  assert.equal(eve.shows().length, limits.viewStaleEntries);
  stage.hears("one more");
  stage.passes(limits.windowMs);
  const late = stage.enters("late");
  assert.equal(stage.bus.sent(toKeeper, "view"), 2);
  assert.equal(late.last("view").e.length, limits.viewEntriesMax);
  assert.equal(late.shows().at(-1), "one more");
});

test("R5.22 whatever moment one joins at, there is no hole and no double against the live feed", () => {
  const stage = aStage();
  stage.bus.fate = (_subject, m) => (m === "view" || m === "record" ? 7 : "arrives");
  const crowd: Client[] = [];
  for (let i = 0; i < 30; i++) {
    stage.hears(`${i}`);
    crowd.push(stage.enters(`viewer-${i}`));
    stage.passes(i % 11);
  }
  stage.passes(500);
  for (const viewer of crowd) {
    assert.deepEqual(viewer.shows(), numbers(30));
    let at = viewer.last("view").seq;
    for (const { from, to } of viewer.all("entries")) {
      assert.ok(from <= at + 1, `from ${from} after ${at}`);
      at = to;
    }
    assert.equal(at, 31);
  }
});

test("R5.23 a request for a view that was lost, or its answer, is repeated within two seconds", () => {
  const stage = aStage();
  let losses = 2;
  stage.bus.fate = (subject, m) => {
    if (m !== "view" || losses === 0) return "arrives";
    losses -= subject === toKeeper && losses === 1 ? 0 : 1;
    return "lost";
  };
  const ada = stage.enters("ada");
  assert.equal(ada.all("view").length, 0);
  stage.passes(3_000);
  assert.equal(ada.all("view").length, 0, "both were lost");
  losses = 0;
  stage.passes(2_000);
  assert.equal(ada.all("view").length, 1);
});

test("R5.24 a view that is older than a removal or an edit is asked for again", () => {
  const stage = aStage();
  const [bad] = stage.hears("bad", "good");
  assert.ok(bad !== undefined);
  stage.enters("early");
  stage.does({ do: "retract", id: bad, why: "spam" });
  const ada = stage.enters("ada");
  assert.equal(stage.bus.sent(toKeeper, "view"), 2);
  assert.ok(!JSON.stringify(ada.frames).includes("bad"));
});

test("R5.24 nor is one used that was under way while the removal happened", () => {
  const stage = aStage();
  const [bad] = stage.hears("bad", "good");
  assert.ok(bad !== undefined);
  stage.bus.fate = (subject, m) => (m === "view" && subject !== toKeeper ? 100 : "arrives");
  const ada = stage.enters("ada");
  stage.does({ do: "retract", id: bad, why: "spam" });
  stage.passes(500);
  assert.equal(ada.all("view").length, 1);
  assert.ok(!JSON.stringify(ada.frames).includes("bad"));
});

test("R5.25 who left while the view was under way gets nothing more", () => {
  const stage = aStage();
  stage.bus.fate = (_subject, m) => (m === "view" ? 100 : "arrives");
  const ada = stage.enters("ada");
  ada.sends({ t: "leave", room: ada.last("joined").room });
  ada.news();
  stage.passes(500);
  assert.deepEqual(ada.news(), []);
});

test("R5.26 the room's settings, pins and totals are in the view and the frames beside it", () => {
  const stage = aStage({ settings: { title: "Finals", slowMs: 0 } });
  const [pin] = stage.hears("pin me");
  assert.ok(pin !== undefined);
  stage.does({ do: "pin", id: pin });
  const ada = stage.enters("ada");
  const view = ada.last("view");
  assert.deepEqual([view.settings.title, view.pins.map(({ text }) => text)], ["Finals", ["pin me"]]);
  assert.equal(ada.last("tally").viewers, 0);
  stage.passes(limits.leaseMs / 3 + limits.tallyEveryMs);
  assert.equal(ada.last("tally").viewers, 1);
});

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`);
}
