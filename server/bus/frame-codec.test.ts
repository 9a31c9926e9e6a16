import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { noBytes } from "./bus.ts";
import {
  createFrameReader,
  encodeMessage,
  encodeSignal,
  kindOf,
  messageOf,
  subjectOf,
} from "./frame-codec.ts";

const bytesMax = 1_000;

test("B2.1 frames are read whole and in order wherever the stream was split", () => {
  const frame = fc
    .record({ subject: fc.string(), head: fc.jsonValue(), body: fc.uint8Array({ maxLength: 300 }) })
    .filter(({ head }) => JSON.stringify(head).length < 200);
  fc.assert(
    fc.property(fc.array(frame), fc.infiniteStream(fc.integer({ min: 1, max: 700 })), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(({ subject, head, body }) => encoded(subject, head, body)));
      const seen: unknown[] = [];
      const read = createFrameReader(bytesMax * 10, (bytes) => {
        seen.push([kindOf(bytes), subjectOf(bytes), messageOf(bytes)]);
      });
      for (let at = 0; at < stream.length;) {
        const { value: size } = cuts.next();
        assert.equal(read(stream.subarray(at, at + size)), "read");
        at += size;
      }
      const sent = messages.map(({ subject, head, body }) => {
        return ["message", wellFormed(subject), { head: JSON.parse(wellFormed(JSON.stringify(head))), body }];
      });
      assert.deepEqual(seen, sent);
    }),
    { numRuns: 100 },
  );
});

test("B2.2 any bytes are read, refused as malformed or refused as too large, and nothing is thrown", () => {
  const length = fc.integer({ min: 0, max: 60 }).map((n) => Uint8Array.of(0, 0, 0, n));
  const chunk = fc.oneof(fc.uint8Array({ maxLength: 80 }), length, fc.constant(encodeSignal("ready", "")));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      const read = createFrameReader(bytesMax, (frame) => {
        assert.notEqual(kindOf(frame), undefined);
        assert.equal(typeof subjectOf(frame), "string");
        messageOf(frame);
      });
      for (const bytes of chunks) {
        if (read(Buffer.from(bytes)) !== "read") return;
      }
    }),
    { numRuns: 500 },
  );
});

test("B2.3 a frame of exactly the largest size is written and read, one byte more is neither", () => {
  const room = bytesMax - encoded("s", 1, noBytes).length;
  const largest = encodeMessage("s", { head: 1, body: new Uint8Array(room) }, bytesMax);
  assert.equal(largest?.length, bytesMax);
  assert.equal(createFrameReader(bytesMax, () => undefined)(largest), "read");
  assert.equal(encodeMessage("s", { head: 1, body: new Uint8Array(room + 1) }, bytesMax), null);
  assert.equal(createFrameReader(bytesMax - 1, () => undefined)(largest.subarray(0, 4)), "too-large");
});

test("B2.4 a body read from a frame has memory of its own", () => {
  const frame = encoded("s", null, Uint8Array.of(1, 2, 3));
  const message = messageOf(frame);
  frame.fill(0);
  assert.deepEqual(message?.body, Uint8Array.of(1, 2, 3));
  assert.equal(message.body.buffer.byteLength, 3);
});

test(
  "B2.16 the work to read a frame grows with its size, not with its pieces",
  { timeout: 5_000 },
  async () => {
    const piece = Buffer.alloc(256);
    const pieces = 65_536;
    const start = Buffer.from(encodeSignal("subscribe", ""));
    start.writeUInt32BE(start.length - 4 + piece.length * pieces);
    let frames = 0;
    const read = createFrameReader(start.length + piece.length * pieces, () => frames++);
    read(start);
    for (let n = 0; n < pieces; n++) {
      read(piece);
      if (n % 256 === 0) await turn();
    }
    assert.equal(frames, 1);
  },
);

function encoded(subject: string, head: unknown, body: Uint8Array): Buffer {
  const frame = encodeMessage(subject, { head, body }, bytesMax * 10);
  assert.ok(frame !== null);
  return frame;
}

/** Half of a surrogate pair has no UTF-8. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
