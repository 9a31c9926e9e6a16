import { createCipheriv } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/**
 * The control row of WHEP: a program that encrypts a packet for each viewer by AES-128-GCM and sends it from a socket of the viewer's own,
 * which every server has to do, and does nothing else; and the sockets that it sends to, in a process of their own.
 */
export type ControlOrder = {
  readonly ports: readonly number[];
  /** To each viewer. */
  readonly packetsPerSecond: number;
  readonly payloadBytes: number;
};
export type ControlTold = { packets: number };

const headerBytes = 12;
const saltBytes = 12;
const tickMs = 4;
const counts = { packets: 0 };

const [, , does = "", text = ""] = process.argv;
if (does === "take") await take(Number(text));
else await send(JSON.parse(text) as ControlOrder);
process.on("message", (order: "begin" | "tell") => {
  if (order === "begin") counts.packets = 0;
  else process.send?.(counts);
});
process.on("disconnect", () => process.exit(0));

async function take(sockets: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: sockets }, bound));
  for (const socket of all) socket.on("message", () => (counts.packets += 1));
  process.send?.(all.map((socket) => socket.address().port));
}

async function send({ ports, packetsPerSecond, payloadBytes }: ControlOrder): Promise<void> {
  const payload = Buffer.alloc(payloadBytes, 7);
  const viewers = await Promise.all(
    ports.map(async (port) => ({ port, socket: await bound(), key: Buffer.alloc(16, port) })),
  );
  const began = performance.now();
  let sequence = 0;
  setInterval(() => {
    const due = ((performance.now() - began) / 1_000) * packetsPerSecond;
    for (; sequence < due; sequence += 1)
      for (const { port, socket, key } of viewers) {
        socket.send(protectedPacket(key, sequence, payload), port, "127.0.0.1");
        counts.packets += 1;
      }
  }, tickMs);
  process.send?.({ ready: true });
}

/** RFC 7714, 8; nobody reads it. */
function protectedPacket(key: Buffer, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes, 0x80);
  header.writeUInt16BE(sequence & 0xffff, 2);
  const salt = Buffer.alloc(saltBytes);
  salt.writeUInt32BE(sequence, 8);
  const cipher = createCipheriv("aes-128-gcm", key, salt).setAAD(header);
  const body = cipher.update(payload);
  cipher.final();
  return Buffer.concat([header, body, cipher.getAuthTag()]);
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
