import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A frame as it stood on the wire. */
export type RawFrame = { opcode: number; payload: Buffer };
export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * The other end of a WebSocket, written against RFC 6455 alone, so that what `ws` forgives shows here: it accepts whole,
 * unmasked, unfragmented frames, and nothing after a Close.
 */
export type RawClient = {
  readonly socket: Socket;
  readonly frames: readonly RawFrame[];
  /** The code of the server's Close, once it has come. */
  readonly closeCode: number | null;
  /** Whether the connection has ended. */
  readonly ended: boolean;
  send(opcode: number, payload: Uint8Array | string, masked?: boolean): void;
  texts(): string[];
  /** Waits for a condition, as the network goes. */
  until(holds: () => boolean): Promise<void>;
};

export type Handshake = { path?: string; headers?: Record<string, string> };

export function handshakeOf({ path = "/v1/connect", headers = {} }: Handshake = {}): string {
  const lines = Object.entries({
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  });
  return [`GET ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}

export async function rawClient(port: number, settles: () => void = () => {}): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  socket.write(handshakeOf());
  const frames: RawFrame[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let upgraded = false;
  let closeCode: number | null = null;
  let ended = false;
  socket.on("error", () => socket.destroy());
  socket.on("close", () => (ended = true));
  socket.on("data", (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    if (!upgraded) upgraded = readAnswer();
    if (upgraded) while (readFrame());
  });
  const client: RawClient = {
    socket,
    frames,
    get closeCode() {
      return closeCode;
    },
    get ended() {
      return ended;
    },
    send(opcode, payload, masked = true) {
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      socket.write(clientFrame(opcode, bytes, masked));
    },
    texts: () =>
      frames.filter(({ opcode }) => opcode === opcodes.text).map(({ payload }) => payload.toString()),
    async until(holds) {
      while (!holds()) {
        await new Promise((resolve) => setImmediate(resolve));
        settles();
      }
    },
  };
  await client.until(() => upgraded);
  return client;

  function readAnswer(): boolean {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return false;
    assert.match(rest.toString("latin1", 0, end), /^HTTP\/1\.1 101 /);
    rest = rest.subarray(end + 4);
    return true;
  }

  function readFrame(): boolean {
    const short = rest.length < 2 ? 0 : (rest[1] ?? 0);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < header) return false;
    const length =
      short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < header + length) return false;
    assert.equal(closeCode, null, "nothing comes after a Close");
    const first = rest[0] ?? 0;
    assert.equal(first & 0xf0, 0x80, "a frame is whole and uses no extension");
    assert.ok(short < 128, "a server does not mask");
    const payload = Buffer.from(rest.subarray(header, header + length));
    frames.push({ opcode: first & 0x0f, payload });
    if ((first & 0x0f) === opcodes.close) closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    rest = rest.subarray(header + length);
    return true;
  }
}

function clientFrame(opcode: number, payload: Uint8Array, masked: boolean): Buffer {
  const mask = randomBytes(4);
  const size = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + size);
  head[0] = 0x80 | opcode;
  head[1] = (masked ? 0x80 : 0) | (size === 0 ? payload.length : size === 2 ? 126 : 127);
  if (size === 2) head.writeUInt16BE(payload.length, 2);
  if (size === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}
