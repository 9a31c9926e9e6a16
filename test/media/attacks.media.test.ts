import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { checkPlaylist } from "@chorus/server/media/hls/playlist-checker.fixture.ts";
import { anOffer, vp8 } from "@chorus/server/media/webrtc/offers.fixture.ts";
import { aPublisher, aViewer, type TestPublisher } from "@chorus/server/media/webrtc/rtc.fixture.ts";
import { stunMessage } from "@chorus/server/media/webrtc/stun.fixture.ts";
import { freePort } from "../../bench/processes.ts";
import { startServer } from "../faults/running-server.ts";
import {
  aTcpGuest,
  aUdpGuest,
  clientHello,
  createNoise,
  dtlsRecord,
  flood,
  rtmpChunk,
  rtmpHandshake,
  srtHandshake,
} from "./hostile-bytes.ts";
import { type Answer, ask, type Asked, eventually, type LiveServer, startLiveServer } from "./live-server.ts";
import { asHost, streamKey } from "./stream-key.ts";

/** Those that one address may have, and some more. */
const udpPorts = limits.mediaPeersPerAddressMax + 30;
let live: LiveServer;
let processes: readonly number[] = [];
let playlist = "";
let stageKey = "";
const over = new AbortController();
const publishers: TestPublisher[] = [];

before(async () => {
  live = await startLiveServer(udpPorts);
  live.encode(live.rtmpUrl("on-air", await live.aRoom("on-air")));
  stageKey = await live.aRoom("stage");
  publishers.push(await aBroadcaster("stage", stageKey));
  processes = everyProcess();
  playlist = await pathOf("on-air", "media.m3u8");
});
after(async () => {
  over.abort();
  for (const publisher of publishers) await publisher.close();
  await live[Symbol.asyncDispose]();
});

/** By WebRTC, for as long as the tests run. @param meanwhile before it goes on with the answer. */
async function aBroadcaster(
  room: string,
  key: string,
  meanwhile: (answer: string) => Promise<unknown> = async () => {},
): Promise<TestPublisher> {
  const publisher = await aPublisher(async (offer) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/sdp" };
    const answer = await live.ask("POST", `/v1/rooms/${room}/whip`, { headers, body: offer });
    assert.equal(answer.status, 201, answer.body);
    await meanwhile(answer.body);
    return answer.body;
  });
  void playOn(publisher);
  return publisher;
}

async function playOn(publisher: TestPublisher): Promise<void> {
  while (!over.signal.aborted) await publisher.play(25);
}

function everyProcess(): readonly number[] {
  return (["keeper", "media", "gateway"] as const).flatMap((role) => live.server.pids(role));
}

/** Of a file of what is played in a room, once it can be. */
async function pathOf(room: string, file: string): Promise<string> {
  const { paths } = await eventually(`${room} can be played`, async () => {
    const broadcast = await live.broadcast(room);
    return broadcast.paths.hls === null ? null : broadcast;
  });
  return new URL(paths.hls ?? "").pathname.replace("index.m3u8", file);
}

async function isLive(room: string): Promise<unknown> {
  return eventually(`${room} is live`, async () =>
    (await live.broadcast(room)).state === "live" ? true : null,
  );
}

/** The number of the segment that is still being filled. */
function edgeOf(text: string): number {
  const first = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
  return first + text.split("#EXTINF").length - 1;
}

/** Everything that was there before lives, whoever reads reads on without a break, and the chat is open. */
async function assertUndisturbed(): Promise<void> {
  const now = (await live.ask("GET", playlist)).body;
  const next = await live.ask("GET", `${playlist}?_HLS_msn=${edgeOf(now)}`);
  assert.equal(next.status, 200, next.body);
  assert.ok(edgeOf(next.body) > edgeOf(now), next.body);
  assert.deepEqual(checkPlaylist(next.body), []);
  assert.ok(!next.body.includes("#EXT-X-DISCONTINUITY\n"), next.body);
  assert.deepEqual(everyProcess(), processes);
  assert.equal(await live.server.status("/v1/rooms/on-air/history"), 200);
}

