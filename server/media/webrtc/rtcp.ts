/**
 * The RTCP that is read and written here: RFC 3550, 6.4 (reports), RFC 4585, 6.2.1 and 6.3.1 (NACK, PLI), RFC 5104, 4.3.1
 * (FIR), draft-alvestrand-rmcat-remb-03 (REMB), RFC 3611, 4.4 and 4.5 (round trips of those who only receive).
 */
export type ReportBlock = {
  readonly ssrc: number;
  /** Of 256. */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report, zero if there was none, and 1/65536 s since. */
  readonly lastReport: number;
  readonly delay: number;
};
export type Ntp = { readonly seconds: number; readonly fraction: number };
export type SenderReport = {
  readonly type: "sender-report";
  readonly ssrc: number;
  readonly ntp: Ntp;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
  readonly blocks: readonly ReportBlock[];
};
export type ReceiverReport = {
  readonly type: "receiver-report";
  readonly ssrc: number;
  readonly blocks: readonly ReportBlock[];
};
export type Nack = {
  readonly type: "nack";
  readonly ssrc: number;
  readonly media: number;
  readonly sequences: readonly number[];
};
export type KeyFrameWanted = { readonly type: "key-frame"; readonly ssrc: number; readonly media: number };
export type Remb = {
  readonly type: "remb";
  readonly ssrc: number;
  readonly bitsPerSecond: number;
  readonly media: readonly number[];
};
export type ReferenceTime = { readonly type: "reference-time"; readonly ssrc: number; readonly ntp: Ntp };
/** How long ago, in 1/65536 s, whom it is about had the reference time of which these are the middle 32 bits. */
export type RoundTrip = {
  readonly type: "round-trip";
  readonly about: number;
  readonly lastReference: number;
  readonly delay: number;
};
export type Bye = { readonly type: "bye"; readonly media: readonly number[] };
export type Rtcp =
  | SenderReport
  | ReceiverReport
  | Nack
  | KeyFrameWanted
  | Remb
  | ReferenceTime
  | RoundTrip
  | Bye;

const rembName = 0x52454d42;

/** Everything in a compound packet that is known here. What is cut off or unknown is left out; nothing throws. */
export function readRtcp(bytes: Buffer): readonly Rtcp[] {
  const found: Rtcp[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const first = bytes.readUInt8(at);
    const end = at + (bytes.readUInt16BE(at + 2) + 1) * 4;
    if (first >> 6 !== 2 || end > bytes.length) return found;
    const packet = bytes.subarray(at, end);
    if (packet.length >= 8) found.push(...readOne(bytes.readUInt8(at + 1), first & 0x1f, packet));
    at = end;
  }
  return found;
}

function readOne(type: number, count: number, packet: Buffer): readonly Rtcp[] {
  const ssrc = packet.readUInt32BE(4);
  if (type === 200 && packet.length >= 28) return [readSenderReport(packet, count, ssrc)];
  if (type === 201) return [{ type: "receiver-report", ssrc, blocks: readBlocks(packet, 8, count) }];
  if (type === 203 && count > 0) return [{ type: "bye", media: readWords(packet, 4, count) }];
  if (type === 207) return readExtended(packet, ssrc);
  if (packet.length < 12) return [];
  const media = packet.readUInt32BE(8);
  if (type === 205 && count === 1) return [{ type: "nack", ssrc, media, sequences: readNack(packet) }];
  if (type === 206 && count === 1) return [{ type: "key-frame", ssrc, media }];
  if (type === 206 && count === 4 && packet.length >= 20) {
    return [{ type: "key-frame", ssrc, media: packet.readUInt32BE(12) }];
  }
  if (type === 206 && count === 15) return readRemb(packet, ssrc);
  return [];
}

function readSenderReport(packet: Buffer, count: number, ssrc: number): SenderReport {
  return {
    type: "sender-report",
    ssrc,
    ntp: { seconds: packet.readUInt32BE(8), fraction: packet.readUInt32BE(12) },
    timestamp: packet.readUInt32BE(16),
    packets: packet.readUInt32BE(20),
    octets: packet.readUInt32BE(24),
    blocks: readBlocks(packet, 28, count),
  };
}

