import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { test, type TestContext } from "node:test";
import type { Bus } from "./bus.ts";
import { busContract, listen, says } from "./bus.contract.ts";
import { type BusOptions, boundsOf } from "./bus-options.ts";
import { encodeMessage, encodeSignal } from "./frame-codec.ts";
import { connectUnixBus, listenUnixBus } from "./unix-bus.ts";
import { openLink } from "./unix-link.ts";

const arrangements: [string, (hub: Bus, one: Bus, two: Bus) => readonly [Bus, Bus, Bus]][] = [
  ["unix, published by the hub", (hub, one, two) => [hub, one, two]],
  ["unix, published by a peer", (hub, one, two) => [one, hub, two]],
];
for (const [name, arrange] of arrangements) {
  busContract(name, async () => {
    const folder = aFolder();
    const { hub, connect } = await aHub(folder.path);
    const peers = [await connect(), await connect()] as const;
    return {
      ends: arrange(hub, ...peers),
      settled: async () => void (await Promise.all(peers.map((peer) => settled(hub, peer)))),
      close() {
        for (const end of [...peers, hub]) end.close();
        folder.remove();
      },
    };
  });
}

test("B2.5 a peer outlives kill -9 of the hub: it is told, its subscriptions are there again, then it is reset", async (t) => {
  const path = aPath(t);
  let hub = await aHubProcess(t, path);
  const lost: unknown[] = [];
  const peer = connectUnixBus(path, { onLost: (...what) => lost.push(what) });
  t.after(() => peer.close());
  const story = tellsOf(peer);
  const answers = listen(peer, "answer", 2);
  const first = listen(peer, "answer", 1);
  await story.until("reset");
  peer.publish("question", says(1));
  await first.whole;

  hub.kill("SIGKILL");
  await story.until("unreachable");
  assert.ok(existsSync(path), "the killed hub leaves its socket file");
  peer.publish("question", says("lost"));
  assert.deepEqual(lost, [["disconnected", 1]]);

  hub = await aHubProcess(t, path);
  await story.until("reset");
  peer.publish("question", says(2));
  await answers.whole;
  assert.deepEqual(answers.heads, [1, 2]);
  assert.deepEqual(story.all, ["unreachable", "reachable", "reset", "unreachable", "reachable", "reset"]);
});

test("B2.6 a peer may start before its hub: until then it speaks to itself alone, and what others miss is counted", async (t) => {
  const path = aPath(t);
  const lost: unknown[] = [];
  const peer = connectUnixBus(path, { onLost: (...what) => lost.push(what) });
  t.after(() => peer.close());
  const story = tellsOf(peer);
  const heard = listen(peer, "room", 1);
  peer.publish("room", says("to nobody else"));
  assert.deepEqual(lost, [["disconnected", 1]]);
  await heard.whole;
  const { hub } = await aHub(path, t);
  await story.until("reset");
  const later = listen(peer, "room", 1);
  hub.publish("room", says("hi"));
  await later.whole;
  assert.deepEqual(heard.heads, ["to nobody else", "hi"]);
});

test("B2.7 a peer that does not read is disconnected alone when its buffer is full, and what it loses is counted", async (t) => {
  const path = aPath(t);
  const lost: unknown[][] = [];
  const { hub, connect } = await aHub(path, t, {
    bufferBytesMax: 512 * 1024,
    onLost: (...what) => lost.push(what),
  });
  const good = await connect();
  const heard = listen(good, "room", 1);
  const story = tellsOf(good);
  const stalled = await aRawPeer(t, path);
  stalled.write(Buffer.concat([encodeSignal("subscribe", "room"), encodeSignal("ready", "")]));
  await once(stalled, "data");
  stalled.pause();

  const body = new Uint8Array(64 * 1024);
  let sent = 0;
  while (lost.length === 0 && sent < 1_000) {
    hub.publish("room", says(sent++, body));
    await settled(hub, good);
  }
  assert.deepEqual(lost, [["overflow", 8]]);
  assert.deepEqual(
    heard.heads,
    Array.from({ length: sent }, (_, n) => n),
  );
  assert.deepEqual(story.all, ["reachable"]);
  stalled.resume();
  await once(stalled, "close");
});

