import type { Time } from "@chorus/protocol/ids.ts";

/**
 * What every way in delivers, whatever it came by, and what every way out is made from. Times of samples are ticks of their
 * track's timescale, from one zero that both tracks share.
 */
export type VideoTrack = {
  readonly codec: "h264";
  /** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1): the content of an `avcC` box. */
  readonly description: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Ticks a second. */
  readonly timescale: number;
};

export type AudioTrack = {
  readonly codec: "aac" | "opus";
  /** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) for AAC; the fields of a `dOps` box after its header for Opus. */
  readonly description: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
  readonly timescale: number;
};

/** At least one of the two is there. */
export type Tracks = { readonly video: VideoTrack | null; readonly audio: AudioTrack | null };

export type Sample = {
  readonly track: "video" | "audio";
  /** When it is decoded. Of one track it never goes back between two `begin`. */
  readonly dts: number;
  /** When it is shown: later than `dts` where there are B-frames. */
  readonly pts: number;
  readonly duration: number;
  /** Decoding can start here. True for all audio. */
  readonly key: boolean;
  /** Of H.264: NAL units, each behind its length in four bytes (ISO/IEC 14496-15, 5.3.2), without SPS, PPS and AUD. */
  readonly data: Uint8Array;
};

/** Who takes in a broadcast's samples. It keeps what it is given: a sample's bytes do not change any more. */
export type SampleSink = {
  /**
   * At the start, and again at each discontinuity: an encoder that came back, another resolution, another track.
   * @param zero when that was captured which has time 0, as well as it is known (Unix ms).
   */
  begin(tracks: Tracks, zero: Time): void;
  /** The encoder's clock and this machine's drift apart: from here on, time 0 was at `zero`. Moves by a few ms a call. */
  drift(zero: Time): void;
  sample(sample: Sample): void;
  /** No more comes, until another `begin` if there is one. */
  end(): void;
};
