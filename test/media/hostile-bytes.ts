import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket as TcpSocket } from "node:net";
import { setTimeout } from "node:timers/promises";

/** Bytes of the same chance in every run. */
export function createNoise(seed: number): (length: number) => Buffer {
  let state = seed;
  return (length) => {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[at] = state >>> 24;
    }
    return bytes;
  };
}

/** C0, C1 and C2 of RTMP. */
export const rtmpHandshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(1_536 * 2, 1)]);

/** One message of RTMP in one chunk, whose header says what length it likes. */
export function rtmpChunk(type: number, body: Buffer, length = body.length): Buffer {
  const header = Buffer.alloc(12);
  header[0] = type === 1 ? 2 : 3;
  header.writeUIntBE(length, 4, 3);
  header[7] = type;
  return Buffer.concat([header, body]);
}

export async function aTcpGuest(port: number, from: string, bytes: Buffer): Promise<TcpSocket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from });
  /* What breaks it is followed by its close. */
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.resume();
  socket.write(bytes);
  return socket;
}

/** A handshake of SRT (draft-sharabayko-srt-01, 3.2.1), of any version. @param type 1: induction, -1: conclusion. */
export function srtHandshake(version: number, type: number, cookie = 0, extension = 2): Buffer {
  const packet = Buffer.alloc(64);
  packet.writeUInt32BE(0x8000_0000, 0);
  packet.writeUInt32BE(version, 16);
  packet.writeUInt16BE(extension, 22);
  packet.writeUInt32BE(1, 24);
  packet.writeUInt32BE(1_500, 28);
  packet.writeUInt32BE(8_192, 32);
  packet.writeInt32BE(type, 36);
  packet.writeUInt32BE(77, 40);
  packet.writeUInt32BE(cookie, 44);
  packet.set([1, 0, 0, 127], 48);
  return packet;
}

/** A record of DTLS in the clear. 22: handshake, 21: alert. */
export function dtlsRecord(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header[0] = type;
  header.writeUInt16BE(0xfefd, 1);
  header.writeUInt16BE(body.length, 11);
  return Buffer.concat([header, body]);
}

/** A ClientHello without a cookie: by a server that has a session it is taken for a new one. @param total what its header says. */
export function clientHello(total = 44): Buffer {
  const body = Buffer.concat([
    Buffer.from([0xfe, 0xfd]),
    Buffer.alloc(32, 7),
    Buffer.from([0, 0, 0, 2, 0xc0, 0x2b, 1, 0, 0, 0]),
  ]);
  const header = Buffer.alloc(12);
  header[0] = 1;
  header.writeUIntBE(total, 1, 3);
  header.writeUIntBE(body.length, 9, 3);
  return dtlsRecord(22, Buffer.concat([header, body]));
}

export type UdpGuest = { readonly got: readonly Buffer[]; send(bytes: Buffer): void; close(): void };

export async function aUdpGuest(port: number): Promise<UdpGuest> {
  const socket: Socket = createSocket("udp4");
  const got: Buffer[] = [];
  socket.on("message", (bytes) => void got.push(bytes));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  /* A port that nobody listens on refuses; the attack goes on. */
  const send = (bytes: Buffer): void => socket.send(bytes, port, "127.0.0.1", () => {});
  return { got, send, close: () => socket.close() };
}

/** So many datagrams, as fast as the system takes them. */
export async function flood(guest: UdpGuest, count: number, make: (at: number) => Buffer): Promise<void> {
  for (let at = 0; at < count; at++) {
    guest.send(make(at));
    if (at % 500 === 499) await setTimeout(1);
  }
}
