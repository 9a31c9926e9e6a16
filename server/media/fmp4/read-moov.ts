import type { Tracks } from "../samples.ts";
import { boxesIn, damaged, fieldsOf, findBox, FormatError, needBox } from "./box-fields.ts";
import type { AvcConfiguration } from "./h264.ts";
import { readAudioEntry, readVideoEntry } from "./read-sample-entry.ts";

/** What a sample has where its fragment does not say it (ISO/IEC 14496-12, 8.8.3). */
export type SampleDefaults = { readonly duration: number; readonly size: number; readonly flags: number };

export type ReadTrack = {
  readonly id: number;
  readonly defaults: SampleDefaults;
  readonly timescale: number;
  /** What to add to the times of its samples. */
  readonly shift: number;
};

export type ReadMovie = {
  readonly tracks: Tracks;
  readonly video: (ReadTrack & { readonly avc: AvcConfiguration }) | null;
  readonly audio: ReadTrack | null;
};

type Trak = Omit<ReadTrack, "defaults"> & { readonly handler: string; readonly entry: EntryBox };
type EntryBox = { readonly type: string; readonly body: Uint8Array };

/**
 * Reads the first video and the first audio track of a `moov`, and their edit lists: ffmpeg says there by how much a track
 * begins later than the other, what B-frames delay it, and what of AAC and Opus comes before the first sound.
 *
 * Times are shifted by that, so that both tracks have one zero; and both by the same whole seconds, where otherwise a
 * sample would have to be decoded before 0.
 * @throws FormatError with a sentence for the person whose encoder it is.
 */
export function readMovie(moov: Uint8Array): ReadMovie {
  const movieTimescale = readTimescale(needBox(moov, "mvhd"));
  const traks = [...boxesIn(moov)]
    .filter(({ type }) => type === "trak")
    .map(({ body }) => readTrak(body, movieTimescale));
  const video = traks.find(({ handler }) => handler === "vide");
  const audio = traks.find(({ handler }) => handler === "soun");
  if (video === undefined && audio === undefined) {
    throw new FormatError("The stream has neither video nor audio: add a source in the encoder.");
  }
  const early = [video, audio].map((trak) => (trak === undefined ? 0 : -trak.shift / trak.timescale));
  const lead = Math.ceil(Math.max(0, ...early));
  const picture = video === undefined ? null : readVideoEntry(video.entry.type, video.entry.body);
  const sound = audio === undefined ? null : readAudioEntry(audio.entry.type, audio.entry.body);
  return {
    tracks: {
      video: video && picture ? { ...picture.track, timescale: video.timescale } : null,
      audio: audio && sound ? { ...sound, timescale: audio.timescale } : null,
    },
    video: video && picture ? { ...placed(moov, video, lead), avc: picture.avc } : null,
    audio: audio ? placed(moov, audio, lead) : null,
  };
}

function placed(moov: Uint8Array, { id, timescale, shift }: Trak, lead: number): ReadTrack {
  return { id, timescale, shift: shift + lead * timescale, defaults: readDefaults(moov, id) };
}

/** Of an `mvhd` or an `mdhd`, which begin alike (ISO/IEC 14496-12, 8.2.2 and 8.4.2). */
function readTimescale(header: Uint8Array): number {
  const fields = fieldsOf(header);
  const version = fields.u8();
  fields.pass(3 + (version === 1 ? 16 : 8));
  return positive(fields.u32());
}

function readTrak(trak: Uint8Array, movieTimescale: number): Trak {
  const id = readTrackId(needBox(trak, "tkhd"));
  const timescale = readTimescale(needBox(trak, "mdia", "mdhd"));
  const handler = readHandler(needBox(trak, "mdia", "hdlr"));
  const entry = boxesIn(needBox(trak, "mdia", "minf", "stbl", "stsd").subarray(8)).next().value;
  if (entry === undefined) throw new FormatError(damaged);
  const elst = findBox(trak, "edts", "elst");
  const shift = elst === null ? 0 : readShift(elst, timescale, movieTimescale);
  return { id, timescale, handler, entry, shift };
}

function readTrackId(tkhd: Uint8Array): number {
  const fields = fieldsOf(tkhd);
  const version = fields.u8();
  fields.pass(3 + (version === 1 ? 16 : 8));
  return fields.u32();
}

function readHandler(hdlr: Uint8Array): string {
  const fields = fieldsOf(hdlr);
  fields.pass(8);
  return fields.text(4);
}

/** Empty edits delay the track; the first that is not says with which of its times it begins (ISO/IEC 14496-12, 8.6.6). */
function readShift(elst: Uint8Array, timescale: number, movieTimescale: number): number {
  const fields = fieldsOf(elst);
  const long = fields.u8() === 1;
  fields.pass(3);
  const count = fields.u32();
  let delay = 0;
  for (let n = 0; n < count; n++) {
    const duration = long ? fields.u64() : fields.u32();
    const from = long ? fields.i64() : fields.i32();
    fields.pass(4);
    if (from >= 0) return Math.round((delay * timescale) / movieTimescale) - from;
    delay += duration;
  }
  return Math.round((delay * timescale) / movieTimescale);
}

function readDefaults(moov: Uint8Array, id: number): SampleDefaults {
  const mvex = findBox(moov, "mvex");
  if (mvex === null)
    throw new FormatError("The stream is an MP4 file without fragments: it cannot be played while it runs.");
  for (const { type, body } of boxesIn(mvex)) {
    if (type !== "trex") continue;
    const fields = fieldsOf(body);
    fields.pass(4);
    if (fields.u32() !== id) continue;
    fields.pass(4);
    return { duration: fields.u32(), size: fields.u32(), flags: fields.u32() };
  }
  throw new FormatError(damaged);
}

function positive(value: number): number {
  if (value === 0) throw new FormatError(damaged);
  return value;
}
