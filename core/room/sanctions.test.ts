import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom } from "./cast.fixture.ts";
import { canImpose, createSanctions, impose } from "./sanctions.ts";

test("M4.7 a mute silences until its end; the author learns why, and not by whom", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const muted = moderator.mutes(ada, { seconds: 60 });
  const until = room.now + 60_000;
  assert.deepEqual(muted.public, []);
  assert.deepEqual(muted.personal, [
    {
      person: ada.id,
      body: { k: "notice", id: `${muted.id}-1`, time: room.now, what: "muted", until, why: "spam" },
    },
  ]);
  assert.deepEqual(muted.staff, [
    {
      k: "sanction",
      id: muted.id,
      time: room.now,
      what: "mute",
      person: ada.id,
      until,
      why: "spam",
      by: moderator.id,
      name: "Mod",
    },
  ]);
  room.waits(59_000);
  const refused = ada.says("hi");
  assert.deepEqual([refused.refused, refused.retryMs], ["muted", 1_000]);
  room.waits(1_000);
  assert.equal(ada.says("hi").refused, null);
});

test("M4.8 without an end a sanction lasts until it is lifted, over restarts too", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  moderator.mutes(ada);
  room.waits(400 * 86_400_000);
  room.restarts();
  assert.equal(ada.says("hi").refused, "muted");
  const lifted = moderator.lifts(ada, "mute");
  assert.deepEqual([lifted.staff[0]?.k, lifted.personal[0]?.body.k], ["lifted", "notice"]);
  assert.equal(ada.says("hi").refused, null);
  assert.equal(moderator.lifts(ada, "mute").refused, "unchanged");
  assert.equal(room.state.sanctions.size, 0);
});

test("M4.9 a timeout is a mute with an end", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  moderator.timesOut(ada, 10);
  assert.equal(ada.says("hi").refused, "muted");
  moderator.lifts(ada, "timeout");
  assert.equal(ada.says("hi").refused, null);
});

test("M4.10 who is banned may say nothing, and gateways learn whom to cut off", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  moderator.bans(ada, { seconds: 60 });
  assert.equal(ada.says("hi").refused, "banned");
  assert.deepEqual(room.sees().bans, [[ada.id, room.now + 60_000]]);
  room.waits(60_000);
  assert.deepEqual(room.sees().bans, []);
  assert.equal(ada.says("hi").refused, null);
});

test("M4.11 a purge takes away what the person said, pins of any age included, in one entry", () => {
  const room = aRoom();
  const [ada, bob, moderator] = [room.viewer("ada"), room.viewer("bob"), room.moderator("mod")];
  const pinned = ada.says("pinned");
  moderator.pins(pinned.id);
  for (let i = 0; i < limits.messagesRemembered; i++) moderator.says(`${i}`);
  const [one, , two] = [ada.says("one"), bob.says("hi"), ada.says("two")];
  const { public: entries, draft } = moderator.bans(ada, { purge: true });
  const [removed] = entries;
  assert.equal(entries.length, 1);
  assert.deepEqual(removed?.k === "removed" && new Set(removed.of), new Set([pinned.id, one.id, two.id]));
  assert.equal(draft?.overlays.length, 3);
  assert.deepEqual(room.sees().pins, []);
});

test("M4.12 a room holds 50,000 sanctions; those that ran out make place", () => {
  const sanctions = createSanctions();
  const [now, later] = [time(1_000), time(2_000)];
  for (let i = 0; i < limits.sanctionsMax; i++) impose(sanctions, personId(`p${i}`), "mute", later, now);
  const newcomer = personId("newcomer");
  assert.equal(canImpose(sanctions, newcomer, now), false);
  assert.equal(canImpose(sanctions, personId("p1"), now), true);
  assert.equal(canImpose(sanctions, newcomer, later), true);
  impose(sanctions, newcomer, "ban", null, later);
  assert.equal(sanctions.size, 1);
});
