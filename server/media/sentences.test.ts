import assert from "node:assert/strict";
import { test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { createSentences } from "./sentences.ts";

test("V4.40 of an encoder the last sentence is kept until another comes, and told once however often it holds", () => {
  const told: string[] = [];
  const sentences = createSentences((_, sentence) => told.push(sentence));
  const [demo, other] = [roomId("demo"), roomId("other")];
  for (const sentence of ["far", "far", "near", "far"]) sentences.say(demo, sentence);
  assert.deepEqual(
    [told, sentences.last(demo), sentences.last(other)],
    [["far", "near", "far"], "far", null],
  );
  sentences.forget(demo);
  assert.equal(sentences.last(demo), null);
  sentences.say(demo, "far");
  assert.equal(told.length, 4);
  for (let n = 0; n < limits.mediaRoomsMax; n += 1) sentences.say(roomId(`room-${n}`), "far");
  assert.equal(sentences.last(demo), null, "the oldest is forgotten");
});
