import assert from "node:assert/strict";
import { test } from "node:test";
import { takeSnapshot } from "@chorus/core/room/snapshot.ts";
import { createRoomState } from "@chorus/core/room/state.ts";
import { epoch, personId, roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { snapshotParts } from "./room-host.ts";

test("R3.16 a large room's snapshot comes in parts, which are what the room was when the first was asked for", () => {
  const room = createRoomState(roomId("demo"), epoch("born"));
  for (let i = 0; i < 50_000; i++)
    room.people.set(personId(`person-${i}`), { times: [time(i)], text: "hello ".repeat(5) });
  const whole = JSON.stringify(takeSnapshot(room));
  const parts = snapshotParts(room);
  const first = parts.next().value;
  assert.ok(first !== undefined);
  room.people.clear();
  const all = [first, ...parts];
  assert.ok(all.length > 3 && all.every(({ length }) => length < limits.snapshotPartBytes + 1_000));
  assert.deepEqual(JSON.parse(Buffer.concat(all).toString()), JSON.parse(whole));
});
