import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { ChatHost } from "./host.ts";
import { createNoticeLine, noticeMs } from "./notice-line.ts";

test("W10.20 the time of a notice ends with it, and not after the chat was taken out of its page", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    let painted = 0;
    const host = { repaint: () => void painted++ } as ChatHost;
    const line = createNoticeLine(host, () => {});
    line.say("Message deleted.");
    mock.timers.tick(noticeMs);
    assert.equal(painted, 2, "it comes and goes");
    line.say("Message deleted.");
    line.stop();
    mock.timers.tick(noticeMs);
    assert.equal(painted, 3, "what is gone is not painted");
  } finally {
    mock.timers.reset();
  }
});
