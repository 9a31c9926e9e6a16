import type { AudioTrack, Sample, Tracks, VideoTrack } from "../samples.ts";
import { aacDescription } from "./aac.ts";
import { fragment } from "./fragment.ts";
import { avcDescription } from "./h264.ts";
import { initSegment } from "./init-segment.ts";
import { opusDescription } from "./opus.ts";
import { createFmp4Reader } from "./reader.ts";

/** Written by x264 for pictures of 320 by 180 in baseline, and of 1280 by 720 in 4:2:2. */
export const smallSps = hex("6742c00cda05067e7c0440000003004000000c83c50aa8");
export const largeSps = hex("677a001fbcb402802dd808800000030080000019078c1950");
export const somePps = hex("68ce0fc8");
export const someAud = hex("09f0");

export const someVideo: VideoTrack = {
  codec: "h264",
  description: avcDescription(smallSps, somePps),
  width: 320,
  height: 180,
  timescale: 90_000,
};

export const someAac: AudioTrack = {
  codec: "aac",
  description: aacDescription(2, 44_100),
  sampleRate: 44_100,
  channels: 2,
  timescale: 44_100,
};

export const someOpus: AudioTrack = {
  codec: "opus",
  description: opusDescription(2, 48_000),
  sampleRate: 48_000,
  channels: 2,
  timescale: 48_000,
};

export const bothTracks: Tracks = { video: someVideo, audio: someAac };

export type Reading = {
  readonly tracks: readonly Tracks[];
  readonly samples: readonly Sample[];
  readonly problems: readonly string[];
};

/** What a reader says of these chunks, and of the end after them. */
export function readingOf(...chunks: readonly Uint8Array[]): Reading {
  const tracks: Tracks[] = [];
  const samples: Sample[] = [];
  const problems: string[] = [];
  const reader = createFmp4Reader({
    tracks: (heard) => void tracks.push(heard),
    sample: (heard) => void samples.push(heard),
    problem: (heard) => void problems.push(heard),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { tracks, samples, problems };
}

/** Pictures at 25 a second: a key frame, then others, of which every second one is shown after the one that follows. */
export function someVideoSamples(count: number, from = 0): readonly Sample[] {
  return Array.from({ length: count }, (_, n) => {
    const dts = from + n * 3_600;
    const pts = dts + (n % 2 === 1 ? 7_200 : 3_600);
    const header = n === 0 ? 0x65 : 0x41;
    return { track: "video", dts, pts, duration: 3_600, key: n === 0, data: nal(header, n + 1, n + 2) };
  });
}

export function someAudioSamples(count: number, from = 0): readonly Sample[] {
  return Array.from({ length: count }, (_, n) => {
    const dts = from + n * 1_024;
    return { track: "audio", dts, pts: dts, duration: 1_024, key: true, data: Uint8Array.of(n, 255 - n) };
  });
}

/** An init segment and three fragments of both tracks. */
export function someStream(): Uint8Array {
  const video = someVideoSamples(15);
  const audio = someAudioSamples(24);
  const parts = [0, 1, 2].map((n) =>
    fragment({
      sequence: n + 1,
      tracks: bothTracks,
      video: video.slice(n * 5, n * 5 + 5),
      audio: audio.slice(n * 8, n * 8 + 8),
    }),
  );
  return Buffer.concat([initSegment(bothTracks), ...parts]);
}

/** A NAL unit behind its length in four bytes. */
export function nal(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.of(0, 0, 0, bytes.length, ...bytes);
}

export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
