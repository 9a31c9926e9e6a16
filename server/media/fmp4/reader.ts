import type { Sample, Tracks } from "../samples.ts";
import { type AvcSample, createAvcSamples } from "./avc-samples.ts";
import { damaged, FormatError } from "./box-fields.ts";
import { createBoxStream, type StreamBox } from "./box-stream.ts";
import { readMoof, type SamplePlace, type TrackFragment } from "./read-moof.ts";
import { readMovie, type ReadMovie, type ReadTrack } from "./read-moov.ts";

export type Fmp4Events = {
  /** At the start, and again when the stream changes to others: samples that follow are of these. */
  tracks(tracks: Tracks): void;
  /** In the order of decoding, both tracks in turns. Its bytes are not written to again. */
  sample(sample: Sample): void;
  /** The stream cannot be read on. Once, and nothing follows. The sentence is for the person whose encoder it is. */
  problem(sentence: string): void;
};

export type Fmp4Reader = {
  /** Any part of the stream. It does not keep `bytes`, and never throws. */
  push(bytes: Uint8Array): void;
  /** The stream is over: a problem, if it broke off within a box. */
  end(): void;
};

const wanted = new Set(["ftyp", "moov", "moof", "mdat"]);

type Reached = { readonly dts: number; readonly end: number };

/** A `moov` that was read, and what has to be known from one fragment to the next. */
type Movie = ReadMovie & {
  readonly avc: ((data: Uint8Array) => AvcSample) | null;
  /** When the last sample was decoded and when it ended, by the id of its track. */
  readonly reached: Map<number, Reached>;
};

/**
 * Reads fragmented MP4 (ISO/IEC 14496-12) as ffmpeg writes it to a pipe, in memory for
 * `mediaDataBytesMax` and little more.
 *
 * Times are of one zero for both tracks: edit lists are applied, and nothing is decoded before 0. The first sample may be up
 * to a second later than that: when time 0 was, is told by when a sample came, less its time. Only H.264, AAC and Opus are
 * taken; tracks that are neither video nor audio are passed over.
 */
export function createFmp4Reader(on: Fmp4Events): Fmp4Reader {
  let dead = false;
  let begun = false;
  let movie: Movie | null = null;
  let fragments: readonly TrackFragment[] | null = null;
  const boxes = createBoxStream((type) => wanted.has(type), receive);

  function receive(box: StreamBox): void {
    if (!begun && box.type !== "ftyp") throw new FormatError(damaged);
    begun = true;
    if (box.type === "moov") begin(box.body);
    else if (box.type === "moof") plan(box);
    else if (box.type === "mdat") deliver(box);
  }

  function begin(moov: Uint8Array): void {
    const read = readMovie(moov);
    const { video } = read.tracks;
    const avc = video !== null && read.video !== null ? createAvcSamples(video, read.video.avc) : null;
    movie = { ...read, avc, reached: new Map() };
    fragments = null;
    on.tracks(read.tracks);
  }

  function plan({ body, at }: StreamBox): void {
    if (movie === null) throw new FormatError(damaged);
    const { video, audio } = movie;
    fragments = readMoof(
      body,
      at,
      (id) => [video, audio].find((track) => track?.id === id)?.defaults ?? null,
    );
  }

  function deliver(mdat: StreamBox): void {
    const current = movie;
    if (current === null) throw new FormatError(damaged);
    checkRoom(fragments ?? [], mdat);
    const samples = (fragments ?? []).flatMap((fragment) => samplesOf(fragment, current, mdat));
    fragments = null;
    samples.sort((one, other) => one.seconds - other.seconds);
    for (const { sample } of samples) emit(current, sample);
  }

  function emit(movie: Movie, sample: Sample): void {
    if (sample.track === "audio" || movie.avc === null) return on.sample(sample);
    const { data, idr, changed } = movie.avc(sample.data);
    if (changed !== null) on.tracks({ ...movie.tracks, video: changed });
    if (data.byteLength > 0) on.sample({ ...sample, data, key: sample.key || idr });
  }

  function attempt(step: () => void): void {
    if (dead) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      dead = true;
      on.problem(error.message);
    }
  }

  return {
    push: (bytes) => attempt(() => boxes.take(bytes)),
    end() {
      attempt(() => boxes.end());
      dead = true;
    },
  };
}

/** Samples do not share their bytes, so that the work is in proportion to what came. */
function checkRoom(fragments: readonly TrackFragment[], mdat: StreamBox): void {
  let bytes = 0;
  for (const { places } of fragments) for (const { size } of places) bytes += size;
  if (bytes > mdat.body.byteLength) throw new FormatError(damaged);
}

type Timed = { readonly sample: Sample; readonly seconds: number };

function samplesOf(fragment: TrackFragment, movie: Movie, mdat: StreamBox): readonly Timed[] {
  const isVideo = fragment.id === movie.video?.id;
  const track = isVideo ? movie.video : movie.audio;
  if (track === null) return [];
  const reached = movie.reached.get(fragment.id) ?? { dts: 0, end: 0 };
  let dts = fragment.start ?? reached.end;
  if (dts < reached.dts) throw new FormatError("The times of the stream went back: start the encoder again.");
  const samples: Timed[] = [];
  for (const place of fragment.places) {
    samples.push(sampleOf(place, dts, track, isVideo, mdat));
    movie.reached.set(fragment.id, { dts, end: dts + place.duration });
    dts += place.duration;
  }
  return samples;
}

function sampleOf(
  place: SamplePlace,
  at: number,
  track: ReadTrack,
  isVideo: boolean,
  mdat: StreamBox,
): Timed {
  const from = place.at - mdat.bodyAt;
  if (from < 0 || from + place.size > mdat.body.byteLength) throw new FormatError(damaged);
  const dts = at + track.shift;
  if (!Number.isSafeInteger(dts + place.duration)) throw new FormatError(damaged);
  const sample: Sample = {
    track: isVideo ? "video" : "audio",
    dts,
    pts: dts + place.composition,
    duration: place.duration,
    key: !isVideo || place.key,
    data: mdat.body.subarray(from, from + place.size),
  };
  return { sample, seconds: dts / track.timescale };
}
