import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultRoomSettings, type RoomSettings } from "@chorus/protocol/room-settings.ts";
import { permissionIn, type RoomFacts } from "./permission.ts";

function aRoom(settings: Partial<RoomSettings> = {}, facts: Partial<RoomFacts> = {}): RoomFacts {
  const grants = ["read", "say", "react"] as const;
  return {
    state: "live",
    role: "guest",
    grants,
    settings: { ...defaultRoomSettings, ...settings },
    ...facts,
  };
}

const staff = { role: "moderator", grants: ["read", "say", "react", "moderate"] } as const;

test("X4.7 where only staff may write, staff may and everybody else reads why not", () => {
  const closed: Partial<RoomSettings>[] = [{ mode: "read-only" }, { state: "scheduled" }, { state: "ended" }];
  for (const settings of closed) {
    const permission = permissionIn(aRoom(settings), null);
    assert.ok(!permission.may && permission.why.length > 0);
    assert.ok(permissionIn(aRoom(settings, staff), null).may);
  }
  assert.ok(!permissionIn(aRoom({ state: "archived" }, staff), null).may);
});

test("X4.7 without the grant, outside of the room, and while muted one may not write", () => {
  assert.ok(!permissionIn(aRoom({}, { grants: ["read"] }), null).may);
  assert.ok(!permissionIn(aRoom({}, { state: "refused" }), null).may);
  assert.deepEqual(permissionIn(aRoom(), "A moderator muted you here."), {
    may: false,
    why: "A moderator muted you here.",
  });
});

test("X4.7 what slows one down is said before", () => {
  assert.deepEqual(permissionIn(aRoom(), null), { may: true, hint: null });
  assert.deepEqual(permissionIn(aRoom({ slowMs: 9_500, mode: "moderated" }), null), {
    may: true,
    hint: "A moderator reads every message first. Slow mode: one message every 10 s.",
  });
  assert.deepEqual(permissionIn(aRoom({ slowMs: 9_500 }, staff), null), { may: true, hint: null });
});

test("X4.4 one may write before the room has answered", () => {
  assert.ok(permissionIn(aRoom({}, { state: "joining", role: null, grants: [], settings: null }), null).may);
});
