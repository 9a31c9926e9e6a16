import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom } from "./cast.fixture.ts";
import { timeIn } from "./clock.ts";
import { viewersIn } from "./tallies.ts";

const day = 86_400_000;

test("R2.6 while the wall clock is behind the room, the room goes on at half speed and never back, until both agree", () => {
  const { state, now } = aRoom();
  const at = (ms: number): number => timeIn(state, time(now + ms)) - now;
  assert.deepEqual([at(day), at(0), at(1), at(2), at(1_000)], [day, day, day, day + 1, day + 500]);
  assert.deepEqual([at(500), at(1_200), at(2 * day)], [day + 500, day + 600, 2 * day]);
});

test("R2.6 pauses, sanctions and leases end though the clock was a day ahead and has been set right", () => {
  const room = aRoom();
  const [ada, eve, moderator] = [room.viewer("ada"), room.viewer("eve"), room.moderator("mod")];
  room.waits(day);
  moderator.mutes(eve, { seconds: 60 });
  room.takes({ i: "lease", gateway: "g", viewers: 3 });
  room.waits(-day);
  for (let i = 0; i < limits.paceMessages; i++) assert.equal(ada.says(`${i}`).refused, null);
  assert.equal(ada.says("too fast").refused, "pace");
  assert.equal(eve.says("muted").refused, "muted");
  room.waits(2 * limits.paceMs);
  assert.equal(ada.says("slowly").refused, null);
  room.waits(120_000);
  assert.equal(eve.says("again").refused, null);
  assert.equal(viewersIn(room.state, timeIn(room.state, room.now)), 0);
});
