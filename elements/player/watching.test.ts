import assert from "node:assert/strict";
import { test } from "node:test";
import { createClimb } from "./climb.ts";
import { plainPlaylist } from "./plain-playlist.ts";
import { createComfort } from "./comfort.ts";
import { createFalls } from "./falls.ts";
import { createFreezes } from "./freezes.ts";
import { madeAt } from "./frame-clock.ts";
import { type Focus, type Order, orderOf } from "./keyboard.ts";
import { isLeftBehind, rateFor } from "./live-edge.ts";
import { createLosses } from "./losses.ts";
import { createMotionWatch } from "./motion.ts";
import { createTelemetry } from "./telemetry.ts";
import { failureOf, inStereo } from "./whep.ts";

test("V1.56 a picture is told from one that is yet to come, that stands still and that is lost", () => {
  const watch = createMotionWatch();
  watch.begin(0);
  assert.deepEqual(
    [watch.look(250, 0), watch.look(9_900, 0), watch.look(10_100, 0)],
    ["opening", "opening", "lost"],
  );
  watch.begin(20_000);
  watch.look(20_250, 0);
  assert.equal(watch.look(20_500, 0.1), "moving");
  assert.deepEqual(
    [21_500, 22_000, 25_400, 25_600].map((at) => watch.look(at, 0.1)),
    ["moving", "stopped", "stopped", "lost"],
  );
  assert.equal(watch.look(25_700, 0.2), "moving");
});

test("V1.56 a way that takes over a position has moved only when it goes on from there", () => {
  const watch = createMotionWatch();
  watch.begin(0);
  watch.look(250, 41);
  assert.equal(watch.look(500, 41), "opening");
  assert.equal(watch.look(750, 41.2), "moving");
});

test("V1.56 a way that is put to where it begins has not moved before it has a picture", () => {
  const watch = createMotionWatch();
  watch.begin(0);
  assert.deepEqual(
    [watch.look(250, 0), watch.look(500, null), watch.look(750, null), watch.look(1_000, 17)],
    ["opening", "opening", "opening", "opening"],
  );
  assert.equal(watch.look(1_250, 17.2), "moving");
});

test("V1.57 a report says how long the first picture took, and how often and how long it stood still", () => {
  const telemetry = createTelemetry();
  assert.equal(telemetry.report(0), null);
  telemetry.wanted(1_000);
  telemetry.opened("whep");
  telemetry.stopped(1_100);
  telemetry.opened("hls");
  telemetry.moving(1_900.4);
  telemetry.stopped(5_000);
  telemetry.stopped(5_250);
  telemetry.drift(2_000.6);
  telemetry.froze(2);
  const counts = {
    path: "hls",
    firstFrameMs: 900,
    rebufferMs: 1_000,
    rebuffers: 1,
    switches: 1,
    driftMs: 2_001,
    freezes: 2,
  };
  assert.deepEqual(telemetry.report(6_000), counts);
  telemetry.moving(6_500);
  const later = { ...counts, firstFrameMs: null, rebufferMs: 500, rebuffers: 0, switches: 0, freezes: 0 };
  assert.deepEqual(telemetry.report(7_000), later);
  telemetry.stopped(8_000);
  telemetry.idle(8_100);
  assert.equal(telemetry.report(60_000)?.rebufferMs, 100);
});

function press(key: string, focus: Focus = "elsewhere", ctrlKey = false): Order | null {
  return orderOf({ key, ctrlKey, altKey: false, metaKey: false }, focus);
}

test("V1.68 a picture that froze more than three times within 30 s is left for a steadier one", () => {
  const freezes = createFreezes();
  freezes.begin();
  const look = (at: number, count: number) => freezes.look(at, count);
  assert.deepEqual(look(1_000, 2), { fresh: 2, tooMany: false });
  assert.deepEqual(look(2_000, 3), { fresh: 1, tooMany: false });
  assert.deepEqual(look(31_500, 4), { fresh: 1, tooMany: false });
  assert.deepEqual(look(31_600, 6), { fresh: 2, tooMany: true });
  freezes.begin();
  assert.deepEqual(look(31_700, 0), { fresh: 0, tooMany: false });
  assert.deepEqual(look(31_800, 1_000), { fresh: 1_000, tooMany: true });
});

