import assert from "node:assert/strict";
import { test } from "node:test";
import { roomLeft } from "./room-left.ts";

test("X1.312 while somebody writes, a keyboard leaves the chat its room before the picture, and nothing else does", () => {
  assert.equal(roomLeft(false, 360, 844), "all");
  assert.equal(roomLeft(true, 844, 844), "all");
  assert.equal(roomLeft(true, 780, 844), "all", "a bar of the browser is no keyboard");
  assert.equal(roomLeft(true, 520, 844), "small-video");
  assert.equal(roomLeft(true, 420, 844), "chat");
  assert.equal(roomLeft(true, 420, 420), "chat");
});
