import { parseAacDescription } from "../fmp4/aac.ts";
import { FormatError } from "../fmp4/box-fields.ts";
import { describeSets, parseAvcDescription, sampleOf } from "../fmp4/h264.ts";
import { parseSps } from "../fmp4/sps.ts";
import type { AudioTrack, VideoTrack } from "../samples.ts";

/** Times of tags are milliseconds. */
const flvTimescale = 1_000;

export type AvcStream = {
  readonly track: VideoTrack;
  /** A frame as it came, with lengths of four bytes and without parameter sets; null: it is damaged. */
  sampleOf(frame: Uint8Array): Uint8Array | null;
};

/** @param bytes an AVCDecoderConfigurationRecord. Null: it is none. */
export function avcTrackOf(bytes: Uint8Array): AvcStream | null {
  return unlessDamaged(() => {
    const { sps, pps, lengthBytes } = parseAvcDescription(new Uint8Array(bytes));
    const { width, height } = parseSps(sps[0] ?? new Uint8Array());
    const description = describeSets({ sps, pps });
    return {
      track: { codec: "h264", description, width, height, timescale: flvTimescale },
      sampleOf(frame) {
        const nals = nalsIn(frame, lengthBytes);
        return nals === null ? null : sampleOf(nals);
      },
    };
  });
}

export type AacStream = { readonly track: AudioTrack; readonly ticksPerFrame: number };

/** @param bytes an AudioSpecificConfig. Null: it is none. */
export function aacTrackOf(bytes: Uint8Array): AacStream | null {
  const description = new Uint8Array(bytes);
  return unlessDamaged(() => {
    const { sampleRate, channels, objectType } = parseAacDescription(description);
    const track = {
      codec: "aac",
      description,
      sampleRate,
      channels: channels ?? 2,
      timescale: sampleRate,
    } as const;
    /* 1,024 of the core's samples a frame (ISO/IEC 14496-3, 4.5.1.1), of which band replication makes twice as many. */
    return { track, ticksPerFrame: objectType === 5 || objectType === 29 ? 2_048 : 1_024 };
  });
}

function nalsIn(frame: Uint8Array, lengthBytes: number): readonly Uint8Array[] | null {
  const nals: Uint8Array[] = [];
  for (let at = 0; at < frame.byteLength;) {
    let length = 0;
    for (let n = 0; n < lengthBytes; n++) length = length * 256 + (frame[at + n] ?? 0);
    const end = at + lengthBytes + length;
    if (end > frame.byteLength) return null;
    nals.push(frame.subarray(at + lengthBytes, end));
    at = end;
  }
  return nals;
}

function unlessDamaged<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
