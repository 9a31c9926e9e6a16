import assert from "node:assert/strict";
import { test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { bearer, testClock } from "../../api/api-stack.fixture.ts";
import { secretTokenKey } from "../../identity/token-keys.ts";
import { createTokenVerifier } from "../../identity/verify-token.ts";
import { createPublishers } from "../broadcast/publishers.ts";
import { openMediaStore } from "../broadcast/store.ts";
import type { SampleSink } from "../samples.ts";
import { type IngestAnswer, ingestRoutes } from "./ingest-routes.ts";

const secret = Buffer.from("a secret of thirty-two bytes or more");
const lounge = roomId("lounge");
const deaf: SampleSink = { begin() {}, drift() {}, sample() {}, end() {} };

function aVenue() {
  const clock = testClock();
  const publishers = createPublishers({
    store: openMediaStore(":memory:"),
    clock,
    openSink: () => deaf,
    finishSink() {},
    told() {},
    reached() {},
    storeFailed: (sentence) => assert.fail(sentence),
  });
  const trust = { keys: [secretTokenKey(secret)], keySet: null, issuer: null, audience: null };
  const [show] = ingestRoutes({
    clock,
    tokens: createTokenVerifier(trust),
    publishers,
    addresses: () => ({ whip: "http://here/whip", rtmp: null, srt: null }),
    keyMade: () => null,
    health: () => null,
    viewers: () => ({ whep: 0, hls: 0 }),
    said: () => null,
  });
  async function told(): Promise<IngestAnswer> {
    const headers = await bearer("hal", { lounge: { role: "host" } });
    const request = { params: { room: lounge }, query: {}, body: undefined, headers };
    const handled = await show?.run(request);
    assert.ok(handled !== undefined && "json" in handled, JSON.stringify(handled));
    return handled.json as IngestAnswer;
  }
  return { clock, publishers, told };
}

test("V7.23 a host is told until when an interruption waits, and until when a stop holds the next broadcast off", async () => {
  const { clock, publishers, told } = aVenue();
  assert.deepEqual([(await told()).state, (await told()).until], ["off", null]);
  const encoder = publishers.admit({
    room: lounge,
    kind: "whip",
    address: "192.0.2.7",
    key: null,
    dismiss() {},
  });
  assert.ok(encoder.ok);
  assert.deepEqual([(await told()).state, (await told()).until], ["live", null]);
  encoder.ended();
  clock.advance(1_000);
  const away = await told();
  assert.equal(away.state, "interrupted");
  assert.equal((away.until ?? 0) - away.now, away.settings.graceSeconds * 1_000 - 1_000);
  publishers.stop(lounge);
  const over = await told();
  assert.equal(over.state, "ended");
  assert.equal((over.until ?? 0) - over.now, limits.mediaStopHoldMs);
  publishers.close();
});
