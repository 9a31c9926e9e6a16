import { limits } from "@chorus/protocol/limits.ts";
import { bitsOf } from "./bits.ts";
import { damaged, FormatError, fieldsOf } from "./box-fields.ts";
import { bytesOf, type Pieces, uint16, uint8 } from "./box-writer.ts";
import { parseSps, payloadOf } from "./sps.ts";

/** Types of NAL units that are named here (ITU-T H.264, table 7-1). */
export const nalTypes = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9 } as const;

export function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}

/** NAL units with their header byte. */
export type ParameterSets = { readonly sps: readonly Uint8Array[]; readonly pps: readonly Uint8Array[] };

/**
 * AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1) for samples with lengths of four bytes.
 * @param sps one sequence parameter set with its NAL header, without a start code.
 * @param pps one picture parameter set likewise.
 * @throws FormatError when `sps` is none.
 */
export function avcDescription(sps: Uint8Array, pps: Uint8Array): Uint8Array {
  return describeSets({ sps: [sps], pps: [pps] });
}

/** As `avcDescription`, of streams with several sets: at most 31 SPS and 255 PPS. */
export function describeSets(sets: ParameterSets): Uint8Array {
  const [first] = sets.sps;
  if (first === undefined || sets.pps.length === 0 || sets.sps.length > 31 || sets.pps.length > 255) {
    throw new FormatError(damaged);
  }
  const { profile, constraints, level, chromaFormat, bitDepthLuma, bitDepthChroma } = parseSps(first);
  const plain = profile === 66 || profile === 77 || profile === 88;
  const chroma = uint8(0xfc | chromaFormat, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0);
  return bytesOf(
    uint8(1, profile, constraints, level, 0xfc | 3),
    uint8(0xe0 | sets.sps.length),
    ...sets.sps.map(withLength),
    uint8(sets.pps.length),
    ...sets.pps.map(withLength),
    plain ? [] : chroma,
  );
}

function withLength(nal: Uint8Array): Pieces {
  if (nal.byteLength > limits.mediaParameterSetBytesMax) throw new FormatError(damaged);
  return [...uint16(nal.byteLength), nal];
}

export type AvcConfiguration = ParameterSets & {
  /** Of the length before each NAL unit. */
  readonly lengthBytes: number;
};

/** @throws FormatError when it is no AVCDecoderConfigurationRecord. */
export function parseAvcDescription(description: Uint8Array): AvcConfiguration {
  const fields = fieldsOf(description);
  if (fields.u8() !== 1) throw new FormatError(damaged);
  fields.pass(3);
  const lengthBytes = (fields.u8() & 3) + 1;
  const nals = (count: number) => Array.from({ length: count }, () => fields.bytes(fields.u16()));
  const sps = nals(fields.u8() & 0x1f);
  const pps = nals(fields.u8());
  return { lengthBytes, sps, pps };
}

/** The id by which slices or picture parameter sets mean this set, which replaces one that had it before. */
export function setId(nal: Uint8Array): number {
  const start = nalType(nal) === nalTypes.sps ? 4 : 1;
  // Ids have at most 17 bits.
  return bitsOf(payloadOf(nal.subarray(0, start + 8)).subarray(start)).ue();
}

/** The NAL units of an Annex B stream (ITU-T H.264, B.1), as views: what stands before the first start code is none. */
export function splitAnnexB(bytes: Uint8Array): readonly Uint8Array[] {
  const nals: Uint8Array[] = [];
  let start = -1;
  let zeros = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte === 1 && zeros >= 2) {
      if (start >= 0) nals.push(withoutTrailingZeros(bytes.subarray(start, at - zeros)));
      start = at + 1;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  if (start >= 0) nals.push(withoutTrailingZeros(bytes.subarray(start)));
  return nals.filter((nal) => nal.byteLength > 0);
}

function withoutTrailingZeros(nal: Uint8Array): Uint8Array {
  let end = nal.byteLength;
  while (end > 0 && nal[end - 1] === 0) end -= 1;
  return nal.subarray(0, end);
}

/** Whether NAL units of this type are kept in a sample: parameter sets and delimiters are not. */
export function belongsInSample(type: number): boolean {
  return type !== nalTypes.sps && type !== nalTypes.pps && type !== nalTypes.aud;
}

/** The data of a sample: each NAL unit behind its length in four bytes, without SPS, PPS and AUD. */
export function sampleOf(nals: readonly Uint8Array[]): Uint8Array {
  const kept = nals.filter((nal) => nal.byteLength > 0 && belongsInSample(nalType(nal)));
  const bytes = new Uint8Array(kept.reduce((sum, nal) => sum + 4 + nal.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const nal of kept) {
    view.setUint32(at, nal.byteLength);
    bytes.set(nal, at + 4);
    at += 4 + nal.byteLength;
  }
  return bytes;
}

/** The NAL units of a sample, as views. @throws FormatError when a length leads out of it. */
export function nalsOf(sample: Uint8Array): readonly Uint8Array[] {
  const nals: Uint8Array[] = [];
  const fields = fieldsOf(sample);
  while (fields.left > 0) nals.push(fields.bytes(fields.u32()));
  return nals;
}

/** Whether there is a slice of an IDR picture among these: decoding can start there. */
export function isKey(nals: readonly Uint8Array[]): boolean {
  return nals.some((nal) => nalType(nal) === nalTypes.idr);
}
