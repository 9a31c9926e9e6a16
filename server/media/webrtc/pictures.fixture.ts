import type { Packet } from "./packet.ts";

/** Parameter sets of a picture in macroblocks of 16 pixels (ITU-T H.264, 7.3.2.1.1), baseline, level 3. */
export function spsOf(columns: number, rows: number): Buffer {
  const fields = [ue(0), ue(0), ue(2), ue(1), "0", ue(columns - 1), ue(rows - 1), "1", "1", "0", "0", "1"];
  const bits = fields.join("").padEnd(80, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from([0x67, 66, 0xc0, 30, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
}

export const pps = Buffer.from([0x68, 0xce, 0x38, 0x80]);

function ue(value: number): string {
  const binary = (value + 1).toString(2);
  return "0".repeat(binary.length - 1) + binary;
}

/** A slice of so many bytes, of which each differs from its neighbours, so that a missing piece is seen. */
export function aSlice(key: boolean, bytes: number, seed = 0): Buffer {
  const nal = Buffer.alloc(bytes);
  for (let at = 1; at < bytes; at += 1) nal[at] = (at * 7 + seed) & 0xff;
  nal[0] = key ? 0x65 : 0x41;
  return nal;
}

export type Frame = { readonly key: boolean; readonly nals: readonly Buffer[] };

export function aFrame(
  index: number,
  keyEvery = 30,
  bytes = 3_000,
  size: readonly [number, number] = [40, 23],
): Frame {
  const key = index % keyEvery === 0;
  const slice = aSlice(key, bytes, index);
  return { key, nals: key ? [spsOf(...size), pps, slice] : [slice] };
}

/** The payloads of a frame as senders make them: STAP-A for what is small, FU-A for what is large (RFC 6184, 5). */
export function payloadsOf({ nals }: Frame, bytesMax = 1_000): readonly Buffer[] {
  const small = nals.filter((nal) => nal.length < 100);
  const payloads = small.length > 1 ? [aggregate(small)] : [...small];
  for (const nal of nals) {
    if (nal.length < 100) continue;
    if (nal.length <= bytesMax) payloads.push(nal);
    else payloads.push(...fragments(nal, bytesMax));
  }
  return payloads;
}

function aggregate(nals: readonly Buffer[]): Buffer {
  const parts = nals.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 0xff]), nal]);
  return Buffer.concat([Buffer.from([0x78]), ...parts]);
}

function fragments(nal: Buffer, bytesMax: number): readonly Buffer[] {
  const head = nal.readUInt8(0);
  const pieces: Buffer[] = [];
  for (let at = 1; at < nal.length; at += bytesMax) {
    const start = at === 1 ? 0x80 : 0;
    const end = at + bytesMax >= nal.length ? 0x40 : 0;
    const marks = Buffer.from([(head & 0xe0) | 28, start | end | (head & 0x1f)]);
    pieces.push(Buffer.concat([marks, nal.subarray(at, at + bytesMax)]));
  }
  return pieces;
}

export function packetsOf(frames: readonly Frame[], first = 100_000, ticks = 3_000): readonly Packet[] {
  let sequence = first;
  return frames.flatMap((frame, index) => {
    const payloads = payloadsOf(frame);
    return payloads.map((payload, place) => ({
      sequence: sequence++,
      timestamp: 900_000 + index * ticks,
      marker: place === payloads.length - 1,
      payload,
    }));
  });
}
