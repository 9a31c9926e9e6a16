import assert from "node:assert/strict";
import { test } from "node:test";
import { aRoom } from "./cast.fixture.ts";

test("M8.1 only who has the grant moderates", () => {
  const room = aRoom();
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  const said = bob.says("hi");
  const acts = [ada.removes(said.id), ada.bans(bob), ada.sets({ mode: "read-only" }), ada.pins(said.id)];
  assert.deepEqual(
    acts.map(({ refused, draft }) => [refused, draft]),
    acts.map(() => ["forbidden", null]),
  );
});

test("M8.2 moderators cannot act against staff, a host can against all but hosts, nobody against themselves", () => {
  const room = aRoom();
  const [one, two, host, other] = [
    room.moderator("m1"),
    room.moderator("m2"),
    room.host("h1"),
    room.host("h2"),
  ];
  for (const person of [one, two, host, other]) room.takes(meeting(person.actor.id, person.actor.role));
  assert.equal(one.mutes(two).refused, "outranked");
  assert.equal(one.bans(host).refused, "outranked");
  assert.equal(one.removes(host.says("hi").id).refused, "outranked");
  assert.equal(host.bans(other).refused, "outranked");
  assert.equal(host.bans(host).refused, "outranked");
  assert.equal(host.mutes(two).refused, null);
  assert.equal(two.removes(two.says("oops").id).refused, "unknown", "a muted moderator has said nothing");
  assert.equal(one.removes(one.says("oops").id).refused, null);
});

test("M8.3 a rank follows the grants, whatever the role is called", () => {
  const room = aRoom();
  const boss = room.person("boss", "participant", { grants: ["say", "host"] });
  const aide = room.person("aide", "viewer", { grants: ["say", "moderate"] });
  const host = room.host("host");
  for (const person of [boss, aide]) person.sets({ mode: "open" });
  assert.equal(host.bans(boss).refused, "outranked");
  assert.equal(room.moderator("mod").bans(aide).refused, "outranked");
  assert.equal(host.bans(aide).refused, null);
});

test("M8.4 who is no longer staff is treated like everybody", () => {
  const room = aRoom();
  const former = room.moderator("ada");
  former.sets({ mode: "open" });
  const moderator = room.moderator("mod");
  assert.equal(moderator.mutes(former).refused, "outranked");
  room.viewer("ada").says("hi");
  room.restarts();
  assert.equal(moderator.mutes(former).refused, null);
});

test("M8.5 no sanction binds a host, also one from before the room knew them", () => {
  const room = aRoom();
  const [host, rogue] = [room.host("host"), room.moderator("rogue")];
  for (const outcome of [rogue.bans(host), rogue.mutes(host), rogue.shadows(host)])
    assert.equal(outcome.refused, null);
  assert.equal(host.says("I am here").public.length, 1);
  assert.equal(host.bans(rogue).refused, null);
  assert.equal(rogue.lifts(rogue, "ban").refused, "banned");
});

test("M8.6 moderators set mode and slow mode; what a room is, only the host", () => {
  const room = aRoom();
  const [moderator, host] = [room.moderator("mod"), room.host("host")];
  const changed = moderator.sets({ mode: "moderated", slowMs: 5_000 });
  assert.deepEqual(changed.public, [
    { k: "settings", id: `${changed.id}-1`, time: room.now, settings: { ...room.state.settings } },
  ]);
  assert.deepEqual([room.sees().settings.mode, room.sees().settings.slowMs], ["moderated", 5_000]);
  assert.equal(moderator.sets({ slowMs: 0, title: "Mine" }).refused, "forbidden");
  assert.equal(host.sets({ title: "Tonight", guests: true }).refused, null);
  assert.equal(room.sees().settings.title, "Tonight");
});

test("M8.7 timeouts are kept from short to long, and of two emotes of one name the last counts", () => {
  const room = aRoom();
  const host = room.host("host");
  host.sets({
    timeouts: [3_600, 30, 600],
    emotes: [emote("wave", "1.webp"), emote("hi", "2.webp"), emote("wave", "3.webp")],
  });
  const { timeouts, emotes } = room.sees().settings;
  assert.deepEqual(timeouts, [30, 600, 3_600]);
  assert.deepEqual(emotes, [emote("hi", "2.webp"), emote("wave", "3.webp")]);
});

function emote(name: string, file: string) {
  return { name, url: `https://cdn.example/${file}` };
}

function meeting(
  person: ReturnType<ReturnType<typeof aRoom>["host"]>["id"],
  role: "host" | "moderator" | string,
) {
  return { i: "staff", person, role: role === "host" ? "host" : "moderator", skeleton: "" } as const;
}
