import type { Ntp } from "./rtcp.ts";

export type HeaderParts = {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** When the frame was captured, as header extension abs-capture-time has it; null to leave it out. */
  readonly captured: { readonly id: number; readonly at: Ntp } | null;
};

/** An RTP header (RFC 3550, 5.1) with at most one extension of one byte's kind (RFC 8285, 4.2). */
export function writeRtpHeader({
  payloadType,
  marker,
  sequence,
  timestamp,
  ssrc,
  captured,
}: HeaderParts): Buffer {
  const bytes = Buffer.allocUnsafe(captured === null ? 12 : 28);
  bytes[0] = captured === null ? 0x80 : 0x90;
  bytes[1] = (marker ? 0x80 : 0) | payloadType;
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(timestamp, 4);
  bytes.writeUInt32BE(ssrc, 8);
  if (captured === null) return bytes;
  bytes.writeUInt16BE(0xbede, 12);
  bytes.writeUInt16BE(3, 14);
  bytes[16] = (captured.id << 4) | 7;
  bytes.writeUInt32BE(captured.at.seconds, 17);
  bytes.writeUInt32BE(captured.at.fraction, 21);
  bytes.fill(0, 25);
  return bytes;
}
