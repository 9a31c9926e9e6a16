import assert from "node:assert/strict";
import { test } from "node:test";
import { forbidden, phaseOf } from "./studio-phase.ts";
import { idle, type Session } from "./studio-session.ts";

const sending: Session = { phase: "sending" };
const waiting: Session = { phase: "waiting", tries: 1, waitMs: 500 };
const connecting: Session = { phase: "connecting", tries: 0, began: false };

test("V7.4 the studio says whether it is on the air, since when, and how long an interruption or a stop still keeps it off", () => {
  const live = { state: "live", since: 1_000, until: null } as const;
  assert.deepEqual(phaseOf(live, sending, 62_500), { at: "live", seconds: 61 });
  const away = { state: "interrupted", since: 1_000, until: 31_000 } as const;
  assert.deepEqual(phaseOf(away, idle, 10_500), { at: "interrupted", seconds: 21 });
  assert.deepEqual(phaseOf(away, waiting, 40_000), { at: "reconnecting", seconds: 0 });
  const over = { state: "ended", since: 1_000, until: 15_000 } as const;
  assert.deepEqual(phaseOf(over, idle, 12_000), { at: "ended", seconds: 3 });
});

test("V7.4 before the server has said anything nothing is claimed, and a beginning is told as one", () => {
  assert.deepEqual(phaseOf(null, idle, 0), { at: "unknown" });
  assert.deepEqual(phaseOf(null, connecting, 0), { at: "connecting" });
  const off = { state: "off", since: null, until: null } as const;
  assert.deepEqual(phaseOf(off, connecting, 0), { at: "connecting" });
  assert.deepEqual(phaseOf(off, idle, 0), { at: "off" });
});

test("V7.25 who was lost does not come back over a stop or another encoder, but over their own silence", () => {
  const flowing = { bitrate: 1, fps: 1, lossPercent: 0, keyFrameMs: null, width: 1, height: 1, rttMs: null };
  assert.equal(forbidden({ state: "ended", health: null }), "ended");
  assert.equal(forbidden({ state: "live", health: flowing }), "taken");
  assert.equal(forbidden({ state: "live", health: null }), null);
  assert.equal(forbidden({ state: "interrupted", health: null }), null);
});
