import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { key, roomId } from "@chorus/protocol/ids.ts";
import { aStage } from "./stage.fixture.ts";

test("D1.72 who is hidden hears totals and what is for them alone, and has everything when they look again", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  stage.hears("before");
  const { epoch } = ada.last("joined");
  const at = ada.position();
  ada.sends({ t: "join", room: roomId("demo"), epoch, seq: at, hidden: true } as never);
  assert.equal(ada.last("joined").how, "resumed");
  ada.news();
  const [bad] = stage.hears("one", "two");
  stage.does({ do: "retract", id: bad as never, why: "spam" });
  stage.does({ do: "timeout", person: "ada" as never, seconds: 60, purge: false, why: "spam" });
  stage.keeper.accept(roomId("demo"), { i: "taps", taps: { "👏": 1 } });
  stage.passes(limits.windowMsMax);
  const told = ada.news().filter(({ t }) => t !== "beat");
  assert.deepEqual(
    told.map(({ t }) => t),
    ["person", "tally"],
  );
  assert.equal(told[1]?.t === "tally" && told[1].seq, at + 3);
  stage.passes(2 * limits.stalledCloseMs);
  assert.equal(ada.closed, null);
  ada.joins({ epoch, seq: at });
  assert.deepEqual([ada.last("entries").from, ada.last("entries").to], [at + 1, at + 3]);
  assert.deepEqual(ada.shows(), ["before", "two"]);
});

test("D1.72 who is hidden may talk, and who enters hidden without a position gets a view like everybody", () => {
  const stage = aStage();
  const ada = stage.connects("ada");
  ada.sends({ t: "join", room: roomId("demo"), hidden: true } as never);
  assert.equal(ada.all("view").length, 1);
  ada.sends({ t: "say", room: roomId("demo"), key: key("session-x:1"), text: "from the back" });
  assert.equal(ada.all("ack").length, 1);
  stage.passes(limits.windowMsMax);
  assert.equal(ada.all("entries").length, 0);
});
