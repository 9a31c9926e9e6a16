import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type VirtualTime, virtualTime } from "../../gateway/virtual-time.fixture.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { stoppedByHost, takenOver } from "./broadcast.ts";
import { type Admission, type Caller, createPublishers, refusals, rotatedAway } from "./publishers.ts";
import { openMediaStore, roomMediaDefaults } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "chorus-publishers-"));
after(() => rmSync(folder, { recursive: true }));
const lounge = roomId("lounge");
const tracks: Tracks = { video: null, audio: null };
const sample: Sample = {
  track: "audio",
  dts: 0,
  pts: 0,
  duration: 1,
  key: true,
  data: new Uint8Array([1]),
};
let files = 0;

test("V4.9 a wrong key is refused with a sentence, and too many of them shut their address out for a while", () => {
  const house = aHouse();
  assert.deepEqual(refusal(house.calls("wrong")), ["key", refusals.noKey]);
  const key = house.publishers.rotateKey(lounge, 0);
  for (let i = 1; i < limits.mediaKeyTriesBurst; i++)
    assert.deepEqual(refusal(house.calls("wrong")), ["key", refusals.key]);
  assert.deepEqual(refusal(house.calls("wrong")), ["key", refusals.key]);
  assert.deepEqual(refusal(house.calls(key)), ["pace", refusals.pace], "the right one tells nothing either");
  assert.ok(house.calls(key, { address: "192.0.2.8" }).ok, "others are not shut out");
  house.publishers.stop(lounge);
  house.time.passes(60_000);
  assert.ok(house.calls(key).ok);
  assert.deepEqual(house.reached, ["mediaKeyTriesBurst"]);
});

test("V4.1 an encoder that comes back goes on in the same broadcast and the same sink, with another beginning", () => {
  const house = aHouse();
  const key = house.publishers.rotateKey(lounge, 0);
  const first = accepted(house.calls(key));
  first.sink.begin(tracks, time(1));
  first.sink.sample(sample);
  first.ended();
  assert.equal(house.publishers.broadcastOf(lounge).phase, "interrupted");
  first.sink.sample(sample);
  house.time.passes(10_000);
  const second = accepted(house.calls(key));
  assert.equal(second.broadcast, first.broadcast);
  assert.equal(second.continues, true);
  second.sink.begin(tracks, time(2));
  second.sink.sample(sample);
  first.ended();
  assert.equal(house.publishers.broadcastOf(lounge).phase, "live");
  assert.deepEqual(house.heard, ["open 1", "begin", "sample", "end", "begin", "sample"]);
  second.ended();
  house.time.passes(30_000);
  assert.equal(house.publishers.broadcastOf(lounge).phase, "ended");
  assert.deepEqual(house.heard.slice(6), ["end", "finish 1"]);
});

test("V4.3 a second encoder that takes over ends the first, whose samples are lost from then on", () => {
  const house = aHouse();
  const key = house.publishers.rotateKey(lounge, 0);
  const first = accepted(house.calls(key, { who: "first" }));
  first.sink.begin(tracks, time(1));
  assert.equal(refusal(house.calls(key))[0], "room");
  house.publishers.setSettings(lounge, { ...roomMediaDefaults, secondPublisher: "take-over" });
  const second = accepted(house.calls(key, { who: "second", kind: "whip" }));
  assert.deepEqual(house.dismissed, []);
  house.time.settles();
  assert.deepEqual(house.dismissed, [`first: ${takenOver}`]);
  second.sink.begin(tracks, time(2));
  first.sink.sample(sample);
  first.sink.end();
  assert.deepEqual(house.heard, ["open 1", "begin", "end", "begin"]);
  assert.equal(house.publishers.liveKind(lounge), "whip");
});

test("V4.4 the host's stop dismisses the encoder, finishes the broadcast and holds the next one off", () => {
  const house = aHouse();
  assert.equal(house.publishers.stop(lounge), false);
  const key = house.publishers.rotateKey(lounge, 0);
  const first = accepted(house.calls(key, { who: "first" }));
  first.sink.begin(tracks, time(1));
  assert.equal(house.publishers.stop(lounge), true);
  house.time.settles();
  assert.deepEqual(house.dismissed, [`first: ${stoppedByHost}`]);
  assert.deepEqual(house.heard, ["open 1", "begin", "end", "finish 1"]);
  assert.match(refusal(house.calls(key))[1], /Start the next one in 15 s\.$/);
  house.time.passes(limits.mediaStopHoldMs);
  assert.equal(accepted(house.calls(key)).continues, false);
  assert.deepEqual(house.told, ["live", "ended", "live"]);
});