function readBlocks(packet: Buffer, from: number, count: number): readonly ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = from; blocks.length < count && at + 24 <= packet.length; at += 24) {
    blocks.push({
      ssrc: packet.readUInt32BE(at),
      fractionLost: packet.readUInt8(at + 4),
      packetsLost: packet.readIntBE(at + 5, 3),
      highestSequence: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastReport: packet.readUInt32BE(at + 16),
      delay: packet.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

function readWords(packet: Buffer, from: number, count: number): readonly number[] {
  const words: number[] = [];
  for (let at = from; words.length < count && at + 4 <= packet.length; at += 4) {
    words.push(packet.readUInt32BE(at));
  }
  return words;
}

function readNack(packet: Buffer): readonly number[] {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= packet.length; at += 4) {
    const first = packet.readUInt16BE(at);
    const following = packet.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit += 1) {
      if ((following >> bit) & 1) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return sequences;
}

function readRemb(packet: Buffer, ssrc: number): readonly Rtcp[] {
  if (packet.length < 20 || packet.readUInt32BE(12) !== rembName) return [];
  const exponent = packet.readUInt8(17) >> 2;
  const mantissa = packet.readUIntBE(17, 3) & 0x3ffff;
  const media = readWords(packet, 20, packet.readUInt8(16));
  return [{ type: "remb", ssrc, bitsPerSecond: mantissa * 2 ** exponent, media }];
}

function readExtended(packet: Buffer, ssrc: number): readonly Rtcp[] {
  const found: Rtcp[] = [];
  for (let at = 8; at + 12 <= packet.length; at += 4 + packet.readUInt16BE(at + 2) * 4) {
    const type = packet.readUInt8(at);
    if (type === 4) {
      const ntp = { seconds: packet.readUInt32BE(at + 4), fraction: packet.readUInt32BE(at + 8) };
      found.push({ type: "reference-time", ssrc, ntp });
    }
    if (type === 5 && at + 16 <= packet.length) {
      const [about = 0, lastReference = 0, delay = 0] = readWords(packet, at + 4, 3);
      found.push({ type: "round-trip", about, lastReference, delay });
    }
  }
  return found;
}

/** @param name the CNAME that goes with each report (RFC 3550, 6.5.1). */
export function writeSenderReport(report: Omit<SenderReport, "type" | "blocks">, name: string): Buffer {
  const bytes = Buffer.alloc(28);
  writeHead(bytes, 0, 200, report.ssrc);
  bytes.writeUInt32BE(report.ntp.seconds, 8);
  bytes.writeUInt32BE(report.ntp.fraction, 12);
  bytes.writeUInt32BE(report.timestamp, 16);
  bytes.writeUInt32BE(report.packets % 2 ** 32, 20);
  bytes.writeUInt32BE(report.octets % 2 ** 32, 24);
  return Buffer.concat([bytes, writeName(report.ssrc, name)]);
}

export function writeReceiverReport(ssrc: number, blocks: readonly ReportBlock[], name: string): Buffer {
  const bytes = Buffer.alloc(8 + 24 * blocks.length);
  writeHead(bytes, blocks.length, 201, ssrc);
  for (const [index, block] of blocks.entries()) {
    const at = 8 + 24 * index;
    bytes.writeUInt32BE(block.ssrc, at);
    bytes.writeUInt8(block.fractionLost, at + 4);
    bytes.writeIntBE(block.packetsLost, at + 5, 3);
    bytes.writeUInt32BE(block.highestSequence, at + 8);
    bytes.writeUInt32BE(block.jitter, at + 12);
    bytes.writeUInt32BE(block.lastReport, at + 16);
    bytes.writeUInt32BE(block.delay, at + 20);
  }
  return Buffer.concat([bytes, writeName(ssrc, name)]);
}

/** @param sequences the low 16 bits of each, in the order in which they were sent. */
export function writeNack(ssrc: number, media: number, sequences: readonly number[]): Buffer {
  const pairs: { first: number; following: number }[] = [];
  for (const sequence of sequences) {
    const last = pairs.at(-1);
    const ahead = last === undefined ? 0 : (sequence - last.first) & 0xffff;
    if (last !== undefined && ahead >= 1 && ahead <= 16) last.following |= 1 << (ahead - 1);
    else pairs.push({ first: sequence, following: 0 });
  }
  const bytes = Buffer.alloc(12 + 4 * pairs.length);
  writeHead(bytes, 1, 205, ssrc);
  bytes.writeUInt32BE(media, 8);
  for (const [index, { first, following }] of pairs.entries()) {
    bytes.writeUInt16BE(first, 12 + 4 * index);
    bytes.writeUInt16BE(following, 14 + 4 * index);
  }
  return bytes;
}

export function writePli(ssrc: number, media: number): Buffer {
  const bytes = Buffer.alloc(12);
  writeHead(bytes, 1, 206, ssrc);
  bytes.writeUInt32BE(media, 8);
  return bytes;
}

export function writeRemb(ssrc: number, bitsPerSecond: number, media: readonly number[]): Buffer {
  const exponent = Math.max(0, Math.ceil(Math.log2((bitsPerSecond + 1) / 2 ** 18)));
  const mantissa = Math.floor(bitsPerSecond / 2 ** exponent);
  const bytes = Buffer.alloc(20 + 4 * media.length);
  writeHead(bytes, 15, 206, ssrc);
  bytes.writeUInt32BE(rembName, 12);
  bytes.writeUInt8(media.length, 16);
  bytes.writeUIntBE((exponent << 18) | mantissa, 17, 3);
  for (const [index, source] of media.entries()) bytes.writeUInt32BE(source, 20 + 4 * index);
  return bytes;
}

export function writeReferenceTime(ssrc: number, ntp: Ntp): Buffer {
  const bytes = Buffer.alloc(20);
  writeHead(bytes, 0, 207, ssrc);
  bytes.writeUInt8(4, 8);
  bytes.writeUInt16BE(2, 10);
  bytes.writeUInt32BE(ntp.seconds, 12);
  bytes.writeUInt32BE(ntp.fraction, 16);
  return bytes;
}

/** Answers a reference time (RFC 3611, 4.5), so that who only receives knows the round trip. */
export function writeRoundTrip(ssrc: number, receiver: number, lastReference: number, delay: number): Buffer {
  const bytes = Buffer.alloc(24);
  writeHead(bytes, 0, 207, ssrc);
  bytes.writeUInt8(5, 8);
  bytes.writeUInt16BE(3, 10);
  bytes.writeUInt32BE(receiver, 12);
  bytes.writeUInt32BE(lastReference, 16);
  bytes.writeUInt32BE(delay, 20);
  return bytes;
}

function writeName(ssrc: number, name: string): Buffer {
  const text = Buffer.from(name, "utf8").subarray(0, 255);
  const bytes = Buffer.alloc(Math.ceil((10 + text.length + 1) / 4) * 4);
  writeHead(bytes, 1, 202, ssrc);
  bytes.writeUInt8(1, 8);
  bytes.writeUInt8(text.length, 9);
  text.copy(bytes, 10);
  return bytes;
}

function writeHead(bytes: Buffer, count: number, type: number, ssrc: number): void {
  bytes.writeUInt8(0x80 | count, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
  bytes.writeUInt32BE(ssrc, 4);
}
