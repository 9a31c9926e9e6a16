import { type Bits, bitsOf } from "./bits.ts";
import { damaged, FormatError } from "./box-fields.ts";

/** ISO/IEC 14496-3, table 1.18. */
const sampleRates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
] as const;

/** ISO/IEC 14496-3, table 1.19. 0 is said elsewhere. */
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8] as const;

/** With spectral band replication, and with parametric stereo besides: what they carry is said behind them. */
const extensions = new Set([5, 29]);

export type AacConfiguration = {
  /** 2 is AAC-LC, 5 HE-AAC, 29 HE-AAC v2 (ISO/IEC 14496-3, table 1.17). */
  readonly objectType: number;
  /** What comes out of the decoder as far as it is said here, in Hz. Replication that is only implied doubles it. */
  readonly sampleRate: number;
  /** Null where the configuration says it in a program config element. */
  readonly channels: number | null;
};

/** Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). @throws FormatError when it is none. */
export function parseAacDescription(description: Uint8Array): AacConfiguration {
  const bits = bitsOf(description);
  const objectType = readObjectType(bits);
  const coreRate = readSampleRate(bits);
  const channels = channelCounts[bits.read(4)] ?? 0;
  const sampleRate = extensions.has(objectType) ? readSampleRate(bits) : coreRate;
  return { objectType, sampleRate, channels: objectType === 29 ? 2 : channels || null };
}

/**
 * AudioSpecificConfig of AAC-LC.
 * @param sampleRate one of the thirteen of table 1.18, in Hz.
 * @param channels 1 to 6.
 * @throws FormatError for others.
 */
export function aacDescription(channels: number, sampleRate: number): Uint8Array {
  const rate = sampleRates.findIndex((known) => known === sampleRate);
  if (rate < 0 || channels < 1 || channels > 6) throw new FormatError(damaged);
  const bits = (2 << 11) | (rate << 7) | (channels << 3);
  return Uint8Array.of(bits >> 8, bits & 0xff);
}

function readObjectType(bits: Bits): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readSampleRate(bits: Bits): number {
  const index = bits.read(4);
  const rate = index === 15 ? bits.read(24) : sampleRates[index];
  if (rate === undefined || rate === 0) throw new FormatError(damaged);
  return rate;
}
