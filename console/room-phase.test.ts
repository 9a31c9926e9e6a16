import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultRoomSettings } from "@chorus/protocol/default-room-settings.ts";
import { type RoomFacts, summaryOf } from "./room-phase.ts";

const tally = { viewers: 7, reactions: {} } as unknown as NonNullable<RoomFacts["tally"]>;
const settings = { ...defaultRoomSettings, title: "Finals" };

test("X1.310 a room's page says the room's title and phase as they were last heard, and counts only while it hears", () => {
  const heard = summaryOf("demo", { state: "live", settings, tally, reason: null });
  assert.deepEqual(heard, { title: "Finals", phase: "live", current: true, viewers: 7 });
  const ended = summaryOf("demo", {
    state: "paused",
    settings: { ...settings, state: "ended" },
    tally,
    reason: null,
  });
  assert.deepEqual(ended, { title: "Finals", phase: "ended", current: true, viewers: 7 });
  const lost = summaryOf("demo", { state: "joining", settings, tally, reason: null });
  assert.deepEqual(lost, { title: "Finals", phase: "live", current: false, viewers: 0 });
  const untitled = summaryOf("demo", {
    state: "live",
    settings: defaultRoomSettings,
    tally: null,
    reason: null,
  });
  assert.deepEqual(untitled, { title: "demo", phase: "live", current: true, viewers: 0 });
});

test("X1.311 a room that was not heard of yet is being connected to; one that is not there is told from one that is closed to somebody", () => {
  const nothing = { settings: null, tally: null, reason: null } as const;
  assert.equal(summaryOf("demo", { ...nothing, state: "joining" }).phase, "connecting");
  assert.equal(summaryOf("demo", { ...nothing, state: "refused", reason: "no-such-room" }).phase, "none");
  assert.equal(summaryOf("demo", { ...nothing, state: "refused", reason: "banned" }).phase, "refused");
});
