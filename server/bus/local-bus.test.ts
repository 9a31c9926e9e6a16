import assert from "node:assert/strict";
import { test } from "node:test";
import { busContract, listen, says } from "./bus.contract.ts";
import { createLocalBus, createLocalHub } from "./local-bus.ts";

busContract("local", () => {
  const hub = createLocalHub();
  const ends = [hub.connect(), hub.connect(), hub.connect()] as const;
  return Promise.resolve({
    ends,
    settled: () => Promise.resolve(),
    close: () => ends.forEach((end) => end.close()),
  });
});

test("B1.12 what does not fit the buffer is lost and counted, and subscribers are told after what did fit", async () => {
  const lost: unknown[] = [];
  const bus = createLocalBus({ bufferBytesMax: 10_000, onLost: (...what) => lost.push(what) });
  const heard = listen(bus, "room", 2);
  const reset = new Promise<unknown[]>((resolve) => {
    bus.onReset(() => resolve([...heard.heads]));
  });
  bus.publish("room", says("fits", new Uint8Array(8_000)));
  bus.publish("room", says("does not", new Uint8Array(8_000)));
  bus.publish("room", says("fits too"));
  assert.deepEqual(await reset, ["fits", "fits too"]);
  assert.deepEqual(lost, [["overflow", 1]]);
});

test("B1.13 two subscribers that answer each other for ever leave turns to everybody else", async () => {
  const bus = createLocalBus();
  bus.subscribe("ping", () => bus.publish("pong", says(null)));
  bus.subscribe("pong", () => bus.publish("ping", says(null)));
  bus.publish("ping", says(null));
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
  bus.close();
});
