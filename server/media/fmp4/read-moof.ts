import { limits } from "@chorus/protocol/limits.ts";
import { boxesIn, damaged, type Fields, fieldsOf, findBox, FormatError, needBox } from "./box-fields.ts";
import type { SampleDefaults } from "./read-moov.ts";

/** A sample whose bytes are still to come. */
export type SamplePlace = {
  /** In bytes from the start of the stream. */
  readonly at: number;
  readonly size: number;
  readonly duration: number;
  readonly key: boolean;
  /** Of showing after decoding. */
  readonly composition: number;
};

export type TrackFragment = {
  readonly id: number;
  /** When its first sample is decoded: null where that is when the last one ended. */
  readonly start: number | null;
  readonly places: readonly SamplePlace[];
};

type Header = {
  readonly id: number;
  readonly base: number | null;
  readonly fromMoof: boolean;
  readonly defaults: SampleDefaults;
};

/**
 * Reads the fragments of tracks in a `moof` (ISO/IEC 14496-12, 8.8.4).
 * @param moofAt where it began, in bytes from the start of the stream.
 * @param defaultsOf those of a track, by its id; null skips the track.
 * @throws FormatError
 */
export function readMoof(
  moof: Uint8Array,
  moofAt: number,
  defaultsOf: (id: number) => SampleDefaults | null,
): readonly TrackFragment[] {
  const fragments: TrackFragment[] = [];
  let room: number = limits.mediaFragmentSamplesMax;
  // Without a base of its own, data begins where that of the fragment before ended (8.8.7.1).
  let end = moofAt;
  for (const { type, body } of boxesIn(moof)) {
    if (type !== "traf") continue;
    const header = readHeader(needBox(body, "tfhd"), defaultsOf);
    if (header === null) continue;
    const base = header.base ?? (header.fromMoof ? moofAt : end);
    const places: SamplePlace[] = [];
    end = readRuns(body, header.defaults, base, room, places);
    room -= places.length;
    fragments.push({ id: header.id, start: readStart(body), places });
  }
  return fragments;
}

function readHeader(tfhd: Uint8Array, defaultsOf: (id: number) => SampleDefaults | null): Header | null {
  const fields = fieldsOf(tfhd);
  const flags = fields.u32();
  const id = fields.u32();
  const defaults = defaultsOf(id);
  if (defaults === null) return null;
  const base = (flags & 0x1) === 0 ? null : fields.u64();
  if ((flags & 0x2) !== 0) fields.pass(4);
  const duration = (flags & 0x8) === 0 ? defaults.duration : fields.u32();
  const size = (flags & 0x10) === 0 ? defaults.size : fields.u32();
  const sampleFlags = (flags & 0x20) === 0 ? defaults.flags : fields.u32();
  const fromMoof = (flags & 0x20000) !== 0;
  return { id, base, fromMoof, defaults: { duration, size, flags: sampleFlags } };
}

function readStart(traf: Uint8Array): number | null {
  const tfdt = findBox(traf, "tfdt");
  if (tfdt === null) return null;
  const fields = fieldsOf(tfdt);
  const long = fields.u8() === 1;
  fields.pass(3);
  return long ? fields.u64() : fields.u32();
}

/** Adds what the runs of a track hold to `places`, and answers where their data ends. */
function readRuns(
  traf: Uint8Array,
  defaults: SampleDefaults,
  base: number,
  room: number,
  places: SamplePlace[],
): number {
  let at = base;
  for (const { type, body } of boxesIn(traf)) {
    if (type !== "trun") continue;
    const fields = fieldsOf(body);
    const flags = fields.u32();
    const count = fields.u32();
    if (count > room - places.length) {
      throw new FormatError(
        "A fragment of the stream has too many samples: set the encoder to a key frame every 2 seconds.",
      );
    }
    if ((flags & 0x1) !== 0) at = base + fields.i32();
    const firstFlags = (flags & 0x4) === 0 ? null : fields.u32();
    for (let n = 0; n < count; n++) {
      const place = readPlace(fields, flags, n === 0 ? firstFlags : null, defaults, at);
      places.push(place);
      at += place.size;
    }
  }
  return at;
}

/** 8.8.8.2. Offsets of version 0 are unsigned, but none is so large that its sign could be meant otherwise. */
function readPlace(
  fields: Fields,
  flags: number,
  ownFlags: number | null,
  defaults: SampleDefaults,
  at: number,
): SamplePlace {
  const duration = (flags & 0x100) === 0 ? defaults.duration : fields.u32();
  const size = (flags & 0x200) === 0 ? defaults.size : fields.u32();
  const said = (flags & 0x400) === 0 ? defaults.flags : fields.u32();
  const composition = (flags & 0x800) === 0 ? 0 : fields.i32();
  if (at < 0) throw new FormatError(damaged);
  const nonSync = 0x10000;
  return { at, size, duration, key: ((ownFlags ?? said) & nonSync) === 0, composition };
}