test("V4.8 rotating the key dismisses who sends with that of before, at once or after the overlap", () => {
  const house = aHouse();
  const key = house.publishers.rotateKey(lounge, 0);
  const first = accepted(house.calls(key, { who: "first" }));
  const next = house.publishers.rotateKey(lounge, 60_000);
  house.time.passes(59_999);
  assert.deepEqual(house.dismissed, []);
  house.time.passes(1);
  house.time.settles();
  assert.deepEqual(house.dismissed, [`first: ${rotatedAway}`]);
  const second = accepted(house.calls(next, { who: "second" }));
  assert.equal(second.broadcast, first.broadcast);
  house.publishers.rotateKey(lounge, 0);
  house.time.settles();
  assert.deepEqual(house.dismissed.slice(1), [`second: ${rotatedAway}`]);
  assert.equal(refusal(house.calls(next))[0], "key");
});

test("V4.5 after a restart the broadcast waits for what is left of the grace, counted from when it was last seen", () => {
  const house = aHouse();
  const key = house.publishers.rotateKey(lounge, 0);
  const before = accepted(house.calls(key));
  house.time.passes(12_000);
  const again = aHouse(house.path, house.time);
  const state = again.publishers.broadcastOf(lounge);
  assert.deepEqual(state.phase === "interrupted" && state.until, 1_000_000 + 10_000 + 30_000);
  const back = accepted(again.calls(key));
  assert.equal(back.broadcast, before.broadcast);
  assert.equal(back.continues, true);

  house.time.passes(12_000);
  const late = aHouse(house.path, house.time);
  house.time.passes(30_000);
  assert.equal(late.publishers.broadcastOf(lounge).phase, "ended");
  assert.deepEqual(late.heard, ["finish 1"]);
});

test("V4.12 an encoder that has been proven otherwise needs no key, and rotating keys leaves it alone", () => {
  const house = aHouse();
  const admission = accepted(house.calls(null, { kind: "srt", address: "" }));
  house.publishers.rotateKey(lounge, 0);
  house.time.settles();
  assert.deepEqual(house.dismissed, []);
  assert.equal(house.publishers.broadcastOf(lounge).phase, "live");
  admission.ended();
});

test("V4.12 more rooms than the server shows at once are refused, and closing ends every connection", () => {
  const house = aHouse();
  for (let i = 0; i < limits.mediaRoomsMax; i++)
    accepted(house.calls(null, { room: roomId(`room-${i}`), who: `${i}` }));
  assert.deepEqual(refusal(house.calls(null)), ["room", refusals.full]);
  assert.deepEqual(house.reached, ["mediaRoomsMax"]);
  house.publishers.close();
  house.time.settles();
  assert.equal(house.dismissed.length, limits.mediaRoomsMax);
});

function aHouse(path = join(folder, `${++files}.sqlite`), time: VirtualTime = virtualTime(1_000_000)) {
  const heard: string[] = [];
  const told: string[] = [];
  const dismissed: string[] = [];
  const reached: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (id: string): number => numbers.get(id) ?? numbers.set(id, numbers.size + 1).size;
  const publishers = createPublishers({
    store: openMediaStore(path),
    clock: time.process().clock,
    openSink(_, id) {
      heard.push(`open ${numberOf(id)}`);
      return aSink(heard);
    },
    finishSink: (_, id) => void heard.push(`finish ${numberOf(id)}`),
    told: (_, broadcast) => void told.push(broadcast.phase),
    reached: (limit) => void reached.push(limit),
    storeFailed: (sentence) => assert.fail(sentence),
  });
  function calls(key: string | null, caller: Partial<Caller> & { who?: string } = {}): Admission {
    const dismiss = (sentence: string): void => void dismissed.push(`${caller.who}: ${sentence}`);
    return publishers.admit({ room: lounge, kind: "rtmp", address: "192.0.2.7", key, dismiss, ...caller });
  }
  return { path, time, publishers, calls, heard, told, dismissed, reached };
}

function aSink(heard: string[]): SampleSink {
  return {
    begin: () => void heard.push("begin"),
    drift: () => void heard.push("drift"),
    sample: () => void heard.push("sample"),
    end: () => void heard.push("end"),
  };
}

function accepted(admission: Admission): Admission & { ok: true } {
  assert.ok(admission.ok);
  return admission;
}

function refusal(admission: Admission): [string, string] {
  assert.ok(!admission.ok);
  return [admission.reason, admission.sentence];
}
