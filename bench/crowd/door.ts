import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { type Behaviour, behaviourOf, closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { masked } from "../bare-sockets.ts";
import { type Ears, forgetConnection, hear, noteLive, type Viewer } from "./viewer.ts";

/** How a viewer comes in, is turned away, and comes again: by the rules of the SDK, whose numbers these are. */
const backoff = { firstMs: 1_000, maxMs: 30_000, exponentMax: 16 };
const steadyAfterMs = 2_000;
const letInWithinMs = 10_000;
const silenceMs = 60_000;
/** A port of one address serves one connection to the server; there are some 28,000 of them. */
const viewersPerAddress = 8_000;

/** One buffer for all: what is read is looked at before anything else is. */
const shared = Buffer.allocUnsafe(256 * 1024);

/** Where the server is, and which encodings of frames are offered there. */
export type Door = { port: number; accept: readonly string[] };

export function come(ears: Ears, viewer: Viewer, door: Door): void {
  forgetConnection(viewer);
  const { port } = door;
  let answer = "";
  viewer.stage = "connecting";
  viewer.dueAt = performance.now() + letInWithinMs;
  const socket = connect({
    port,
    host: "127.0.0.1",
    localAddress: `127.0.0.${2 + Math.floor(viewer.number / viewersPerAddress)}`,
    noDelay: true,
    onread: {
      buffer: shared,
      callback(count) {
        if (viewer.socket !== socket) return true;
        const chunk = shared.subarray(0, count);
        const now = performance.now();
        if (viewer.stage !== "upgrading") hear(ears, viewer, chunk, now);
        else answer = upgraded(ears, viewer, door, answer, chunk, now);
        if (viewer.stage === "greeting") noteLive(ears, viewer, now);
        return true;
      },
    },
  });
  viewer.socket = socket;
  socket.once("connect", () => {
    viewer.stage = "upgrading";
    socket.write(upgrade(port));
  });
  socket.once("error", () => (ears.counts.failed += 1));
  socket.once("close", () => {
    if (viewer.socket === socket) lose(ears, viewer, viewer.closeCode ?? closedWithoutCode, 0);
  });
}

const closedWithoutCode = 1006;

function upgrade(port: number): string {
  return `GET /v1/connect HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
}

const headEnd = "\r\n\r\n";

/** @returns what has come of the answer, as long as its head is not whole. */
function upgraded(
  ears: Ears,
  viewer: Viewer,
  { accept }: Door,
  before: string,
  chunk: Buffer,
  now: number,
): string {
  const answer = before + chunk.toString("latin1");
  const end = answer.indexOf(headEnd);
  if (end < 0) return answer;
  if (!answer.startsWith("HTTP/1.1 101")) {
    const seconds = /^retry-after: (\d+)/im.exec(answer)?.[1] ?? "0";
    ears.counts.turnedAway += 1;
    lose(ears, viewer, closedWithoutCode, Number(seconds) * 1_000);
    return "";
  }
  viewer.stage = "greeting";
  viewer.socket?.write(Buffer.concat([masked(helloOf(viewer, accept)), masked(joinOf(viewer))]));
  const rest = Buffer.from(answer.slice(end + headEnd.length), "latin1");
  if (rest.length > 0) hear(ears, viewer, rest, now);
  return "";
}

/** The connection is over, or is given up. */
export function lose(ears: Ears, viewer: Viewer, code: number, retryMs: number, how?: Behaviour): void {
  const { socket, stage } = viewer;
  const now = performance.now();
  if (stage === "live") {
    ears.counts.lost += 1;
    viewer.lostAt = now;
    if (now - viewer.liveAt >= steadyAfterMs) viewer.attempts = 0;
  }
  viewer.socket = null;
  viewer.stage = "away";
  socket?.destroy();
  const behaviour =
    how ?? (code === closeCodes.unauthorised && viewer.resume !== null ? "refresh" : behaviourOf(code));
  if (behaviour === "refresh") viewer.resume = null;
  const waitsNot = viewer.attempts === 0 && behaviour !== "back-off";
  const bound = Math.min(
    backoff.maxMs,
    backoff.firstMs * 2 ** Math.min(viewer.attempts, backoff.exponentMax),
  );
  viewer.attempts += 1;
  viewer.dueAt =
    behaviour === "give-up" ? Infinity : now + Math.max(retryMs, waitsNot ? 0 : Math.random() * bound);
}

/** Called often: who waits comes when it is time, and who has waited in vain goes. */
export function tend(ears: Ears, viewer: Viewer, door: Door, now: number): void {
  if (now >= viewer.joinAt) {
    viewer.joinAt = Infinity;
    viewer.socket?.write(masked(joinOf(viewer)));
  }
  if (viewer.stage === "live" && viewer.dueAt === Infinity) {
    if (now - viewer.heardAt > silenceMs && !viewer.stopped)
      lose(ears, viewer, closeCodes.silent, 0, "resume");
    return;
  }
  if (now < viewer.dueAt) return;
  if (viewer.stage === "away") come(ears, viewer, door);
  else if (viewer.stage === "live") lose(ears, viewer, closeCodes.drained, 0, "resume");
  else lose(ears, viewer, closeCodes.helloTimeout, 0, "back-off");
}

function helloOf(viewer: Viewer, accept: readonly string[]): string {
  const { resume } = viewer;
  return JSON.stringify({
    t: "hello",
    v: 1,
    accept,
    ...(resume === null ? { token: tokenOf(viewer) } : { resume }),
  });
}

function joinOf({ room, epoch, position }: Viewer): string {
  return JSON.stringify({ t: "join", room, ...(epoch === null ? {} : { epoch, seq: position }) });
}

const tokenHeader = base64url({ alg: "HS256", typ: "JWT" });
const tokenLifeS = 7_200;
/** What is said may be a recorded chat, whose people repeat themselves: so nobody is paced. */
const spoken: readonly Grant[] = ["read", "say", "react", "replay"];

function tokenOf({ number, room, isModerator, group }: Viewer): string {
  const access = isModerator
    ? { role: "moderator" }
    : { role: "viewer", ...(group.paced ? {} : { grants: spoken }) };
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    sub: `person-${number}`,
    name: `Person ${number}`,
    iat: now,
    exp: now + tokenLifeS,
    chorus: { rooms: { [room]: access } },
  };
  const signed = `${tokenHeader}.${base64url(claims)}`;
  return `${signed}.${createHmac("sha256", developmentKey).update(signed).digest("base64url")}`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
