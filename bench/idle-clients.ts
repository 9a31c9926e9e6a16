import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { SignJWT } from "jose";

/**
 * Many silent people: each connects with a token of their own, joins the room, sends one frame and stays. They are bare
 * sockets that count what comes without reading it, so that ten thousand fit beside the server.
 */
const [port, count, key, plain] = process.argv.slice(2).map(String);
const secret = new TextEncoder().encode(key);
const sockets: Socket[] = [];
const atOnce = 64;
let opened = 0;
let bytes = 0;

await Promise.all(Array.from({ length: atOnce }, work));
process.send?.({ opened, bytes });
process.on("message", () =>
  process.send?.({ opened: sockets.filter((socket) => !socket.destroyed).length, bytes }),
);
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));

async function work(): Promise<void> {
  while (opened < Number(count)) {
    const number = opened++;
    const frames = plain === "plain" ? [`{"hello":${number}}`] : await framesOf(number);
    sockets.push(await open(frames));
  }
}

async function framesOf(number: number): Promise<string[]> {
  const token = await new SignJWT({
    name: `Person ${number}`,
    chorus: { rooms: { demo: { role: "viewer" } } },
  })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(`person-${number}`)
    .setExpirationTime("1h")
    .sign(secret);
  return [
    JSON.stringify({ t: "hello", v: 1, token }),
    JSON.stringify({ t: "join", room: "demo" }),
    JSON.stringify({ t: "seen", room: "demo", seq: 1 }),
  ];
}

/** Resolves when something has come back after the last frame was sent. */
function open(frames: readonly string[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    let upgraded = false;
    socket.once("connect", () => {
      socket.write(
        `GET /v1/connect HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
      );
    });
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (!upgraded) {
        upgraded = true;
        for (const frame of frames) socket.write(masked(frame));
        if (plain === "plain") resolve(socket);
      } else if (chunk.includes('"t":"view"')) resolve(socket);
      answerPing(socket, chunk);
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("A connection was closed.")));
  });
}

/** Our server's pings are empty and stand before a beat: `89 00 81 …`. */
function answerPing(socket: Socket, chunk: Buffer): void {
  if (chunk[0] === 0x89 && chunk[1] === 0) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
}

/** A text frame with a mask of zeros (RFC 6455 section 5.3 asks for a mask, and its value is the client's). */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
