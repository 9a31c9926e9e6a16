import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFlagsFor } from "./node-flags.ts";

test("O6.16 processes have room for what is new by the memory of the machine", () => {
  const young = [0.5, 2, 24].map((gigabytes) => nodeFlagsFor(gigabytes * 2 ** 30).at(-1));
  assert.deepEqual(
    young,
    [16, 32, 64].map((megabytes) => `--max-semi-space-size=${megabytes}`),
  );
});