test("B2.8 a peer whose hub does not take its messages breaks off, counts them, connects anew and is reset", async (t) => {
  const path = aPath(t);
  const hub = await aHubProcess(t, path);
  const lost = Promise.withResolvers<unknown[]>();
  const peer = connectUnixBus(path, {
    bufferBytesMax: 512 * 1024,
    onLost: (...what) => lost.resolve(what),
  });
  t.after(() => peer.close());
  const story = tellsOf(peer);
  await story.until("reset");
  hub.kill("SIGSTOP");
  for (let n = 0; n < 9; n++) peer.publish("room", says(n, new Uint8Array(64 * 1024)));
  assert.deepEqual(await lost.promise, ["overflow", 8]);
  await story.until("unreachable");
  hub.kill("SIGCONT");
  await story.until("reset");
  assert.deepEqual(story.all, ["unreachable", "reachable", "reset", "unreachable", "reachable", "reset"]);
});

test("B2.9 garbage, unknown kinds, heads that are not JSON and frames beyond the size end that connection alone", async (t) => {
  const path = aPath(t);
  const lost: unknown[] = [];
  const { hub, connect } = await aHub(path, t, {
    frameBytesMax: 1_000,
    onLost: (...what) => lost.push(what),
  });
  const heard = listen(hub, "room", 1);
  const peer = await connect();
  const story = tellsOf(peer);

  const notJson = aMessage("room", "json");
  notJson.fill("}", notJson.length - 6);
  const unknownKind = aMessage("room", "kind");
  unknownKind[4] = 9;
  const longSubject = aMessage("room", "subject");
  longSubject.writeUInt16BE(60_000, 5);
  const tooLarge = aMessage("room", "x".repeat(2_000));
  const bad = [
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    Buffer.alloc(64),
    notJson,
    unknownKind,
    longSubject,
    tooLarge,
  ];
  for (const bytes of bad) {
    const raw = await aRawPeer(t, path);
    raw.resume().write(Buffer.concat([bytes, aMessage("room", "after the bad one")]));
    await once(raw, "close");
  }
  assert.deepEqual(
    lost.map((what) => String(what)),
    ["too-large,1", "malformed,1", "malformed,1", "malformed,1", "malformed,1", "too-large,1"],
  );

  peer.publish("room", says("still here"));
  await heard.whole;
  assert.deepEqual(heard.heads, ["still here"]);
  assert.deepEqual(story.all, ["reachable"]);
});

test("B2.10 a message larger than a frame may be is refused where it is published, and counted", async (t) => {
  const path = aPath(t);
  const lost: unknown[] = [];
  const options: BusOptions = { frameBytesMax: 1_000, onLost: (...what) => lost.push(what) };
  const { hub, connect } = await aHub(path, t, options);
  const peer = await connect(options);
  for (const publisher of [hub, peer]) {
    const heard = [hub, peer].map((end) => listen(end, "room", 1));
    await settled(hub, peer);
    publisher.publish("room", says("large", new Uint8Array(1_000)));
    publisher.publish("room", says("small"));
    for (const { heads, whole, stop } of heard) {
      await whole;
      assert.deepEqual(heads, ["small"]);
      stop();
    }
  }
  assert.deepEqual(lost, [
    ["too-large", 1],
    ["too-large", 1],
  ]);
});

test("B2.11 10,000 messages arrive in order over a connection that splits them anywhere", async (t) => {
  const path = aPath(t);
  const { hub, connect } = await aHub(path, t);
  const peer = await connect();
  const count = 10_000;
  const heard = [hub, peer].map((end) => listen(end, "room", count));
  await settled(hub, peer);
  const raw = await aRawPeer(t, path);
  const stream = Buffer.concat(Array.from({ length: count }, (_, n) => aMessage("room", n)));
  for (let at = 0, size = 1; at < stream.length; at += size, size = (size * 7 + 3) % 4_099) {
    raw.write(stream.subarray(at, at + size));
  }
  for (const { heads, whole } of heard) {
    await whole;
    assert.deepEqual(
      heads,
      Array.from({ length: count }, (_, n) => n),
    );
  }
});

test("B2.12 everything sent in one turn leaves in one write", async () => {
  const writes: Buffer[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk);
      done();
    },
  });
  const link = openLink(socket, boundsOf({}), { frame() {}, closed() {} });
  const turns = [[1, 2, 3], [4]].map((turn) => turn.map((n) => aMessage("room", n)));
  for (const frames of turns) {
    for (const frame of frames) {
      link.send(frame, 1);
      await Promise.resolve();
    }
    await new Promise(setImmediate);
  }
  assert.deepEqual(
    writes.map((bytes) => bytes.toString("hex")),
    turns.map((frames) => Buffer.concat(frames).toString("hex")),
  );
  socket.destroy();
});

