import { damaged, FormatError, fieldsOf } from "./box-fields.ts";
import { bytesOf, uint16, uint32, uint8 } from "./box-writer.ts";

/** Opus always counts time in 48 kHz (RFC 7845, 4). */
export const opusTimescale = 48_000;

export type OpusConfiguration = {
  readonly channels: number;
  /** Of what went into the encoder, in Hz. The decoder gives 48 kHz. */
  readonly inputSampleRate: number;
};

/**
 * The fields of a `dOps` box after its header (Encapsulation of Opus in ISOBMFF, 4.3.2).
 * @param channels 1 or 2: the mapping of more is not written.
 * @param sampleRate of what went into the encoder, in Hz.
 * @throws FormatError for more channels.
 */
export function opusDescription(channels: number, sampleRate: number): Uint8Array {
  if (channels !== 1 && channels !== 2) throw new FormatError(damaged);
  // Nothing is skipped: a stream that is joined while it runs has no start whose silence could be left out.
  const preSkip = 0;
  const gain = 0;
  const mapping = 0;
  return bytesOf(uint8(0, channels), uint16(preSkip), uint32(sampleRate), uint16(gain), uint8(mapping));
}

/** @throws FormatError when these are not the fields of a `dOps` box. */
export function parseOpusDescription(description: Uint8Array): OpusConfiguration {
  const fields = fieldsOf(description);
  const version = fields.u8();
  const channels = fields.u8();
  fields.pass(2);
  const inputSampleRate = fields.u32();
  fields.pass(3);
  if (version !== 0 || channels === 0) throw new FormatError(damaged);
  return { channels, inputSampleRate };
}
