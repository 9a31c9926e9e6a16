import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { demo } from "./client.fixture.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import { noteTaps } from "./heat.ts";

const tapping = JSON.stringify({ t: "react", room: demo, key: "session-1:0", taps: { "❤️": 1 } });

/** So many frames of taps a second come from people elsewhere in the room. */
function isTapped(stage: Stage, framesPerSecond: number, ms: number): void {
  const feed = stage.gateway.feeds.get(demo);
  assert.ok(feed !== undefined);
  for (let at = 0; at < ms; at += limits.heatEveryMs) {
    for (let i = 0; i < (framesPerSecond * limits.heatEveryMs) / 1_000; i++) noteTaps(stage.gateway, feed);
    stage.keeper.accept(demo, { i: "taps", taps: { "❤️": 1 } });
    stage.passes(limits.heatEveryMs);
  }
}

test("D1.76 how long to gather taps is told with the totals, also to who comes later, and no more when few tap", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  assert.equal(ada.last("tally").gatherMs, undefined);
  isTapped(stage, 20_000, 3_000);
  assert.equal(ada.last("tally").gatherMs, limits.gatherMsMax);
  assert.equal(stage.enters("late").last("tally").gatherMs, limits.gatherMsMax);
  isTapped(stage, 4, 4 * limits.gatherLeaveMs);
  assert.equal(ada.last("tally").gatherMs, undefined);
});

test("C8.52 who sends taps four times a second is heard however long they tap, and who sends more is refused", () => {
  const stage = aStage();
  const [ada, eve] = [stage.enters("ada"), stage.enters("eve")];
  const counted = (): number => {
    stage.passes(3 * limits.tallyEveryMs);
    return ada.last("tally").reactions["❤️"] ?? 0;
  };
  for (let i = 0; i < 120; i++) {
    ada.sends(tapping);
    stage.passes(1_000 / limits.tapFramesPerSecond);
  }
  assert.deepEqual([counted(), ada.all("refused")], [120, []]);
  for (let i = 0; i < limits.tapFramesBurst + 3; i++) eve.sends(tapping);
  assert.deepEqual(
    eve.all("refused").map(({ reason }) => reason),
    ["rate", "rate", "rate"],
  );
  assert.equal(counted(), 120 + limits.tapFramesBurst);
  assert.ok(stage.noted.includes("limit tapFramesPerSecond"));
});
