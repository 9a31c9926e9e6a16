import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf } from "./studio-level.ts";

function sine(amplitude: number): Float32Array {
  return Float32Array.from({ length: 2_048 }, (_, index) => amplitude * Math.sin((index * Math.PI) / 32));
}

test("V7.9 a microphone's level goes by decibels from silence to the loudest there is", () => {
  assert.equal(levelOf(sine(0)), 0);
  assert.ok(Math.abs(levelOf(sine(1)) - 1) < 0.01);
  assert.ok(Math.abs(levelOf(sine(0.0316)) - 0.5) < 0.01, "30 of 60 dB");
  assert.equal(levelOf(sine(0.0001)), 0);
  assert.equal(levelOf(new Float32Array(0)), 0);
});
