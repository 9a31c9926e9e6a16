import assert from "node:assert/strict";
import { test } from "node:test";
import { quickly } from "./studio-sender.ts";

test("V7.22 an answer asks Chromium to begin at half of the ceiling, of the picture alone", () => {
  const answer = [
    "a=rtpmap:108 H264/90000",
    "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=fmtp:109 apt=108",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "",
  ].join("\r\n");
  const lines = quickly(answer, 2_500_000).split("\r\n");
  assert.equal(
    lines[1],
    "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f;x-google-start-bitrate=1250",
  );
  assert.deepEqual([lines[2], lines[3]], ["a=fmtp:109 apt=108", "a=fmtp:111 minptime=10;useinbandfec=1"]);
});
