import assert from "node:assert/strict";
import { test } from "node:test";
import { createClimb } from "./climb.ts";
import { createFreezes } from "./freezes.ts";
import { madeAt } from "./frame-clock.ts";
import { type Focus, type Order, orderOf } from "./keyboard.ts";
import { rateFor } from "./live-edge.ts";
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

test("V1.69 a better way is tried out of sight while another plays well, and taken when it would show a picture", () => {
  let opened = 0;
  let stopped = 0;
  let taken = 0;
  let moving = false;
  const trial = () => {
    opened++;
    return { isMoving: () => moving, stop: () => void stopped++ };
  };
  const climb = createClimb(trial, () => void taken++);
  const plays = (from: number, to: number) => {
    for (let at = from; at <= to; at += 250) climb.look(at, true);
  };
  plays(0, 7_750);
  assert.equal(opened, 0);
  plays(8_000, 13_250);
  assert.deepEqual([opened, stopped, taken], [1, 1, 0]);
  moving = true;
  plays(13_500, 13_500 + 17_000);
  assert.equal(taken, 1);
  assert.deepEqual([opened, stopped], [2, 2]);
});

test("V1.70 the first picture of a way that has another behind it is not waited for long", () => {
  const watch = createMotionWatch();
  watch.begin(0, 1_500);
  assert.deepEqual(
    [watch.look(250, 0), watch.look(1_400, 0), watch.look(1_600, 0)],
    ["opening", "opening", "lost"],
  );
});

test("V1.69 nothing is tried while what plays does not play well", () => {
  const climb = createClimb(
    () => assert.fail("nothing is tried"),
    () => {},
  );
  for (let at = 0; at < 60_000; at += 250) climb.look(at, at % 5_000 !== 0);
});

test("V1.71 who fell behind is brought back by playing a little faster, as long as there is something ahead", () => {
  assert.deepEqual([rateBehind(0.1, 1), rateBehind(0.2, 1), rateBehind(0.8, 1)], [1, 1.03, 1.06]);
  assert.deepEqual([rateBehind(0.1, 1, 1.03), rateBehind(0.02, 1, 1.03)], [1.03, 1]);
  assert.deepEqual(
    [rateBehind(0.8, 0.3), rateBehind(0.8, 0.3, 1.06), rateBehind(0.8, 0.1, 1.06)],
    [1, 1.06, 1],
  );
  assert.equal(rateBehind(10, 5), 1, "who is far behind went there");
  assert.equal(rateBehind(Number.NaN, 1), 1);
});

function rateBehind(behind: number, ahead: number, rate = 1): number {
  return rateFor({ latency: 1 + behind, target: 1, ahead }, rate);
}
