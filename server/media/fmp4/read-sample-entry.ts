import type { AudioTrack, VideoTrack } from "../samples.ts";
import { parseAacDescription } from "./aac.ts";
import { damaged, type Fields, fieldsOf, FormatError, needBox } from "./box-fields.ts";
import { type AvcConfiguration, describeSets, parseAvcDescription } from "./h264.ts";
import { parseOpusDescription } from "./opus.ts";
import { parseSps } from "./sps.ts";

/** Names for what encoders may be set to by mistake (MP4 registration authority, codecs). */
const names: Readonly<Record<string, string>> = {
  hvc1: "HEVC (H.265)",
  hev1: "HEVC (H.265)",
  av01: "AV1",
  vp09: "VP9",
  mp4v: "MPEG-4 Visual or MPEG-2",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  fLaC: "FLAC",
  ".mp3": "MP3",
};

export type VideoEntry = {
  readonly track: Omit<VideoTrack, "timescale">;
  /** As the samples of this stream have it: the track's description is of samples as ours are. */
  readonly avc: AvcConfiguration;
};

/** ISO/IEC 14496-12, 12.1.3. @throws FormatError with a sentence for the person whose encoder it is. */
export function readVideoEntry(type: string, entry: Uint8Array): VideoEntry {
  if (type !== "avc1" && type !== "avc3") {
    throw new FormatError(`The video is ${names[type] ?? "of another kind"}: set the encoder to H.264.`);
  }
  const avc = parseAvcDescription(needBox(after(entry, 78), "avcC"));
  const [sps] = avc.sps;
  if (sps === undefined) throw new FormatError(damaged);
  const { width, height } = parseSps(sps);
  return { track: { codec: "h264", description: describeSets(avc), width, height }, avc };
}

/** ISO/IEC 14496-12, 12.2.3. @throws FormatError with a sentence for the person whose encoder it is. */
export function readAudioEntry(type: string, entry: Uint8Array): Omit<AudioTrack, "timescale"> {
  const fields = fieldsOf(entry);
  fields.pass(16);
  const channels = fields.u16();
  const boxes = after(entry, 28);
  if (type === "Opus") {
    const description = needBox(boxes, "dOps").slice();
    return {
      codec: "opus",
      description,
      sampleRate: 48_000,
      channels: parseOpusDescription(description).channels,
    };
  }
  if (type !== "mp4a") throw wrongAudio(names[type] ?? "of another kind");
  const description = readAudioConfig(needBox(boxes, "esds"));
  const aac = parseAacDescription(description);
  return { codec: "aac", description, sampleRate: aac.sampleRate, channels: aac.channels ?? channels };
}

function wrongAudio(what: string): FormatError {
  return new FormatError(`The audio is ${what}: set the encoder to AAC.`);
}

function after(entry: Uint8Array, bytes: number): Uint8Array {
  const fields = fieldsOf(entry);
  fields.pass(bytes);
  return fields.bytes(fields.left);
}

const tags = { stream: 3, decoder: 4, specific: 5 } as const;

/** The AudioSpecificConfig within an `esds` (ISO/IEC 14496-1, 7.2.6). */
function readAudioConfig(esds: Uint8Array): Uint8Array {
  const fields = fieldsOf(esds);
  fields.pass(4);
  const stream = fieldsOf(descriptor(fields, tags.stream));
  stream.pass(2);
  const flags = stream.u8();
  if ((flags & 0x80) !== 0) stream.pass(2);
  if ((flags & 0x40) !== 0) stream.pass(stream.u8());
  if ((flags & 0x20) !== 0) stream.pass(2);
  const decoder = fieldsOf(descriptor(stream, tags.decoder));
  const objectType = decoder.u8();
  // MPEG-4 and MPEG-2 AAC; 0x69 and 0x6b are MP3 (MP4 registration authority, object types).
  if (objectType !== 0x40 && (objectType < 0x66 || objectType > 0x68)) {
    throw wrongAudio(objectType === 0x69 || objectType === 0x6b ? "MP3" : "of another kind");
  }
  decoder.pass(12);
  return descriptor(decoder, tags.specific).slice();
}

function descriptor(fields: Fields, tag: number): Uint8Array {
  if (fields.u8() !== tag) throw new FormatError(damaged);
  let size = 0;
  for (let n = 0; n < 4; n++) {
    const byte = fields.u8();
    size = size * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) break;
  }
  return fields.bytes(size);
}
