import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalReasons, refusals } from "./refusals.ts";

test("P3.2 every refusal tells a person in one or two sentences what is the matter", () => {
  for (const reason of refusalReasons) {
    assert.match(reason, /^[a-z]+(-[a-z]+)*$/);
    assert.match(refusals[reason].sentence, /^[A-Z][^.]{8,80}\.( [A-Z][^.]{4,80}\.)?$/, reason);
  }
  const sentences = refusalReasons.map((reason) => refusals[reason].sentence);
  assert.equal(new Set(sentences).size, sentences.length);
});
