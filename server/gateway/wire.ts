import type { Slice } from "@chorus/core/delivery/ring.ts";
import type { Frame, Refused } from "@chorus/protocol/frames.ts";
import type { RoomId, Seq, Time } from "@chorus/protocol/ids.ts";
import { type RefusalReason, refusals } from "@chorus/protocol/refusals.ts";
import type { ViewHead } from "../keeper/record.ts";

/** WebSocket frames built once and written to many sockets as they are (RFC 6455 section 5.2): unmasked and whole. */
const text = 0x81;
const binary = 0x82;
const ping = Buffer.from([0x89, 0x00]);
const comma = Buffer.from(",");
const end = Buffer.from("]}");

export function frameOf(frame: Frame): Buffer {
  return wrap([Buffer.from(JSON.stringify(frame))]);
}

export function entriesFrame(room: RoomId, slice: Omit<Slice, "bytes">): Buffer {
  const { from, to, parts, seqs, shed } = slice;
  const left = seqs === null ? "" : `"shed":${shed},"s":[${seqs.join()}],`;
  return listFrame(`{"t":"entries","room":"${room}","from":${from},"to":${to},${left}"e":[`, parts);
}

export function safetyFrame(room: RoomId, parts: readonly Uint8Array[]): Buffer {
  return listFrame(`{"t":"safety","room":"${room}","e":[`, parts);
}

export function personFrame(room: RoomId, parts: readonly Uint8Array[]): Buffer {
  return listFrame(`{"t":"person","room":"${room}","e":[`, parts);
}

export function viewFrame(view: ViewHead, seq: Seq, entries: Uint8Array): Buffer {
  const { room, epoch, time, settings, pins, seqs } = view;
  const head = JSON.stringify({ t: "view", room, epoch, seq, time, settings, pins, s: seqs });
  return listFrame(`${head.slice(0, -1)},"e":[`, [entries]);
}

/** A ping for whatever answers by itself, and a data frame for programs that cannot see pings; one write for both. */
export function beatFrame(now: Time): Buffer {
  return Buffer.concat([ping, frameOf({ t: "beat", time: now })]);
}

export function refusal(
  reason: RefusalReason,
  about: Omit<Refused, "t" | "reason" | "sentence"> = {},
  sentence?: string,
): Buffer {
  return frameOf({ t: "refused", ...about, reason, sentence: sentence ?? refusals[reason].sentence });
}

function listFrame(head: string, parts: readonly Uint8Array[]): Buffer {
  const pieces: Uint8Array[] = [Buffer.from(head)];
  for (const part of parts) {
    if (part.length === 0) continue;
    if (pieces.length > 1) pieces.push(comma);
    pieces.push(part);
  }
  pieces.push(end);
  return wrap(pieces);
}

/** @param frame one that was made here. */
export function payloadOf(frame: Buffer): Buffer {
  const short = frame[1] ?? 0;
  return frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10);
}

export function wrapBinary(payload: Uint8Array): Buffer {
  return wrap([payload], binary);
}

function wrap(pieces: readonly Uint8Array[], kind = text): Buffer {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = kind;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  let at = header;
  for (const piece of pieces) {
    frame.set(piece, at);
    at += piece.length;
  }
  return frame;
}
