import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { isEntry } from "@chorus/protocol/parse.ts";
import { skeletonOf } from "../skeleton.ts";
import { aRoom } from "./cast.fixture.ts";

test("C3.11 guests without a name are numbered at their first word, and stay who they are", () => {
  const room = aRoom();
  const [first, second] = [room.guest("g1"), room.guest("g2")];
  assert.equal(nameIn(first.says("hi")), "Viewer 1");
  assert.equal(nameIn(second.says("hi")), "Viewer 2");
  room.restarts();
  room.waits(60_000);
  assert.equal(nameIn(first.says("hi again")), "Viewer 1");
  assert.equal(nameIn(room.guest("g3").says("hi")), "Viewer 3");
});

test("C3.12 a guest who wishes to be called like a numbered guest is numbered", () => {
  const room = aRoom();
  const names = ["Viewer 5", "viewer５", "Vіewer 5", "VIEWER #5", "Viewer Bob", "Viewers United 2024"];
  assert.deepEqual(
    names.map((name, i) => nameIn(room.guest(`g${i}`, name).says("hi"))),
    ["Viewer 1", "Viewer 2", "Viewer 3", "Viewer 4", "Viewer Bob", "Viewers United 2024"],
  );
});

test("C3.13 nobody may speak under a name that looks like that of staff", () => {
  const room = aRoom();
  const moderator = room.person("mod", "moderator", { name: "Ada" });
  meets(room, moderator, "moderator");
  for (const name of ["Ada", "АDA", "Ad\u0301a."]) {
    assert.equal(room.person("eve", "viewer", { name }).says("hi").refused, "name-like-staff");
    assert.equal(room.guest("g1", name).says("hi").refused, "name-like-staff");
  }
  assert.equal(moderator.says("hi").refused, null);
});

test("C3.14 a name is free again when no staff bear it any more", () => {
  const room = aRoom();
  const eve = room.person("eve", "viewer", { name: "Ada" });
  const [one, two] = ["m1", "m2"].map((id) => room.person(id, "moderator", { name: "Ada" }));
  assert.ok(one !== undefined && two !== undefined);
  meets(room, one, "moderator");
  meets(room, two, "moderator");
  meets(room, room.person("m2", "moderator", { name: "Bea" }), "moderator");
  assert.equal(eve.says("hi").refused, "name-like-staff");
  room.restarts();
  assert.equal(eve.says("hi").refused, "name-like-staff");
  meets(room, room.person("m1", "moderator", { name: "Cid" }), "moderator");
  assert.equal(eve.says("hi").refused, null);
});

test("C3.15 somebody without a name is shown by their id, and held to the same rules", () => {
  const room = aRoom();
  const moderator = room.person("mod", "moderator", { name: "Ada" });
  meets(room, moderator, "moderator");
  assert.equal(room.person("ada", "viewer", { name: null }).says("hi").refused, "name-like-staff");
  assert.equal(nameIn(room.person("x".repeat(128), "viewer", { name: null }).says("hi")), "x".repeat(40));

  const nameless = room.person("y".repeat(128), "moderator", { name: null });
  const { staff } = nameless.mutes(room.viewer("bob"));
  assert.ok(staff.every(isEntry), "the entry is of the documented shape");
  assert.equal(room.person("z", "viewer", { name: "y".repeat(40) }).says("hi").refused, "name-like-staff");
});

test("C3.16 a room knows the names of at most 1,000 staff, the latest ones", () => {
  const room = aRoom();
  for (let i = 0; i <= limits.staffNamesMax; i++) {
    room.takes({
      i: "staff",
      person: personId(`m${i}`),
      role: "moderator",
      skeleton: skeletonOf(`name ${i}`),
    });
  }
  assert.equal(room.state.staff.size, limits.staffNamesMax);
  assert.equal(room.state.staffNames.size, limits.staffNamesMax);
  assert.equal(room.person("x", "viewer", { name: "name 0" }).says("hi").refused, null);
  assert.equal(room.person("y", "viewer", { name: "name 1" }).says("hi").refused, "name-like-staff");
});

function meets(
  room: ReturnType<typeof aRoom>,
  { actor }: ReturnType<ReturnType<typeof aRoom>["person"]>,
  role: "moderator",
): void {
  room.takes({ i: "staff", person: actor.id, role, skeleton: actor.skeleton });
}

function nameIn({ public: [body] }: { public: EntryBody[] }): string | null {
  return body?.k === "message" ? body.name : null;
}