test("V1.43 keys are orders, unless the focus or the browser has its own use for them", () => {
  assert.deepEqual(
    [" ", "k", "K"].map((key) => press(key)),
    ["toggle", "toggle", "toggle"].map((what) => ({ do: what })),
  );
  assert.deepEqual(
    ["ArrowLeft", "ArrowRight", "j", "l"].map((key) => press(key)),
    [-5, 5, -10, 10].map((seconds) => ({ do: "seek", seconds })),
  );
  assert.deepEqual(
    [press("End"), press("Home"), press("m"), press("f")],
    ["live", "start", "mute", "full-screen"].map((what) => ({ do: what })),
  );
  assert.deepEqual(
    [press(" ", "button"), press("ArrowLeft", "volume"), press("f", "elsewhere", true), press("x")],
    [null, null, null, null],
  );
  assert.deepEqual(press("k", "button"), { do: "toggle" });
});

test("V1.64 what is offered asks for two channels once, and a refusal says whether another way or another address helps", () => {
  const sdp = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
  const stereo = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n";
  assert.equal(inStereo(sdp), stereo);
  assert.equal(inStereo(stereo), stereo);
  assert.deepEqual([403, 410, 503, 429, 406, 500].map(failureOf), [
    "gone",
    "gone",
    "full",
    "full",
    "unsupported",
    "network",
  ]);
});

test("V1.65 a frame was made when its sender says, else some time before it came, and the error says which", () => {
  const presentedAt = 10_000;
  assert.deepEqual(madeAt({ presentedAt, capturedAt: 9_700, receivedAt: 9_900 }), { at: 9_700, errorMs: 50 });
  assert.deepEqual(madeAt({ presentedAt, capturedAt: null, receivedAt: 9_900 }), { at: 9_780, errorMs: 150 });
  assert.deepEqual(madeAt({ presentedAt, capturedAt: null, receivedAt: null }), { at: 9_880, errorMs: 400 });
  for (const wrong of [11_000, -90_000])
    assert.equal(madeAt({ presentedAt, capturedAt: wrong, receivedAt: 9_900 }).errorMs, 150);
});

test("V1.69 V1.74 a better way is tried out of sight while another plays well, and taken when it was well for three seconds", () => {
  const slope = aSlope();
  slope.plays(0, 5_750);
  assert.equal(slope.opened, 0);
  slope.plays(6_000, 13_250);
  assert.deepEqual([slope.opened, slope.stopped, slope.taken], [1, 1, []]);
  slope.well = true;
  slope.plays(13_500, 40_000);
  assert.equal(slope.opened, 2);
  assert.deepEqual(slope.taken, [13_500 + 12_000 + 3_000]);
});

test("V1.74 whenever the network comes back, what is better is taken within 30 s", () => {
  for (let back = 0; back < 90_000; back += 1_750) {
    const slope = aSlope();
    slope.plays(0, back);
    slope.well = true;
    slope.plays(back, back + 40_000);
    assert.ok((slope.taken[0] ?? Infinity) - back < 28_000, `back after ${back} ms: ${slope.taken}`);
  }
});

test("V1.75 who falls soon after a climb waits twice as long each time, up to five minutes", () => {
  const slope = aSlope();
  slope.well = true;
  const waits: number[] = [];
  for (let at = 0; waits.length < 8; at += 250) {
    slope.now = at;
    slope.climb.look(at, true);
    const [taken] = slope.taken.splice(0);
    if (taken === undefined) continue;
    waits.push(Math.floor((taken - slope.since) / 1_000));
    slope.climb.fell(taken + 1_000);
    slope.since = taken;
  }
  assert.deepEqual(waits, [9, 15, 27, 51, 99, 195, 303, 303]);
});

/** A way to climb, of which the test says whether it is well. */
function aSlope() {
  const slope = { well: false, since: 0, now: 0, opened: 0, stopped: 0 };
  const taken: number[] = [];
  const trial = () => {
    slope.opened++;
    return { isWell: () => slope.well, stop: () => void slope.stopped++ };
  };
  const climb = createClimb(trial, () => void taken.push(slope.now));
  return Object.assign(slope, {
    taken,
    climb,
    plays(from: number, to: number) {
      for (let at = from; at <= to && taken.length === 0; at += 250) {
        slope.now = at;
        climb.look(at, true);
      }
    },
  });
}

