import assert from "node:assert/strict";
import { test } from "node:test";
import { loadStudioWords } from "@chorus/elements/words/studio-words.ts";
import { deviceTroubles, troubleOf } from "./studio-device-trouble.ts";
import { sources } from "./studio-devices.ts";
import { idle } from "./studio-session.ts";
import { sentencesOf, type Troubles } from "./studio-troubles.ts";

const words = await loadStudioWords("en");
const none: Troubles = {
  blocked: null,
  refusal: null,
  noRoom: false,
  session: idle,
  state: "off",
  device: null,
  gone: null,
};
const said = (change: Partial<Troubles>) => sentencesOf({ ...none, ...change }, words);

test("V7.7 each thing in the way has one sentence, and what makes the rest pointless stands alone", () => {
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ blocked: "no-media", refusal: "offline" }), [words.noMedia]);
  assert.deepEqual(said({ refusal: "not-host", noRoom: true }), [words.refusal["not-host"]]);
  assert.deepEqual(said({ refusal: "expired", session: { phase: "failed", failure: "expired" } }), [
    words.refusal.expired,
  ]);
  const both = said({ noRoom: true, device: { kind: "missing", source: "camera" } });
  assert.deepEqual(both, [words.noRoom, words.device.missing.camera]);
  assert.match(said({ session: { phase: "waiting", tries: 3, waitMs: 2_000 } })[0] ?? "", /\(3\)/);
});

test("V7.7 a refusal is told from a stop of a moment ago by what the room is at", () => {
  const session = { phase: "failed", failure: "occupied" } as const;
  assert.deepEqual(said({ session, state: "live" }), [words.failure.occupied]);
  assert.deepEqual(said({ session, state: "ended" }), [words.failure.held]);
});

function kind(name: string): string {
  return troubleOf(new DOMException("", name), "camera").kind;
}

test("V7.8 what a browser throws for a device is told apart, and each has a sentence for each device", () => {
  assert.equal(kind("NotAllowedError"), "denied");
  assert.equal(kind("NotFoundError"), "missing");
  assert.equal(kind("OverconstrainedError"), "missing");
  assert.equal(kind("NotReadableError"), "in-use");
  assert.equal(kind("Whatever"), "failed");
  assert.equal(troubleOf(new DOMException("", "NotAllowedError"), "screen").kind, "cancelled");
  assert.equal(troubleOf("no error", "camera").kind, "failed");
  for (const trouble of deviceTroubles)
    for (const source of sources) assert.match(words.device[trouble][source], /^[A-Z].*\.$/s);
});
