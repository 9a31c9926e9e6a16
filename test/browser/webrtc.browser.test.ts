import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { systemClock } from "@chorus/server/clock.ts";
import type { Publication } from "@chorus/server/media/webrtc/engine.ts";
import type { Exchange } from "@chorus/server/media/webrtc/exchange.ts";
import { createWeriftEngine } from "@chorus/server/media/webrtc/werift-engine.ts";
import { createWhep } from "@chorus/server/media/webrtc/whep.ts";
import { createWhip } from "@chorus/server/media/webrtc/whip.ts";
import type { Browser, Page } from "playwright-core";
import { fakeDevices, openChromium } from "./chromium.ts";

const network = { bindAddress: "127.0.0.1", announced: [], udpPorts: null };
const engine = createWeriftEngine({ clock: systemClock, network });
let publication: Publication | null = null;
const shared = { location: (_room: string, session: string) => session, iceServers: () => [] };
const whip = createWhip({
  ...shared,
  engine,
  location: (_room, session) => `/whip/${session}`,
  admit: () => ({ published: (other) => void (publication = other), failed() {} }),
});
const whep = createWhep({
  ...shared,
  location: (_room, session) => `/whep/${session}`,
  publication: () => publication,
  subscribersMax: limits.mediaRoomSubscribersMax,
});
const server = createServer((request, response) => void serve(request, response));
let browser: Browser;
let url = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/`;
  browser = await openChromium([...fakeDevices, "--autoplay-policy=no-user-gesture-required"]);
});
after(async () => {
  await browser.close();
  engine.close();
  server.close();
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, kind, session = null] = (request.url ?? "/").split("/");
  if (kind !== "whip" && kind !== "whep") {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>WebRTC</title><video muted autoplay playsinline></video>");
    return;
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const method = request.method ?? "GET";
  let body = "";
  for await (const piece of request) body += String(piece);
  const exchange: Exchange = { method, room: "demo", session, headers, body, address: null };
  const reply = await (kind === "whip" ? whip : whep).handle(exchange);
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  response.writeHead(reply.status);
  response.end(reply.body);
}

async function connected(): Promise<Publication> {
  const live = publication;
  assert.ok(live !== null);
  while (live.state !== "connected") await new Promise((resolve) => setTimeout(resolve, 10));
  return live;
}

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

/** Publishes the pattern that the browser's own camera shows. @returns the session's path and tag. */
function publish(page: Page): Promise<{ status: number; location: string; etag: string; answer: string }> {
  return page.evaluate(async () => {
    const devices = { video: { width: 640, height: 360, frameRate: 30 }, audio: true };
    const stream = await navigator.mediaDevices.getUserMedia(devices);
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    Object.assign(window, { connection });
    for (const track of stream.getTracks()) {
      const transceiver = connection.addTransceiver(track, { direction: "sendonly" });
      const codecs = RTCRtpSender.getCapabilities(track.kind)?.codecs ?? [];
      const wanted = codecs.filter(({ mimeType }) => /H264|rtx|opus/i.test(mimeType));
      transceiver.setCodecPreferences(wanted);
    }
    await connection.setLocalDescription();
    const headers = { "content-type": "application/sdp" };
    const body = connection.localDescription?.sdp ?? "";
    const response = await fetch("/whip", { method: "POST", headers, body });
    const answer = await response.text();
    if (response.ok) await connection.setRemoteDescription({ type: "answer", sdp: answer });
    const { status } = response;
    const location = response.headers.get("location") ?? "";
    return { status, location, etag: response.headers.get("etag") ?? "", answer };
  });
}

/** Watches until so many frames were decoded. Times are ms. */
function watch(page: Page, frames: number) {
  return page.evaluate(async (count) => {
    const began = performance.now();
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const video = document.querySelector("video");
    if (video === null) throw new Error("There is no video element.");
    connection.ontrack = ({ streams }) => (video.srcObject = streams[0] ?? null);
    connection.addTransceiver("audio", { direction: "recvonly" });
    connection.addTransceiver("video", { direction: "recvonly" });
    await connection.setLocalDescription();
    const headers = { "content-type": "application/sdp" };
    const body = connection.localDescription?.sdp ?? "";
    const response = await fetch("/whep", { method: "POST", headers, body });
    if (!response.ok) throw new Error(await response.text());
    await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
    let firstMs = 0;
    type Frame = { captureAgoMs: number | null; receiveAgoMs: number | null; rtpTimestamp: number | null };
    const seen: Frame[] = [];
    await new Promise<void>((resolve) => {
      function take(now: number, metadata: VideoFrameCallbackMetadata): void {
        firstMs ||= now - began;
        const { captureTime, receiveTime, rtpTimestamp } = metadata;
        seen.push({
          captureAgoMs: captureTime === undefined ? null : now - captureTime,
          receiveAgoMs: receiveTime === undefined ? null : now - receiveTime,
          rtpTimestamp: rtpTimestamp ?? null,
        });
        if (seen.length >= count) resolve();
        else video?.requestVideoFrameCallback(take);
      }
      video.requestVideoFrameCallback(take);
    });
    const stats = [...(await connection.getStats()).values()];
    const inbound = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return {
      firstMs,
      seen,
      framesDecoded: Number(inbound?.framesDecoded),
      freezeCount: Number(inbound?.freezeCount),
    };
  }, frames);
}

test("V3.34 V3.30 what a browser publishes another one shows within a second, with the time of its capture by the server's clock", async (t) => {
  const studio = await openPage();
  const { status, answer } = await publish(studio);
  assert.equal(status, 201, answer);
  const page = await openPage();
  await connected();
  const { firstMs, seen, framesDecoded, freezeCount } = await watch(page, 90);
  const last = seen.at(-1);
  t.diagnostic(
    `first frame after ${Math.round(firstMs)} ms, frozen ${freezeCount} times; the last one: ${JSON.stringify(last)}`,
  );
  assert.ok(framesDecoded > 20, String(framesDecoded));
  assert.ok(firstMs < 1_000, `${firstMs} ms`);
  const later = seen.slice(-10);
  assert.ok(later.every(({ rtpTimestamp, receiveAgoMs }) => rtpTimestamp !== null && receiveAgoMs !== null));
  for (const { captureAgoMs } of later) {
    assert.ok(captureAgoMs !== null && captureAgoMs > -50 && captureAgoMs < 500, JSON.stringify(later));
  }
});

test("V3.24 a browser that restarts ICE gets new credentials and another tag, and its picture goes on", async () => {
  const studio = await openPage();
  const session = await publish(studio);
  assert.equal(session.status, 201, session.answer);
  const live = await connected();
  const restarted = await studio.evaluate(async ({ location, etag }) => {
    const connection: RTCPeerConnection = Reflect.get(window, "connection");
    const before = connection.remoteDescription?.sdp ?? "";
    const offer = await connection.createOffer({ iceRestart: true });
    await connection.setLocalDescription(offer);
    const lines = (offer.sdp ?? "").split("\r\n");
    const ice = lines.filter((line) => /^a=ice-(ufrag|pwd):/.test(line)).slice(0, 2);
    const body = `${[...ice, "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0"].join("\r\n")}\r\n`;
    const headers = { "content-type": "application/trickle-ice-sdpfrag", "if-match": "*" };
    const response = await fetch(location, { method: "PATCH", headers, body });
    const fragment = await response.text();
    const ufrag = /a=ice-ufrag:(\S+)/.exec(fragment)?.[1] ?? "";
    const pwd = /a=ice-pwd:(\S+)/.exec(fragment)?.[1] ?? "";
    const sdp = before
      .replaceAll(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${ufrag}`)
      .replaceAll(/a=ice-pwd:\S+/g, `a=ice-pwd:${pwd}`);
    await connection.setRemoteDescription({ type: "answer", sdp });
    const other = response.headers.get("etag");
    const stale = await fetch(location, { method: "PATCH", headers: { ...headers, "if-match": etag }, body });
    return { status: response.status, changed: other !== etag, stale: stale.status };
  }, session);
  assert.deepEqual(restarted, { status: 200, changed: true, stale: 412 });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal(live.state, "connected");
  assert.ok(live.stats().framesPerSecond > 5, JSON.stringify(live.stats()));
  const ended = await studio.evaluate(
    (path) => fetch(path, { method: "DELETE" }).then(({ status }) => status),
    session.location,
  );
  assert.equal(ended, 200);
  assert.equal(live.state, "closed");
});
