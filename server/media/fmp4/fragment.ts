import type { Sample, Tracks } from "../samples.ts";
import { box, bytesOf, fullBox, type Pieces, sizeOf, uint32, uint64 } from "./box-writer.ts";
import { audioTrackId, videoTrackId } from "./track-ids.ts";

export type FragmentInput = {
  /** From 1, one more for each fragment of a stream. */
  readonly sequence: number;
  readonly tracks: Tracks;
  /** In the order of decoding, from a time of 0 or later. One of the two lists may be empty, or of a track that is not there. */
  readonly video: readonly Sample[];
  readonly audio: readonly Sample[];
};

type Run = { readonly id: number; readonly samples: readonly Sample[] };

/** `moof` and `mdat` (ISO/IEC 14496-12, 8.8.4 and 8.1.1) of these samples, to be played after the tracks' init segment. */
export function fragment(input: FragmentInput): Uint8Array {
  const runs: Run[] = [];
  if (input.tracks.video !== null && input.video.length > 0)
    runs.push({ id: videoTrackId, samples: input.video });
  if (input.tracks.audio !== null && input.audio.length > 0)
    runs.push({ id: audioTrackId, samples: input.audio });
  const data = runs.flatMap(({ samples }) => samples.map((sample) => sample.data));
  // Offsets do not change the size of what they stand in, so the first one is found with a wrong one.
  const moofBytes = sizeOf(moof(input.sequence, runs, 0));
  return bytesOf(moof(input.sequence, runs, moofBytes + 8), box("mdat", data));
}

/** @param dataAt where the first sample is, counted from the start of the `moof`. */
function moof(sequence: number, runs: readonly Run[], dataAt: number): Pieces {
  const trafs: Pieces[] = [];
  let at = dataAt;
  for (const run of runs) {
    trafs.push(run.id === videoTrackId ? videoTraf(run, at) : audioTraf(run, at));
    for (const sample of run.samples) at += sample.data.byteLength;
  }
  return box("moof", fullBox("mfhd", 0, 0, uint32(sequence)), ...trafs);
}

const defaultBaseIsMoof = 0x020000;
const defaultFlags = 0x000020;

/** Of a run: where its data is, and each sample's duration, size, flags and composition offset (8.8.8). */
const runFlags = { dataOffset: 0x1, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 } as const;

/** Of a sample (8.8.3.1): it depends on no other; it depends on others, and decoding cannot start at it. */
const independent = 0x02000000;
const dependent = 0x01010000;

function videoTraf({ id, samples }: Run, dataAt: number): Pieces {
  const { dataOffset, duration, size, flags, composition } = runFlags;
  const fields = samples.flatMap((sample, n) => [
    durationOf(sample, samples[n + 1]),
    sample.data.byteLength,
    sample.key ? independent : dependent,
    sample.pts - sample.dts,
  ]);
  const run = uint32(samples.length, dataAt, ...fields);
  return box(
    "traf",
    fullBox("tfhd", 0, defaultBaseIsMoof, uint32(id)),
    tfdt(samples),
    fullBox("trun", 1, dataOffset | duration | size | flags | composition, run),
  );
}

function audioTraf({ id, samples }: Run, dataAt: number): Pieces {
  const { dataOffset, duration, size } = runFlags;
  const fields = samples.flatMap((sample, n) => [durationOf(sample, samples[n + 1]), sample.data.byteLength]);
  return box(
    "traf",
    fullBox("tfhd", 0, defaultBaseIsMoof | defaultFlags, uint32(id, independent)),
    tfdt(samples),
    fullBox("trun", 1, dataOffset | duration | size, uint32(samples.length, dataAt, ...fields)),
  );
}

/** Up to the next one: the times within a run are sums of durations, and would drift away from those of the samples. */
function durationOf(sample: Sample, next: Sample | undefined): number {
  return next === undefined ? sample.duration : next.dts - sample.dts;
}

function tfdt([first]: readonly Sample[]): Pieces {
  return fullBox("tfdt", 1, 0, uint64(first?.dts ?? 0));
}