test("B2.13 the socket is for its user alone; a hub refuses a path that is answered or is not a socket", async (t) => {
  const path = aPath(t);
  const { hub } = await aHub(path, t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await assert.rejects(listenUnixBus(path), /already listens/);
  const heard = listen(hub, "room", 1);
  hub.publish("room", says("the first hub still works"));
  await heard.whole;

  const file = `${path}.txt`;
  writeFileSync(file, "precious");
  await assert.rejects(listenUnixBus(file), /is not a socket/);
  assert.equal(statSync(file).size, 8);
});

test("B2.14 a hub that closes takes its socket file with it", async (t) => {
  const path = aPath(t);
  const { hub } = await aHub(path, t);
  hub.close();
  assert.equal(existsSync(path), false);
});

test("B2.15 a hub closes a peer with too many subjects, and refuses more peers than it has room for", async (t) => {
  const path = aPath(t);
  const lost: unknown[] = [];
  const { connect } = await aHub(path, t, { onLost: (...what) => lost.push(what) });
  const greedy = await aRawPeer(t, path);
  greedy
    .resume()
    .write(Buffer.concat(Array.from({ length: 65_537 }, (_, n) => encodeSignal("subscribe", `${n}`))));
  await once(greedy, "close");
  assert.deepEqual(lost, [["too-many", 1]]);

  await connect();
  const others = await Promise.all(Array.from({ length: 255 }, () => aRawPeer(t, path)));
  const surplus = await aRawPeer(t, path);
  await once(surplus.resume(), "close");
  assert.deepEqual(lost, [
    ["too-many", 1],
    ["too-many", 1],
  ]);
  assert.ok(others.every((other) => !other.destroyed));
});

/** A hub in this process. Whatever is made here ends with the test, or with `close` where there is no test. */
async function aHub(path: string, t?: TestContext, options: BusOptions = {}) {
  const hub = await listenUnixBus(path, options);
  t?.after(() => hub.close());
  async function connect(options: BusOptions = {}): Promise<Bus> {
    const peer = connectUnixBus(path, options);
    t?.after(() => peer.close());
    await tellsOf(peer).until("reset");
    return peer;
  }
  return { hub, connect };
}

/** A hub in a process of its own that answers questions, and ends with this one. */
async function aHubProcess(t: TestContext, path: string): Promise<ChildProcess> {
  const program = `
    import { listenUnixBus } from ${JSON.stringify(new URL("./unix-bus.ts", import.meta.url))};
    const hub = await listenUnixBus(process.argv[1]);
    hub.subscribe("question", (message) => hub.publish("answer", message));
    process.stdout.write("listening");
    process.stdin.on("end", () => process.exit()).resume();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

async function aRawPeer(t: TestContext, path: string): Promise<Socket> {
  const socket = createConnection(path);
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

function aMessage(subject: string, head: unknown): Buffer {
  const frame = encodeMessage(subject, says(head), 1_000_000);
  assert.ok(frame !== null);
  return frame;
}

function aFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "chorus-bus-"));
  return { path: join(folder, "bus"), remove: () => rmSync(folder, { recursive: true }) };
}

function aPath(t: TestContext): string {
  const { path, remove } = aFolder();
  t.after(remove);
  return path;
}

/** Returns when the hub has taken every subscription that the peer made before. */
async function settled(hub: Bus, peer: Bus): Promise<void> {
  const stop = hub.subscribe("settle", () => hub.publish("settled", says(null)));
  const answer = listen(peer, "settled", 1);
  peer.publish("settle", says(null));
  await answer.whole;
  answer.stop();
  stop();
}

/** What a bus tells of its connection, in order, and the way to wait for the next of a kind. */
function tellsOf(bus: Bus) {
  const all: string[] = [];
  let checked = 0;
  let told = Promise.withResolvers<void>();
  function tell(what: string): void {
    all.push(what);
    told.resolve();
    told = Promise.withResolvers();
  }
  bus.onReachable((reachable) => tell(reachable ? "reachable" : "unreachable"));
  bus.onReset(() => tell("reset"));

  async function until(what: string): Promise<void> {
    while (!all.slice(checked).includes(what)) await told.promise;
    checked = all.indexOf(what, checked) + 1;
  }
  return { all, until };
}
