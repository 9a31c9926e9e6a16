import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { isConnectivityCheck } from "./connectivity-check.ts";
import { createPeerDoor, type PeerDoor } from "./peer-door.ts";
import { aCheck } from "./stun.fixture.ts";

const ours = { ufrag: "1f2e", pwd: "0123456789abcdef012345" };
const before = { ufrag: "9a8b", pwd: "fedcba9876543210fedcba" };
const host = "198.51.100.7";
const rtp = Buffer.from([0x80, 108, 0, 1]);

function aDoor(): { door: PeerDoor; heard(): number; reached: readonly string[] } {
  let count = 0;
  const reached: string[] = [];
  const door = createPeerDoor({
    credentials: () => [ours, before],
    heard: () => void count++,
    reached: (limit) => void reached.push(limit),
  });
  return { door, heard: () => count, reached };
}

test("V8.9 a check under the session's password is believed, one of before a restart too, and its bytes after a change are not", () => {
  for (const known of [ours, before]) assert.ok(isConnectivityCheck(aCheck(known), [ours, before]));
  const valid = aCheck(ours);
  /* What comes after the signature, a fingerprint as a rule, is not covered by it. */
  for (let at = 0; at < valid.length; at++) {
    const changed = Buffer.from(valid);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.ok(!isConnectivityCheck(changed, [ours]), `byte ${at}`);
    assert.ok(!isConnectivityCheck(valid.subarray(0, at), [ours]), `${at} bytes`);
  }
  assert.ok(!isConnectivityCheck(aCheck({ ...ours, pwd: before.pwd }), [ours, before]));
  assert.ok(!isConnectivityCheck(aCheck({ ...ours, ufrag: "1f2" }), [ours, before]));
});

test("V8.9 a check is signed as RFC 8489 has it, with the length up to the signature", () => {
  const check = aCheck(ours);
  const signed = Buffer.from(check.subarray(0, -24));
  signed.writeUInt16BE(check.length - 20, 2);
  assert.deepEqual(check.subarray(-20), createHmac("sha1", ours.pwd).update(signed).digest());
});

test("V8.9 nothing is let in from where no check came, and nobody is thought to be there for it", () => {
  const { door, heard } = aDoor();
  for (const bytes of [rtp, Buffer.from([22, 254, 253]), Buffer.from([0, 1]), Buffer.alloc(0)])
    assert.ok(!door.letsIn(bytes, host, 5));
  assert.equal(heard(), 0);
  assert.ok(door.letsIn(aCheck(ours), host, 5));
  assert.ok(door.letsIn(rtp, host, 5));
  assert.ok(!door.letsIn(rtp, host, 6));
  assert.equal(heard(), 2);
});

test("V8.9 of the places from which checks came those heard last are believed", () => {
  const { door } = aDoor();
  for (let port = 0; port <= limits.mediaCandidatesMax; port++) door.letsIn(aCheck(ours), host, port);
  assert.ok(!door.letsIn(rtp, host, 0));
  assert.ok(door.letsIn(rtp, host, limits.mediaCandidatesMax));
});

test("V8.9 of DTLS a peer may send what a handshake takes and no more, which is counted once, and of media as much as it likes", () => {
  const { door, reached } = aDoor();
  door.letsIn(aCheck(ours), host, 5);
  const piece = Buffer.alloc(1_024, 22);
  let taken = 0;
  for (let count = 0; count < 1_000; count++) if (door.letsIn(piece, host, 5)) taken += piece.length;
  assert.equal(taken, limits.mediaHandshakeBytesMax);
  assert.deepEqual(reached, ["mediaHandshakeBytesMax"]);
  assert.ok(door.letsIn(rtp, host, 5));
  assert.ok(door.letsIn(aCheck(ours), host, 5));
});
