import assert from "node:assert/strict";
import { test } from "node:test";
import {
  failureOfStatus,
  idle,
  retriesMax,
  type Session,
  type SessionInput,
  stepSession,
} from "./studio-session.ts";

const connected: SessionInput = { kind: "connected" };
const start: SessionInput = { kind: "start" };
const due: SessionInput = { kind: "due" };
const offline: SessionInput = { kind: "broke", failure: "offline" };

function after(...inputs: readonly SessionInput[]): Session {
  return inputs.reduce(stepSession, idle);
}

test("V7.1 who begins to send is told at once what is in the way, and nothing is tried behind their back", () => {
  for (const failure of ["offline", "occupied", "expired", "codec"] as const)
    assert.deepEqual(after(start, { kind: "broke", failure }), { phase: "failed", failure });
  assert.deepEqual(after(start, connected), { phase: "sending" });
});

test("V7.2 a connection that is lost is made again, ever more slowly, and given up after a number of tries", () => {
  const waits: number[] = [];
  let session = after(start, connected, { kind: "broke", failure: "lost" });
  while (session.phase === "waiting") {
    waits.push(session.waitMs);
    session = [due, offline].reduce(stepSession, session);
  }
  assert.deepEqual(session, { phase: "failed", failure: "lost" });
  assert.equal(waits.length, retriesMax);
  assert.deepEqual(waits.slice(0, 6), [500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  const total = waits.reduce((sum, ms) => sum + ms, 0);
  assert.ok(total > 30_000, "longer than the server believes in a silent connection");
});

test("V7.2 who is back begins to count anew, and a refusal that will not pass ends the tries", () => {
  const lost: SessionInput = { kind: "broke", failure: "lost" };
  const back = [due, connected, lost].reduce(stepSession, after(start, connected, lost, due, offline));
  assert.deepEqual(back, { phase: "waiting", tries: 1, waitMs: 500 });
  for (const failure of ["expired", "not-host", "codec", "refused"] as const)
    assert.deepEqual([due, { kind: "broke", failure } as const].reduce(stepSession, back), {
      phase: "failed",
      failure,
    });
  assert.equal(
    [due, { kind: "broke", failure: "occupied" } as const].reduce(stepSession, back).phase,
    "waiting",
  );
});

test("V7.2 after a stop nothing is tried any more", () => {
  const stop: SessionInput = { kind: "stop" };
  assert.deepEqual(after(start, connected, stop, due, offline, connected), idle);
});

test("V7.3 each answer of the server to an offer has its meaning", () => {
  const expected = {
    401: "expired",
    403: "not-host",
    409: "occupied",
    422: "codec",
    429: "busy",
    503: "busy",
  };
  for (const [status, failure] of Object.entries(expected))
    assert.equal(failureOfStatus(Number(status)), failure);
  assert.deepEqual([400, 404, 500, 502].map(failureOfStatus), ["refused", "refused", "offline", "offline"]);
});
