import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom } from "./cast.fixture.ts";
import { nextTally, viewersIn } from "./tallies.ts";

test("I1.1 taps add up, for the reactions of the room only", () => {
  const room = aRoom({ emoji: ["🔥", "👏"] });
  const { draft, answers } = room.takes(
    { i: "taps", taps: { "🔥": 3, "💩": 5 } },
    { i: "taps", taps: { "🔥": 2 } },
  );
  assert.deepEqual([draft, answers], [null, []]);
  assert.deepEqual(nextTally(room.state, room.now).reactions, { "🔥": 5 });
});

test("I1.2 kept totals survive a restart", () => {
  const room = aRoom();
  room.takes({ i: "taps", taps: { "🔥": 3 } });
  assert.equal(room.takes({ i: "keep-tally" }).draft?.entries.length, 0);
  assert.equal(room.takes({ i: "keep-tally" }).draft, null, "nothing new to keep");
  room.takes({ i: "taps", taps: { "🔥": 4 } });
  room.restarts();
  assert.deepEqual(nextTally(room.state, room.now).reactions, { "🔥": 3 });
});

test("I1.3 versions of a tally rise, within a millisecond and over restarts", () => {
  const room = aRoom();
  const versions = [nextTally(room.state, room.now).v, nextTally(room.state, room.now).v];
  room.waits(1_000);
  room.restarts();
  versions.push(nextTally(room.state, room.now).v);
  assert.ok(versions.every((version, i) => i === 0 || version > Number(versions[i - 1])));
});

test("I1.4 an archived room counts nothing any more", () => {
  const room = aRoom({ state: "archived" });
  room.takes({ i: "taps", taps: { "🔥": 3 } });
  assert.equal(room.takes({ i: "keep-tally" }).draft, null);
  assert.deepEqual(nextTally(room.state, room.now).reactions, {});
});

test("I1.5 however often its reactions change, a room keeps sixteen totals, those it has now among them", () => {
  const room = aRoom();
  const host = room.host("host");
  for (let i = 0; i < 5; i++) {
    const emoji = Array.from({ length: limits.emojiPerRoomMax }, (_, j) => `e${i}-${j}`);
    host.sets({ emoji });
    room.takes({ i: "taps", taps: Object.fromEntries(emoji.map((name) => [name, 1])) });
  }
  const { reactions } = nextTally(room.state, room.now);
  assert.equal(Object.keys(reactions).length, limits.emojiPerRoomMax);
  assert.ok(Object.keys(reactions).every((name) => name.startsWith("e4-")));
});

test("I8.1 viewers are the sum of what gateways last said", () => {
  const room = aRoom();
  room.takes({ i: "lease", gateway: "a", viewers: 10 }, { i: "lease", gateway: "b", viewers: 5 });
  room.takes({ i: "lease", gateway: "a", viewers: 12 });
  assert.equal(nextTally(room.state, room.now).viewers, 17);
});

test("I8.2 a gateway that is silent for 15 seconds counts no more and is forgotten", () => {
  const room = aRoom();
  room.takes({ i: "lease", gateway: "a", viewers: 10 });
  room.waits(limits.leaseMs - 1);
  assert.equal(viewersIn(room.state, room.now), 10);
  room.waits(1);
  room.takes({ i: "lease", gateway: "b", viewers: 1 });
  assert.deepEqual([...room.state.leases.keys()], ["b"]);
  assert.equal(viewersIn(room.state, room.now), 1);
});
