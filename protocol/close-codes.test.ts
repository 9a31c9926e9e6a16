import assert from "node:assert/strict";
import { test } from "node:test";
import { type Behaviour, behaviourOf, type CloseName, closeCodes } from "./close-codes.ts";

const expected: Readonly<Record<CloseName, Behaviour>> = {
  drained: "resume",
  stalled: "resume",
  restarted: "resume",
  streamOver: "resume",
  polled: "resume",
  busy: "back-off",
  tooManyConnections: "back-off",
  silent: "back-off",
  helloTimeout: "back-off",
  rate: "back-off",
  tokenExpired: "refresh",
  tokenRevoked: "refresh",
  unauthorised: "give-up",
  version: "give-up",
  malformed: "give-up",
  banned: "give-up",
  forbiddenOrigin: "give-up",
};

test("P3.4 what a client does after a close follows from the range of the code", () => {
  for (const [name, behaviour] of Object.entries(expected)) {
    assert.equal(behaviourOf(closeCodes[name as CloseName]), behaviour, name);
  }
  assert.deepEqual(Object.keys(closeCodes).toSorted(), Object.keys(expected).toSorted());
  const codes = Object.values(closeCodes);
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(codes.every((code) => code >= 4000 && code < 4400));
});

test("P3.5 a code that nobody knows yet is understood by its range", () => {
  const ranges = { 4000: "resume", 4100: "back-off", 4200: "refresh", 4300: "give-up" } as const;
  for (const [first, behaviour] of Object.entries(ranges)) {
    for (let code = Number(first); code < Number(first) + 100; code += 1)
      assert.equal(behaviourOf(code), behaviour);
  }
  for (const code of [0, 999, 3000, 3999, 4400, 4999, 65_535, NaN])
    assert.equal(behaviourOf(code), "back-off");
});

test("P3.6 the codes of RFC 6455 are sorted by whether another try can end better", () => {
  const codes = {
    resume: [1001, 1012],
    "give-up": [1002, 1003, 1007, 1009],
    "back-off": [1000, 1005, 1006, 1008, 1011, 1013, 1014, 1015],
  };
  for (const [behaviour, all] of Object.entries(codes))
    for (const code of all) assert.equal(behaviourOf(code), behaviour, `${code}`);
});
