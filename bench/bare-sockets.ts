import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { SignJWT } from "jose";

/**
 * Bare sockets that say what a protocol needs to be let in and then read without looking: thousands of them fit on one core.
 * All are served the same, so one of them, the witness, is looked at for all.
 */
export type Kind = "chorus" | "socket.io" | "plain";
export type Witness = (chunk: Buffer) => void;
export type Opened = { readonly socket: Socket; bytes: number };

const readBytes = 256 * 1024;
/** One buffer for all: what is read is counted and forgotten. */
const shared = Buffer.allocUnsafe(readBytes);

const againMs = 1_000;

/** @param frames what is said after the upgrade. Resolves when it is let in: a plain one with the upgrade. */
export async function openSocket(port: number, kind: Kind, frames: readonly string[]): Promise<OpenedSocket> {
  for (;;) {
    const opened = await tryToOpen(port, kind, frames);
    if (opened !== null) return opened;
    await setTimeout(againMs * (1 + Math.random()));
  }
}

type OpenedSocket = Opened & { watch(witness: Witness): void };

/** Null when it is asked to come again. */
function tryToOpen(port: number, kind: Kind, frames: readonly string[]): Promise<OpenedSocket | null> {
  return new Promise((resolve, reject) => {
    let watch: Witness | null = null;
    let isIn = false;
    let upgraded = false;
    const opened = {
      bytes: 0,
      watch: (witness: Witness) => void (watch = witness),
      socket: connect({ port, host: "127.0.0.1", onread: { buffer: shared, callback: read } }),
    };
    const { socket } = opened;
    socket.once("connect", () => socket.write(upgrade(port, pathOf[kind])));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`A connection to ${kind} was closed.`)));

    function read(count: number): boolean {
      opened.bytes += count;
      const chunk = shared.subarray(0, count);
      if (!isIn) enter(chunk);
      else watch?.(chunk);
      answerPing(socket, kind, chunk);
      return true;
    }

    function enter(chunk: Buffer): void {
      if (chunk.includes("HTTP/1.1 503")) return resolve(null);
      if (!upgraded) for (const frame of frames) socket.write(masked(frame));
      isIn = kind === "plain" || (upgraded && chunk.includes(letInBy[kind]));
      upgraded = true;
      if (isIn) resolve(opened);
    }
  });
}

const pathOf = { chorus: "/v1/connect", "socket.io": "/socket.io/?EIO=4&transport=websocket", plain: "/" };
const letInBy = { chorus: '"t":"joined"', "socket.io": '40{"sid"' };

/** What somebody with a token of their own says to be in the room `demo`. */
export async function helloOf(
  number: number,
  key: string,
  grants?: readonly string[],
  accept: readonly string[] = [],
): Promise<string[]> {
  const access = { role: "viewer", ...(grants === undefined ? {} : { grants }) };
  const token = await new SignJWT({ name: `Person ${number}`, chorus: { rooms: { demo: access } } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(`person-${number}`)
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(key));
  return [
    JSON.stringify({ t: "hello", v: 1, token, accept }),
    JSON.stringify({ t: "join", room: "demo" }),
    JSON.stringify({ t: "seen", room: "demo", seq: 1 }),
  ];
}

function upgrade(port: number, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`;
}

/** Chorus pings before a beat, `89 00 81 …`; Engine.IO by a text frame `2`, which `3` answers. */
function answerPing(socket: Socket, kind: Kind, chunk: Buffer): void {
  if (kind === "chorus" && chunk[0] === 0x89 && chunk[1] === 0)
    socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
  if (kind === "socket.io" && chunk.length === 3 && chunk[2] === 0x32) socket.write(masked("3"));
}

/** A text frame with a mask of zeros (RFC 6455 section 5.3 asks for a mask, and its value is the client's). */
export function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