test("V1.70 V1.72 the first picture of a way that has another behind it is not waited for long, nor one that stops", () => {
  const watch = createMotionWatch();
  const patience = { openMs: 1_500, lostMs: 2_000 };
  watch.begin(0, patience);
  assert.deepEqual(
    [watch.look(250, 0), watch.look(1_400, 0), watch.look(1_600, 0)],
    ["opening", "opening", "lost"],
  );
  watch.begin(2_000, patience);
  watch.look(2_000, 0);
  assert.deepEqual(
    [watch.look(2_250, 0.2), watch.look(3_500, 0.2), watch.look(4_250, 0.2)],
    ["moving", "stopped", "lost"],
  );
});

test("V1.69 nothing is tried while what plays does not play well", () => {
  const climb = createClimb(
    () => assert.fail("nothing is tried"),
    () => {},
  );
  for (let at = 0; at < 60_000; at += 250) climb.look(at, at % 5_000 !== 0);
});

test("V1.76 a share of lost packets is that of the last five seconds, and none where few came", () => {
  const losses = createLosses();
  losses.begin();
  assert.equal(losses.look(0, { packets: 0, lost: 0 }), 0);
  assert.equal(losses.look(1_000, { packets: 9, lost: 9 }), 0, "too few to say");
  assert.equal(losses.look(4_000, { packets: 90, lost: 10 }), 0.1);
  assert.equal(losses.look(9_000, { packets: 290, lost: 10 }), 0, "what was lost before is over");
  losses.begin();
  assert.equal(losses.look(9_250, { packets: 0, lost: 0 }), 0);
});

test("V1.72 a picture to which no packet came for a second and a half is silent, and one that never came is not", () => {
  const comfort = createComfort();
  const look = (at: number, packets: number) =>
    comfort.look(at, { frames: 0, freezes: 0, lost: 0, packets }).verdict;
  comfort.begin();
  assert.deepEqual([look(0, 0), look(5_000, 0)], ["good", "good"]);
  assert.deepEqual([look(5_500, 9), look(6_500, 9), look(7_000, 9)], ["good", "good", "silent"]);
  comfort.begin();
  assert.equal(look(7_250, 0), "good");
});

test("V1.73 a plain playlist speaks of no part, and of all that is whole", () => {
  const low = [
    "#EXTM3U",
    "#EXT-X-TARGETDURATION:2",
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6",
    "#EXT-X-PART-INF:PART-TARGET=0.2",
    '#EXT-X-PART:DURATION=0.2,URI="a1.0.m4s"',
    "#EXTINF:2.0,",
    "a1.m4s",
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a2.0.m4s"',
    '#EXT-X-RENDITION-REPORT:URI="audio.m3u8",LAST-MSN=1',
    "",
  ].join("\n");
  assert.equal(plainPlaylist(low), "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na1.m4s\n");
});

test("V1.73 V1.74 what fell is avoided for a while, and what was tried and is well no more", () => {
  const falls = createFalls();
  falls.failed("hls", 0);
  falls.wasBad("whep", 0);
  falls.withheld();
  assert.deepEqual([...falls.avoided(59_999)], ["hls", "whep"]);
  assert.deepEqual([...falls.avoided(60_000)], ["whep"]);
  falls.mended("parts");
  assert.equal(falls.plain, false);
  falls.mended("whep");
  assert.deepEqual([...falls.avoided(0)], ["hls"]);
  falls.forget();
  assert.deepEqual([...falls.avoided(0)], []);
});

test("V1.71 who fell behind is brought back by playing a little faster, as long as there is something ahead", () => {
  assert.deepEqual([rateBehind(0.1, 1), rateBehind(0.2, 1), rateBehind(0.8, 1)], [1, 1.03, 1.06]);
  assert.deepEqual([rateBehind(0.1, 1, 1.03), rateBehind(0.02, 1, 1.03)], [1.03, 1]);
  assert.deepEqual(
    [rateBehind(0.8, 0.3), rateBehind(0.8, 0.3, 1.06), rateBehind(0.8, 0.1, 1.06)],
    [1, 1.06, 1],
  );
  assert.equal(rateBehind(10, 5), 1, "that would take minutes");
  const left = [3.9, 4.1, Number.NaN].filter((latency) => isLeftBehind({ latency, target: 1, ahead: 5 }));
  assert.deepEqual(left, [4.1]);
  assert.equal(rateBehind(Number.NaN, 1), 1);
});

function rateBehind(behind: number, ahead: number, rate = 1): number {
  return rateFor({ latency: 1 + behind, target: 1, ahead }, rate);
}
