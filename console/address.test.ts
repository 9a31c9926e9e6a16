import assert from "node:assert/strict";
import { test } from "node:test";
import { isRoomName, readAddress } from "./address.ts";

test("X4.1 the room is in the query, and demo where none is named", () => {
  assert.equal(readAddress("https://live.example/?room=late-show").room, "late-show");
  assert.equal(readAddress("https://live.example/").room, "demo");
  assert.equal(readAddress("https://live.example/?room=").room, "demo");
});

test("X4.1 what is not the name of a room is not asked for", () => {
  for (const name of ["demo", "a", "0", "a.b_c-d", "a".repeat(64)]) assert.ok(isRoomName(name), name);
  for (const name of ["", "Demo", "a b", "-a", "../a", "a".repeat(65), "dëmo"])
    assert.ok(!isRoomName(name), name);
});

test("X4.2 the token is taken from the fragment and nowhere else, and the rest of the address stays", () => {
  const address = readAddress("https://live.example/?room=a&x=1#token=abc.def&y=2");
  assert.deepEqual(address, { room: "a", token: "abc.def", clean: "https://live.example/?room=a&x=1#y=2" });
  assert.equal(readAddress("https://live.example/?token=abc").token, null);
  assert.equal(readAddress("https://live.example/#token=").token, null);
  assert.equal(readAddress("https://live.example/#token=abc").clean, "https://live.example/");
});
