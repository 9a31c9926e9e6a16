import type { AudioTrack, Tracks, VideoTrack } from "../samples.ts";
import { box, bytesOf, fullBox, type Pieces, text, uint16, uint32, uint8, zeros } from "./box-writer.ts";
import { opusTimescale } from "./opus.ts";
import { audioTrackId, videoTrackId } from "./track-ids.ts";

/**
 * `ftyp` and `moov` (ISO/IEC 14496-12, 4.3 and 8.2.1) of a stream of fragments. For audio alone call it with `video` null.
 *
 * There is no edit list: times of samples are times of the presentation, and what B-frames need stands in signed
 * composition offsets, so both tracks have the same zero.
 */
export function initSegment(tracks: Tracks): Uint8Array {
  const traks: Pieces[] = [];
  const trexs: Pieces[] = [];
  if (tracks.video !== null) {
    traks.push(videoTrak(tracks.video));
    trexs.push(trex(videoTrackId));
  }
  if (tracks.audio !== null) {
    traks.push(audioTrak(tracks.audio));
    trexs.push(trex(audioTrackId));
  }
  return bytesOf(ftyp(), box("moov", mvhd(), ...traks, box("mvex", ...trexs)));
}

function ftyp(): Pieces {
  // iso5 has default-base-is-moof, iso6 version 1 of trun (ISO/IEC 14496-12, annex E).
  return box("ftyp", text("iso6"), uint32(512), text("iso6iso5mp41"));
}

const matrix = uint32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function mvhd(): Pieces {
  const times = uint32(0, 0, 1_000, 0);
  const rateAndVolume = [...uint32(0x10000), ...uint16(0x100, 0)];
  return fullBox("mvhd", 0, 0, times, rateAndVolume, zeros(8), matrix, zeros(24), uint32(audioTrackId + 1));
}

function trex(id: number): Pieces {
  return fullBox("trex", 0, 0, uint32(id, 1, 0, 0, 0));
}

function videoTrak(track: VideoTrack): Pieces {
  const size = uint32(track.width * 0x10000, track.height * 0x10000);
  const header = fullBox("vmhd", 0, 1, zeros(8));
  return trak(videoTrackId, 0, size, mdia(track.timescale, "vide", header, avc1(track)));
}

function audioTrak(track: AudioTrack): Pieces {
  const header = fullBox("smhd", 0, 0, zeros(4));
  const entry = track.codec === "aac" ? mp4a(track) : opus(track);
  return trak(audioTrackId, 0x100, zeros(8), mdia(track.timescale, "soun", header, entry));
}

function trak(id: number, volume: number, size: Pieces, content: Pieces): Pieces {
  const enabledAndInMovie = 3;
  const placing = uint16(0, 0, volume, 0);
  return box(
    "trak",
    fullBox("tkhd", 0, enabledAndInMovie, uint32(0, 0, id, 0, 0), zeros(8), placing, matrix, size),
    content,
  );
}

function mdia(timescale: number, handler: string, header: Pieces, entry: Pieces): Pieces {
  const undetermined = uint16(0x55c4, 0);
  const inSameFile = fullBox("url ", 0, 1);
  const noSamples = uint32(0);
  const stbl = box(
    "stbl",
    fullBox("stsd", 0, 0, uint32(1), entry),
    fullBox("stts", 0, 0, noSamples),
    fullBox("stsc", 0, 0, noSamples),
    fullBox("stsz", 0, 0, uint32(0), noSamples),
    fullBox("stco", 0, 0, noSamples),
  );
  return box(
    "mdia",
    fullBox("mdhd", 0, 0, uint32(0, 0, timescale, 0), undetermined),
    fullBox("hdlr", 0, 0, uint32(0), text(handler), zeros(12), zeros(1)),
    box("minf", header, box("dinf", fullBox("dref", 0, 0, uint32(1), inSameFile)), stbl),
  );
}

const entryHead = [...zeros(6), ...uint16(1)];

/** ISO/IEC 14496-12, 12.1.3, and ISO/IEC 14496-15, 5.4.2.1. */
function avc1(track: VideoTrack): Pieces {
  const dotsPerInch = uint32(72 * 0x10000, 72 * 0x10000, 0);
  const nameless = zeros(32);
  const depth = uint16(24, 0xffff);
  const size = uint16(track.width, track.height);
  const frames = uint16(1);
  const description = box("avcC", [track.description]);
  return box("avc1", entryHead, zeros(16), size, dotsPerInch, frames, nameless, depth, description);
}

/** ISO/IEC 14496-12, 12.2.3. A rate that 16 bits do not hold is only in the description. */
function audioEntry(type: string, channels: number, rate: number, description: Pieces): Pieces {
  const whole = rate > 0xffff ? 0 : rate;
  return box(type, entryHead, zeros(8), uint16(channels, 16, 0, 0), uint32(whole * 0x10000), description);
}

function opus(track: AudioTrack): Pieces {
  return audioEntry("Opus", track.channels, opusTimescale, box("dOps", [track.description]));
}

/** ISO/IEC 14496-14, 5.6.1; the descriptors are of ISO/IEC 14496-1, 7.2.6. */
function mp4a(track: AudioTrack): Pieces {
  const aac = 0x40;
  const audioStream = 0x15;
  const unknownRates = uint32(0, 0);
  const decoder = descriptor(
    4,
    uint8(aac, audioStream, 0, 0, 0),
    unknownRates,
    descriptor(5, [track.description]),
  );
  const stream = descriptor(3, uint16(audioTrackId), uint8(0), decoder, descriptor(6, uint8(2)));
  return audioEntry("mp4a", track.channels, track.sampleRate, fullBox("esds", 0, 0, stream));
}

/** Sizes are written in four bytes of seven bits each (ISO/IEC 14496-1, 8.3.3). */
function descriptor(tag: number, ...content: readonly Pieces[]): Pieces {
  const inside = content.flat();
  const size = inside.reduce((bytes, piece) => bytes + piece.byteLength, 0);
  const groups = [21, 14, 7].map((shift) => 0x80 | ((size >> shift) & 0x7f));
  return [...uint8(tag, ...groups, size & 0x7f), ...inside];
}
