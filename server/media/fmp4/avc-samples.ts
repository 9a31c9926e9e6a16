import { limits } from "@chorus/protocol/limits.ts";
import type { VideoTrack } from "../samples.ts";
import { damaged, FormatError } from "./box-fields.ts";
import {
  type AvcConfiguration,
  belongsInSample,
  describeSets,
  nalType,
  nalTypes,
  parseAvcDescription,
  sampleOf,
  setId,
} from "./h264.ts";
import { parseSps } from "./sps.ts";

export type AvcSample = {
  readonly data: Uint8Array;
  readonly idr: boolean;
  /** The track with the parameter sets that came with this sample: null where they are what they were. */
  readonly changed: VideoTrack | null;
};

/**
 * Brings samples of a file into the form of ours, and watches for parameter sets that come within them: an encoder that
 * changes its resolution says so there.
 */
export function createAvcSamples(track: VideoTrack, avc: AvcConfiguration): (data: Uint8Array) => AvcSample {
  let current = track;
  let sps = byId(avc.sps);
  let pps = byId(avc.pps);

  function change(sets: readonly Uint8Array[]): VideoTrack | null {
    const unknown = sets.filter((nal) => !same(nal, (isSps(nal) ? sps : pps).get(setId(nal))));
    if (unknown.length === 0) return null;
    const newSps = unknown.filter(isSps);
    sps = new Map([...sps, ...byId(newSps)]);
    pps = new Map([...pps, ...byId(unknown.filter((nal) => !isSps(nal)))]);
    const latest = newSps.at(-1) ?? parseAvcDescription(current.description).sps[0];
    if (latest === undefined) throw new FormatError(damaged);
    // The one that is used stands first, since the description takes its profile and level from it.
    const others = [...sps.values()].filter((nal) => !same(nal, latest));
    const description = describeSets({ sps: [latest, ...others], pps: [...pps.values()] });
    const { width, height } = parseSps(latest);
    current = { ...current, description, width, height };
    return current;
  }

  return function read(data) {
    const { kept, sets, idr, lean } = split(data, avc.lengthBytes);
    return { data: lean ?? sampleOf(kept), idr, changed: sets.length === 0 ? null : change(sets) };
  };
}

type SplitSample = {
  readonly kept: readonly Uint8Array[];
  readonly sets: readonly Uint8Array[];
  readonly idr: boolean;
  /** What is kept, where it stands together already. */
  readonly lean: Uint8Array | null;
};

function split(data: Uint8Array, lengthBytes: number): SplitSample {
  const kept: Uint8Array[] = [];
  const sets: Uint8Array[] = [];
  let idr = false;
  let keptFrom = -1;
  let keptTo = -1;
  let together = lengthBytes === 4;
  let nals = 0;
  for (let at = 0; at < data.byteLength;) {
    if (++nals > limits.mediaNalsPerSampleMax) throw new FormatError(damaged);
    const start = at + lengthBytes;
    const end = start + lengthAt(data, at, lengthBytes);
    if (end > data.byteLength) throw new FormatError(damaged);
    const nal = data.subarray(start, end);
    const type = nalType(nal);
    if (nal.byteLength > 0 && belongsInSample(type)) {
      if (keptFrom < 0) keptFrom = at;
      else if (keptTo !== at) together = false;
      keptTo = end;
      kept.push(nal);
      idr ||= type === nalTypes.idr;
    } else if (type === nalTypes.sps || type === nalTypes.pps) {
      sets.push(nal.slice());
    }
    at = end;
  }
  return { kept, sets, idr, lean: together && keptFrom >= 0 ? data.subarray(keptFrom, keptTo) : null };
}

function lengthAt(data: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let n = 0; n < lengthBytes; n++) length = length * 256 + (data[at + n] ?? 0);
  return length;
}

function isSps(nal: Uint8Array): boolean {
  return nalType(nal) === nalTypes.sps;
}

function byId(nals: readonly Uint8Array[]): Map<number, Uint8Array> {
  return new Map(nals.map((nal) => [setId(nal), nal]));
}

function same(nal: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(nal, other) === 0;
}
