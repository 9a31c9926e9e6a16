import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import type { Client } from "./client.fixture.ts";
import { deflated } from "./deflate.ts";
import { aStage, type Stage } from "./stage.fixture.ts";
import { frameOf, payloadOf } from "./wire.ts";

const accept = ["deflate"];
const binary = 0x82;
const words = Array.from({ length: 20 }, (_, i) => `What was said as number ${i} is as long as a message`);

function crowdOf(stage: Stage, count: number, offered = accept): Client[] {
  return Array.from({ length: count }, (_, i) =>
    stage.enters(`${offered.length}-${i}`, "viewer", { accept: offered, address: `192.0.2.${i}` }),
  );
}

function lastWrite({ writes }: Client): Uint8Array {
  return writes.at(-1) ?? new Uint8Array();
}

test("D1.37 who can read deflated frames gets them as one and the same buffer, others the text, and all the same", () => {
  const stage = aStage();
  const [plain] = crowdOf(stage, 1, []);
  const crowd = crowdOf(stage, 10);
  stage.passes(limits.windowMs);
  stage.hears(...words);
  stage.passes(limits.windowMs);
  assert.ok(plain !== undefined);
  const [first] = crowd;
  assert.ok(first !== undefined);
  for (const one of crowd) {
    assert.deepEqual(one.shows(), words);
    assert.equal(lastWrite(one), lastWrite(first), "made once");
  }
  assert.deepEqual(plain.shows(), words);
  assert.equal(lastWrite(first)[0], binary);
  assert.equal(lastWrite(plain)[0], 0x81);
  assert.ok(lastWrite(first).length * 2 < lastWrite(plain).length);
});

test("D1.37 a server says which of the encodings offered it uses", () => {
  const stage = aStage();
  const offers = (offered: string[]) =>
    stage.connects("ada", "viewer", { accept: offered }).last("welcome").accept;
  assert.deepEqual(offers(["brotli", "deflate"]), ["deflate"]);
  assert.deepEqual(offers(["brotli"]), []);
  assert.deepEqual(offers([]), []);
});

test("D1.38 for few readers, and where it is short, nothing is deflated", () => {
  const stage = aStage();
  const few = crowdOf(stage, 7);
  stage.hears(...words);
  stage.passes(limits.windowMs);
  for (const one of few) assert.equal(lastWrite(one)[0], 0x81);
  const [eighth] = crowdOf(stage, 1);
  stage.passes(limits.windowMs);
  stage.hears("short");
  stage.passes(limits.windowMs);
  assert.equal(eighth === undefined ? null : lastWrite(eighth)[0], 0x81);
  stage.hears(...words);
  stage.passes(limits.windowMs);
  for (const one of few) assert.equal(lastWrite(one)[0], binary);
  few[0]?.vanishes();
  stage.hears(...words);
  stage.passes(limits.windowMs);
  assert.equal(
    eighth === undefined ? null : lastWrite(eighth)[0],
    0x81,
    "who leaves is not counted any more",
  );
});

test("D1.39 a view that the first got as text is deflated as soon as there are readers enough", () => {
  const stage = aStage();
  stage.hears(...words);
  const crowd = crowdOf(stage, 9);
  const forms = crowd.map(
    ({ writes }) => writes.find((write) => write.length > 1_000 || write[0] === binary)?.[0],
  );
  assert.deepEqual(forms, [...Array.from({ length: 7 }, () => 0x81), binary, binary]);
});

test("D1.38 what does not become shorter stays text", () => {
  const noise = frameOf({ t: "resume", resume: "x" });
  assert.equal(deflated(noise, 1_000), noise);
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(600)));
  const frame = Buffer.concat([Buffer.from([0x81, 126, 600 >> 8, 600 & 255]), random]);
  assert.equal(payloadOf(frame).length, 600);
  assert.equal(deflated(frame, 1_000), frame);
});

test("D1.39 a view is deflated once for all who join, where there are readers enough", () => {
  const stage = aStage();
  crowdOf(stage, 10);
  stage.hears(...words);
  stage.passes(limits.viewStaleMs + 1);
  const joins = [1, 2].map((i) => stage.enters(`late-${i}`, "viewer", { accept }));
  const views = joins.map(({ writes }) => writes.find((write) => write[0] === binary));
  assert.ok(views[0] !== undefined);
  assert.equal(views[0], views[1]);
  for (const one of joins) assert.deepEqual(one.shows(), words);
});
