import { type BusMessage, noBytes } from "./bus.ts";

/**
 * The bytes between a hub and its peers, integers big-endian, text in UTF-8:
 *
 *     u32 length of what follows | u8 kind | u16 subject length | subject | u32 head length | head as JSON | body
 *
 * `subscribe` and `unsubscribe` have no head and no body. `ready` asks the hub to send it back: then it has read
 * everything before it.
 */
const kinds = ["subscribe", "unsubscribe", "message", "ready"] as const;
export type FrameKind = (typeof kinds)[number];

const lengthBytes = 4;
const subjectAt = lengthBytes + 1 + 2;
const headLengthBytes = 4;
const overheadBytes = subjectAt + headLengthBytes;

export function encodeSignal(kind: Exclude<FrameKind, "message">, subject: string): Buffer {
  return encode(kind, subject, "", noBytes, overheadBytes + Buffer.byteLength(subject));
}

/** Null when the whole frame would be larger than `bytesMax`. */
export function encodeMessage(subject: string, message: BusMessage, bytesMax: number): Buffer | null {
  const head = JSON.stringify(message.head);
  const textBytes = Buffer.byteLength(subject) + Buffer.byteLength(head);
  const bytes = overheadBytes + textBytes + message.body.byteLength;
  return bytes > bytesMax ? null : encode("message", subject, head, message.body, bytes);
}

function encode(kind: FrameKind, subject: string, head: string, body: Uint8Array, bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(bytes);
  frame.writeUInt32BE(bytes - lengthBytes, 0);
  frame.writeUInt8(kinds.indexOf(kind), lengthBytes);
  const subjectBytes = frame.write(subject, subjectAt);
  frame.writeUInt16BE(subjectBytes, subjectAt - 2);
  const headAt = subjectAt + subjectBytes + headLengthBytes;
  const headBytes = frame.write(head, headAt);
  frame.writeUInt32BE(headBytes, headAt - headLengthBytes);
  frame.set(body, headAt + headBytes);
  return frame;
}

export type ReadOutcome = "read" | "too-large" | "malformed";

/**
 * Cuts a stream of chunks into frames, wherever it was split. A frame handed to `receive` is well-formed and a view of
 * a chunk: who keeps it beyond the call keeps a copy. Parts of a frame are collected and joined once, when it is whole,
 * so that every byte is copied at most twice.
 */
export function createFrameReader(
  bytesMax: number,
  receive: (frame: Buffer) => void,
): (chunk: Buffer) => ReadOutcome {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = lengthBytes;

  return function read(chunk) {
    parts.push(chunk);
    held += chunk.length;
    if (held < wanted) return "read";
    const bytes = joined(parts, held);
    let at = 0;
    wanted = lengthBytes;
    while (bytes.length - at >= lengthBytes) {
      const size = lengthBytes + bytes.readUInt32BE(at);
      if (size > bytesMax) return "too-large";
      if (size > bytes.length - at) {
        wanted = size;
        break;
      }
      const frame = bytes.subarray(at, at + size);
      if (!isWellFormed(frame)) return "malformed";
      receive(frame);
      at += size;
    }
    held = bytes.length - at;
    parts = held === 0 ? [] : [bytes.subarray(at)];
    return "read";
  };
}

export function joined(parts: readonly Buffer[], bytes: number): Buffer {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts, bytes);
}

function isWellFormed(frame: Buffer): boolean {
  if (frame.length < overheadBytes || frame.readUInt8(lengthBytes) >= kinds.length) return false;
  const headAt = headStart(frame);
  return headAt <= frame.length && headAt + frame.readUInt32BE(headAt - headLengthBytes) <= frame.length;
}

export function kindOf(frame: Buffer): FrameKind | undefined {
  return kinds[frame.readUInt8(lengthBytes)];
}

export function subjectOf(frame: Buffer): string {
  return frame.toString("utf8", subjectAt, headStart(frame) - headLengthBytes);
}

/**
 * Null when the head is not JSON. The body is copied into memory of its own size: a subscriber may keep it for hours,
 * and a view would keep the whole chunk with it.
 */
export function messageOf(frame: Buffer): BusMessage | null {
  const headAt = headStart(frame);
  const bodyAt = headAt + frame.readUInt32BE(headAt - headLengthBytes);
  const body = bodyAt === frame.length ? noBytes : new Uint8Array(frame.subarray(bodyAt));
  try {
    const head: unknown = JSON.parse(frame.toString("utf8", headAt, bodyAt));
    return { head, body };
  } catch {
    return null;
  }
}

function headStart(frame: Buffer): number {
  return subjectAt + frame.readUInt16BE(subjectAt - 2) + headLengthBytes;
}
