import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import { systemClock } from "../../clock.ts";
import { type VirtualTime, virtualTime } from "../../gateway/virtual-time.fixture.ts";
import { openRtmp, type Rtmp, type RtmpOptions } from "./rtmp.ts";
import { createRtmpProtocol } from "./rtmp-protocol.ts";

const handshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(1_536 * 2)]);
const closing: Rtmp[] = [];
after(async () => {
  for (const rtmp of closing) await rtmp.close();
});

test("V4.22 whatever bytes come to the port of encoders, they are read or refused, and nothing is thrown", () => {
  const chunk = fc.tuple(
    fc.constantFrom(0x03, 0x43, 0x83, 0xc3, 0x00, 0x01),
    fc.integer({ min: 0, max: 0xffffff }),
    fc.constantFrom(0, 1, 4, 60, 300, 9_000, 0xffffff),
    fc.constantFrom(1, 2, 3, 5, 8, 9, 15, 17, 18, 20, 22),
    fc.uint8Array({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 1, max: 500 }), (chunks, cut) => {
      const asked: string[] = [];
      const protocol = createRtmpProtocol({
        output() {},
        publish: (_, name) => void asked.push(name),
        tag: () => assert.fail("media without a key"),
      });
      const bytes = Buffer.concat([handshake, ...chunks.map(chunkOf)]);
      for (let at = 0, problem: string | null = null; at < bytes.length && problem === null; at += cut)
        problem = protocol.push(bytes.subarray(at, at + cut));
      assert.deepEqual(asked, []);
    }),
    { numRuns: 300 },
  );
});

test("V4.22 a message that asks for more memory than it may before its key is refused at its header", () => {
  const protocol = createRtmpProtocol({ output() {}, publish() {}, tag() {} });
  assert.equal(protocol.push(handshake), null);
  const before = process.memoryUsage().arrayBuffers;
  assert.match(protocol.push(chunkOf([3, 0, 0xffffff, 20, new Uint8Array(100)])) ?? "", /not RTMP/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

test("V8.7 a chunk size of none, or beyond what RTMP has, ends the connection", () => {
  for (const bytes of [0, 0x8000_0000, 0xffff_ffff]) {
    const protocol = createRtmpProtocol({ output() {}, publish() {}, tag() {} });
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes);
    assert.equal(protocol.push(handshake), null);
    assert.match(protocol.push(chunkOf([2, 0, 4, 1, size])) ?? "", /not RTMP/, String(bytes));
  }
});

test("V4.22 random bytes end their own connection only", async () => {
  const rtmp = await aPort({});
  for (let seed = 0; seed < 10; seed++) {
    const socket = await aGuest(rtmp);
    const garbage = Buffer.from(
      Array.from({ length: 9_000 }, (_, i) => (i * 31 + seed * 97 + (i >> 3) * seed) & 0xff),
    );
    socket.write(garbage);
    socket.write(Buffer.alloc(limits.mediaRtmpBytesBeforeKeyMax));
    await gone(socket);
  }
  const socket = await aGuest(rtmp);
  socket.write(handshake);
  const [answer] = await once(socket, "data");
  assert.equal(answer[0], 3);
  socket.destroy();
});

test("V4.23 who does not show a key in time, or connects too often, is cut off", async () => {
  const time = virtualTime(1_000_000);
  const reached: string[] = [];
  const rtmp = await aPort({ time, reached: (limit) => void reached.push(limit) });
  const guests: Socket[] = [];
  for (let i = 0; i < limits.mediaRtmpPendingPerAddressMax; i++) guests.push(await aGuest(rtmp));
  await gone(await aGuest(rtmp));
  assert.deepEqual(reached, ["mediaRtmpPendingPerAddressMax"]);
  const closed = guests.map((guest) => gone(guest));
  time.passes(limits.mediaRtmpWithinMs);
  await Promise.all(closed);

  for (let i = guests.length + 1; i < limits.mediaRtmpConnectsBurst * 2; i++) {
    const guest = await aGuest(rtmp);
    guest.write(Buffer.alloc(limits.mediaRtmpBytesBeforeKeyMax * 2));
    await gone(guest);
  }
  assert.equal(reached.at(-1), "mediaRtmpConnectsBurst");
});

test("V8.7 where connections without a key take all the room there is, whoever waits longest gives way to who comes", async () => {
  const reached: string[] = [];
  const rtmp = await aPort({ reached: (limit) => void reached.push(limit) });
  const guests: Socket[] = [];
  for (let i = 0; i < limits.mediaRtmpConnectionsMax; i++)
    guests.push(await aGuest(rtmp, `127.0.2.${1 + Math.floor(i / limits.mediaRtmpPendingPerAddressMax)}`));
  assert.deepEqual(reached, []);
  const [first, second] = guests;
  assert.ok(first !== undefined && second !== undefined);
  const left = gone(first);
  const late = await aGuest(rtmp, "127.0.3.1");
  late.write(handshake);
  const [answer] = await once(late, "data");
  assert.equal(answer[0], 3);
  await left;
  assert.deepEqual(reached, ["mediaRtmpConnectionsMax"]);
  assert.ok(!second.closed);
  for (const guest of [...guests, late]) guest.destroy();
});

test("V4.23 a port that is taken is said in a sentence", async () => {
  const rtmp = await aPort({});
  const second = await openRtmp({ ...options({}), port: rtmp.port });
  assert.match(
    "obstacle" in second ? second.obstacle : "",
    /^RTMP cannot listen on 127\.0\.0\.1:\d+: .*in use/,
  );
});

type Given = { readonly time?: VirtualTime; readonly reached?: RtmpOptions["reached"] };

async function aPort(given: Given): Promise<Rtmp> {
  const rtmp = await openRtmp(options(given));
  if ("obstacle" in rtmp) assert.fail(rtmp.obstacle);
  closing.push(rtmp);
  return rtmp;
}

function options({ time, reached }: Given): RtmpOptions {
  return {
    host: "127.0.0.1",
    port: 0,
    clock: time?.process().clock ?? systemClock,
    publishers: { admit: () => assert.fail("nobody showed a key") },
    reached: reached ?? (() => {}),
    said() {},
    refused() {},
  };
}

async function aGuest({ port }: Rtmp, localAddress = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.resume();
  return socket;
}

/** Whether it was closed or reset. */
function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once("close", () => resolve()));
}

function chunkOf([basic, at, length, type, body]: readonly [
  number,
  number,
  number,
  number,
  Uint8Array,
]): Buffer {
  const header = Buffer.alloc(12);
  header[0] = basic;
  header.writeUIntBE(at, 1, 3);
  header.writeUIntBE(length, 4, 3);
  header[7] = type;
  header.writeUInt32LE(1, 8);
  const sizes = [12, 8, 4, 1];
  return Buffer.concat([header.subarray(0, sizes[basic >> 6] ?? 12), body]);
}