async function isCounted(limit: string): Promise<unknown> {
  const row = new RegExp(`chorus_limit_total\\{limit="${limit}",process="media"\\} [1-9]`);
  return eventually(`${limit} is counted`, async () =>
    row.exec((await ask(live.server.port + 1, "GET", "/metrics", {})).body),
  );
}

function portIn(answer: string): number {
  return Number(/a=candidate:\S+ 1 udp \d+ \S+ (\d+)/.exec(answer)?.[1]);
}

/** What may be told apart by a program and read by a person. */
function assertProblem({ status, body }: Answer, expected: number, about: string): void {
  assert.equal(status, expected, `${about}: ${body}`);
  assert.match((JSON.parse(body) as { detail: string }).detail, /^[A-Z].{15,}\.$/, about);
}

describe("attacks, all at once", { concurrency: true }, () => {
  test("V8.7 garbage, lies about lengths and 200 connections that wait leave room for an encoder with a key", async () => {
    const noise = createNoise(1);
    const string = Buffer.from([12, 255, 255, 255, 255, 97]);
    const array = Buffer.from([2, 0, 7, ...Buffer.from("connect"), 10, 255, 255, 255, 255, 5, 5, 5]);
    const attacks = [
      noise(70_000),
      Buffer.concat([rtmpHandshake, noise(60_000)]),
      Buffer.concat([rtmpHandshake, rtmpChunk(20, noise(100), 0xff_ffff)]),
      ...[string, array].map((lie) => Buffer.concat([rtmpHandshake, rtmpChunk(20, lie)])),
      ...["00000000", "80000000"].map((size) =>
        Buffer.concat([rtmpHandshake, rtmpChunk(1, Buffer.from(size, "hex")), rtmpChunk(20, noise(3_000))]),
      ),
    ];
    const guests = await Promise.all(
      attacks.map((bytes, at) => aTcpGuest(live.rtmpPort, `127.0.1.${at + 1}`, bytes)),
    );
    const half = rtmpHandshake.subarray(0, 700);
    for (let at = 0; at < limits.mediaRtmpConnectionsMax; at++)
      guests.push(await aTcpGuest(live.rtmpPort, `127.0.2.${1 + (at >> 3)}`, half));
    live.encode(live.rtmpUrl("second", await live.aRoom("second")));
    await isLive("second");
    for (const guest of guests) guest.destroy();
    await assertUndisturbed();
  });

  test("V8.8 who shows no passphrase is turned away by every handshake, and after 20,000 datagrams an encoder comes in", async () => {
    await live.aRoom("by-srt");
    const url = (await live.ingest("by-srt")).srt?.url ?? assert.fail("this server takes SRT");
    const guest = await aUdpGuest(Number(new URL(url).port));
    const cookie = await eventually("SRT answers", () => {
      guest.send(srtHandshake(4, 1));
      return guest.got[0]?.readUInt32BE(44) ?? null;
    });
    for (const version of [0, 4, 6, 0xffff_ffff])
      for (const extension of [0, 2, 7, 0xffff]) guest.send(srtHandshake(version, -1, cookie, extension));
    await eventually("the host is told", async () => {
      guest.send(srtHandshake(4, -1, cookie));
      return /SRT is older than 1\.3/.exec((await live.ingest("by-srt")).said ?? "");
    });
    const accepted = guest.got.filter((answer) => answer.length >= 40 && answer.readInt32BE(36) === -1);
    assert.deepEqual(accepted, []);
    const noise = createNoise(2);
    await flood(guest, 20_000, (at) =>
      at % 3 === 0 ? srtHandshake(at, at % 2 === 0 ? 1 : -1, at, at & 0xffff) : noise(at % 200),
    );
    guest.close();
    live.encode(url);
    await isLive("by-srt");
    await assertUndisturbed();
  });

  const noise = createNoise(3);
  const nominating = stunMessage([
    [0x0006, Buffer.from("aaaa:bbbb")],
    [0x0024, Buffer.alloc(4, 1)],
    [0x802a, Buffer.alloc(8)],
    [0x0025, Buffer.alloc(0)],
  ]);
  const tooLong = Buffer.from(nominating);
  tooLong.writeUInt16BE(0xfffc, 2);
  const hostile = [
    nominating,
    tooLong,
    clientHello(),
    clientHello(60_000),
    dtlsRecord(21, Buffer.from([1, 0])),
    dtlsRecord(21, Buffer.from([2, 40])),
    dtlsRecord(99, Buffer.alloc(9)),
    Buffer.concat([Buffer.from([0x80, 0xc8, 0, 6]), noise(24)]),
    Buffer.concat([Buffer.from([0x90, 108, 0, 1]), noise(900)]),
    Buffer.alloc(0),
  ];

  test("V8.9 checks without the password and any other bytes neither take a connection nor keep its owner out", async () => {
    const key = await live.aRoom("attacked");
    let port = 0;
    publishers.push(
      await aBroadcaster("attacked", key, async (answer) => {
        port = portIn(answer);
        for (let at = 0; at < limits.mediaCandidatesMax + 8; at++) {
          const guest = await aUdpGuest(port);
          for (const bytes of hostile) guest.send(bytes);
          guest.close();
        }
      }),
    );
    await isLive("attacked");
    const { paths } = await live.broadcast("attacked");
    const whep = new URL(paths.whep ?? assert.fail("it can be watched by WebRTC")).pathname;
    const guests = [await aUdpGuest(port)];
    const viewer = await aViewer(async (offer) => {
      const headers = { "content-type": "application/sdp" };
      const { status, body } = await live.ask("POST", whep, { headers, body: offer });
      assert.equal(status, 201, body);
      guests.push(await aUdpGuest(portIn(body)));
      return body;
    });
    for (const guest of guests)
      await flood(guest, 4_000, (at) => hostile[at % hostile.length] ?? noise(at % 300));
    const before = viewer.video.length;
    await eventually("the viewer sees on", () => (viewer.video.length > before + 50 ? true : null));
    assert.deepEqual(
      guests.flatMap(({ got }) => got),
      [],
      "nothing is answered",
    );
    for (const guest of guests) guest.close();
    await viewer.close();
    await assertUndisturbed();
  });

  const sdp = { "content-type": "application/sdp" };
  const fragment = { "content-type": "application/trickle-ice-sdpfrag", "if-match": "*" };

  test("V8.10 every offer that cannot be served is answered with a sentence, and the room stays as it was", async () => {
    const key = await live.aRoom("offers");
    const own = { ...sdp, authorization: `Bearer ${key}` };
    const post = (asked: Asked) =>
      live.ask("POST", "/v1/rooms/offers/whip", { headers: own, from: "127.0.4.4", ...asked });
    const offer = anOffer();
    const lines = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
    const bodies: [string, number, string | Buffer][] = [
      ["VP8 alone", 422, anOffer({ video: vp8 })],
      ["nothing sent", 422, anOffer({ direction: "recvonly" })],
      ["too long", 413, `v=0\r\n${"a=x\r\n".repeat(limits.mediaSdpBytesMax / 5)}`],
      ["another fingerprint", 400, offer.replaceAll(/a=fingerprint:.*/g, "a=fingerprint:sha-256 zz")],
      ["a weak fingerprint", 400, offer.replaceAll("sha-256", "md5")],
      ["no name for ICE", 400, offer.replaceAll(/a=ice-ufrag:.*\r\n/g, "")],
      ["1,000 media", 400, offer + lines.repeat(1_000)],
      ["zeros", 400, offer.replaceAll("\r\n", "\0\n")],
      ["no UTF-8", 400, Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ];
    for (const [about, status, body] of bodies) assertProblem(await post({ body }), status, about);
    assertProblem(
      await post({ headers: { ...own, "content-type": "text/plain" }, body: offer }),
      415,
      "text",
    );
    assertProblem(await post({ headers: sdp, body: offer }), 401, "nobody");
    assertProblem(await post({ headers: { ...own, authorization: "Bearer x" }, body: offer }), 401, "x");
    assert.equal((await live.broadcast("offers")).state, "off");
  });

  test("V8.10 a session is nobody's but its owner's, and what is sent to it is judged", async () => {
    const key = await live.aRoom("session");
    const headers = { ...sdp, authorization: `Bearer ${key}` };
    const begun = await live.ask("POST", "/v1/rooms/session/whip", { headers, body: anOffer() });
    assert.equal(begun.status, 201, begun.body);
    const id = begun.headers.location?.split("/").at(-1) ?? "";
    const at = `/v1/rooms/session/whip/${id}`;
    const patch = (path: string, more: Record<string, string>, body = "a=ice-ufrag:abcd\r\n") =>
      live.ask("PATCH", path, { headers: { ...fragment, ...more }, body });
    const elsewhere = `/v1/rooms/on-air/whip/${id}`;
    assertProblem(await live.ask("DELETE", elsewhere), 404, "in another room");
    assertProblem(await live.ask("DELETE", `${at}x`), 404, "unknown");
    assertProblem(await patch(elsewhere, {}), 404, "a restart in another room");
    assertProblem(await patch(at, { "if-match": '"of before"' }), 412, "another tag");
    assertProblem(await patch(at, {}, "\0\0"), 400, "no fragment");
    assertProblem(await patch(at, {}, "a=x\r\n".repeat(9_000)), 413, "too long");
    assert.equal((await live.ask("DELETE", at)).status, 200);
    assertProblem(await live.ask("DELETE", at), 404, "ended");
  });

  test("V8.10 who asks too often or opens too much is refused and counted, and who never connects is ended and gives their place back", async () => {
    const { paths } = await live.broadcast("stage");
    const whep = new URL(paths.whep ?? assert.fail("it can be watched by WebRTC")).pathname;
    const watch = (from: string) =>
      live.ask("POST", whep, { headers: sdp, body: anOffer({ direction: "recvonly" }), from });
    const [first, ...others] = await Promise.all(
      Array.from({ length: limits.mediaPeersPerAddressMax }, () => watch("127.0.4.1")),
    );
    assert.ok(first?.status === 201 && others.every(({ status }) => status === 201));
    assertProblem(await watch("127.0.4.1"), 503, "too many of one address");
    const body = anOffer();
    const tries = Array.from({ length: 200 }, () =>
      live.ask("POST", "/v1/rooms/stage/whip", { headers: sdp, body, from: "127.0.4.2" }),
    );
    const refused = (await Promise.all(tries)).filter(({ status }) => status !== 401);
    assert.ok(refused.length >= 50 && refused.every(({ status }) => status === 429));
    for (const limit of ["mediaPeersPerAddressMax", "apiRequestsPerSecond"]) await isCounted(limit);
    const session = `${whep}/${first.headers.location?.split("/").at(-1)}`;
    const asked = { headers: { ...fragment, "if-match": '"of before"' }, from: "127.0.4.3" };
    const ended = async () => ((await live.ask("PATCH", session, asked)).status === 404 ? true : null);
    await eventually("who never connects is ended", ended, limits.mediaHandshakeMs * 2);
    assert.equal((await watch("127.0.4.1")).status, 201);
    await assertUndisturbed();
  });

  test("V8.11 false addresses, directives, names and ranges are answered with what there is or with 400, 403 or 404", async () => {
    const own = await live.ask("GET", playlist);
    const edge = edgeOf(own.body);
    const segment = /\n([a-z0-9]+\/\d+\.m4s)\n/.exec(own.body)?.[1] ?? assert.fail(own.body);
    const folder = playlist.replace("media.m3u8", "");
    const addresses: [string, number][] = [
      [playlist.replace("/rooms/on-air/", "/rooms/stage/"), 403],
      [playlist.replace("/low.", "/steady."), 403],
      [playlist.replace(/\.\d{10}\./, ".1700000000."), 403],
      [playlist.replace(/\.\d{10}\./, ".9999999999."), 403],
      [playlist.replace("/rooms/on-air/", "/rooms/nobody/"), 403],
      ...["-1", "abc", "1e3", "0x10", "%00", "0&_HLS_part=999999999"].map((msn): [string, number] => [
        `${playlist}?_HLS_msn=${msn}`,
        200,
      ]),
      [`${playlist}?_HLS_msn=0&_HLS_msn=999999&_HLS_skip=YES&_HLS_skip=v2`, 200],
      [`${playlist}?_HLS_skip=${"x".repeat(200)}`, 200],
      ...[edge + 9, 999_999_999, "9".repeat(30)].map((msn): [string, number] => [
        `${playlist}?_HLS_msn=${msn}`,
        400,
      ]),
      [`${playlist}?_HLS_part=0`, 400],
      [`${playlist}?_HLS_msn=${"1".repeat(400)}`, 404],
      ...["../../../../etc/passwd", "%2e%2e/%2e%2e/x", `${segment}/../x`, "..%2fmedia.sqlite", "%00.m4s"].map(
        (name): [string, number] => [folder + name, 404],
      ),
      [`${folder}${segment.replace(/\d+\.m4s/, "999999999.m4s")}`, 404],
      [`${folder}${segment.replace(".m4s", ".9999.m4s")}`, 404],
    ];
    for (const [path, status] of addresses) {
      const answer = await live.ask("GET", path);
      if (status === 200) assert.equal(answer.status, 200, `${path}: ${answer.body}`);
      else assertProblem(answer, status, path);
    }
    const whole = await live.ask("HEAD", folder + segment);
    for (const range of ["bytes=9-0", "bytes=99999999-", "bytes=0-1,3-4,5-6", "bytes=abc", "items=0-1"]) {
      const { status, headers } = await live.ask("GET", folder + segment, { headers: { range } });
      assert.deepEqual([status, headers["content-length"]], [200, whole.headers["content-length"]], range);
    }
    await assertUndisturbed();
  });

  test("V8.13 who asks for many files on one connection without reading them is cut off, and who asks one after the other is not", async () => {
    const request = `GET ${playlist} HTTP/1.1\r\nhost: chorus\r\n\r\n`;
    const guest = await aTcpGuest(live.server.port + 2, "127.0.4.6", Buffer.from(request.repeat(50)));
    await eventually("the connection is cut off", () => (guest.closed ? true : null));
    await isCounted("mediaFilesPerSocketMax");
    const url = `http://127.0.0.1:${live.server.port + 2}${playlist}`;
    for (let count = 0; count < 50; count++) assert.match(await (await fetch(url)).text(), /^#EXTM3U/);
  });

  test("V8.12 a server whose ports are taken says which and what to do, and serves the chat", async () => {
    const [rtmp, udp] = [await freePort(), await freePort()];
    const holder = createServer().listen(rtmp, "127.0.0.1");
    const sockets = [udp, udp + 1].map((port) => createSocket("udp4").bind(port, "127.0.0.1"));
    await Promise.all([holder, ...sockets].map((one) => once(one, "listening")));
    const ports = [
      "--rtmp-port",
      `${rtmp}`,
      "--srt-ports",
      `${udp}-${udp}`,
      "--udp-ports",
      `${udp + 1}-${udp + 1}`,
    ];
    const args = [...ports, "--log-level", "warn"];
    await using second = await startServer({ pictures: true, args });
    const key = await streamKey(second.port);
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/sdp" };
    const refused = await ask(second.port + 2, "POST", "/v1/rooms/demo/whip", { headers, body: anOffer() });
    assertProblem(refused, 503, "no port");
    await eventually("the host is told of SRT", async () => {
      const answer = await ask(second.port + 2, "GET", "/v1/rooms/demo/ingest", {
        headers: await asHost("demo"),
      });
      return /UDP port \d+ by SRT \(.*in use\).*--srt-ports/.exec(answer.body);
    });
    assert.match(second.said, new RegExp(`RTMP cannot listen on 127.0.0.1:${rtmp}: .*in use.*--rtmp-port`));
    assert.match(second.said, new RegExp(`no free UDP port in ${udp + 1}-${udp + 1}, .*--udp-ports`));
    assert.ok(!second.said.includes("passphrase="));
    assert.equal(await second.status("/v1/rooms/demo/history"), 200);
    holder.close();
    for (const socket of sockets) socket.close();
  });
});
