import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Broadcast } from "./broadcast.ts";
import { nameOf, newStreamKey, rotated } from "./keys.ts";
import { type MediaStore, openMediaStore, roomMediaDefaults } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-media-"));
after(() => rmSync(folder, { recursive: true }));
const lounge = roomId("lounge");
let files = 0;

test("V4.11 keys, settings, addresses and broadcasts are the same after the file was closed and opened", () => {
  const path = join(folder, `${++files}.sqlite`);
  const keys = rotated(rotated([], newStreamKey(), 0, time(1)), newStreamKey(), 5_000, time(2));
  const states: readonly Broadcast[] = [
    { phase: "live", id: "b1", began: time(10), publisher: "p1" },
    { phase: "interrupted", id: "b2", began: time(10), until: time(40) },
    { phase: "ended", id: "b3", began: time(10), ended: time(20), closedUntil: time(30) },
  ];
  const settings = {
    secondPublisher: "take-over",
    graceMs: 5_000,
    record: false,
    lowLatency: "known",
  } as const;
  {
    const store = openMediaStore(path);
    store.setKeys(lounge, keys);
    store.setSettings(lounge, settings);
    store.setSrtAddress(lounge, { port: 9_000, passphrase: "correct horse" });
    for (const [index, broadcast] of states.entries())
      store.keepBroadcast({ room: roomId(`room-${index}`), broadcast, seen: time(11) });
    store.close();
  }
  const store = openMediaStore(path);
  assert.deepEqual(
    store.keys(lounge).map((key) => [nameOf(key), key.made, key.until]),
    keys.map((key) => [nameOf(key), key.made, key.until]),
  );
  assert.deepEqual(store.settings(lounge), settings);
  assert.deepEqual(store.srtAddresses(), [{ room: "lounge", port: 9_000, passphrase: "correct horse" }]);
  assert.deepEqual(
    store.broadcasts().map(({ broadcast }) => broadcast),
    states,
  );
  store.close();
});

test("V4.11 a room that nobody has set has the defaults, and a grace keeps to its bounds", () => {
  const store = aStore();
  assert.deepEqual(store.settings(lounge), roomMediaDefaults);
  store.setSettings(lounge, { ...roomMediaDefaults, graceMs: 1e12 });
  assert.equal(store.settings(lounge).graceMs, limits.mediaGraceMsMax);
  store.setSrtAddress(lounge, { port: 1, passphrase: "x" });
  store.setSrtAddress(lounge, null);
  assert.deepEqual(store.srtAddresses(), []);
  store.close();
});

test("V4.11 of a room's broadcasts the newest are kept, in order, and the last one is the room's", () => {
  const store = aStore();
  for (let i = 0; i < limits.mediaBroadcastsKept + 10; i++) {
    const broadcast: Broadcast = { phase: "live", id: `b${i}`, began: time(i), publisher: "p" };
    store.keepBroadcast({ room: lounge, broadcast, seen: time(i) });
    const over: Broadcast = {
      phase: "ended",
      id: `b${i}`,
      began: time(i),
      ended: time(i),
      closedUntil: time(i),
    };
    store.keepBroadcast({ room: lounge, broadcast: over, seen: time(i) });
  }
  const kept = store.broadcastsOf(lounge);
  assert.equal(kept.length, limits.mediaBroadcastsKept);
  assert.equal(store.broadcasts().length, 1);
  assert.deepEqual(kept[0], store.broadcasts()[0]);
  assert.deepEqual(kept[0], store.lastOf(lounge));
  store.close();
});

test("V4.11 a file of a later version is left alone with a sentence", () => {
  const path = join(folder, `${++files}.sqlite`);
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 9");
  db.close();
  const before = statSync(path).size;
  assert.throws(() => openMediaStore(path), /later version of Chorus \(format 9.*move the file away\.$/);
  assert.equal(statSync(path).size >= before, true);
});

function aStore(): MediaStore {
  return openMediaStore(join(folder, `${++files}.sqlite`));
}
