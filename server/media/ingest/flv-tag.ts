/** What the body of one audio or video tag holds (Adobe Flash Video File Format 10.1, E.4.2 and E.4.3; Enhanced RTMP v1). */
export type FlvTag =
  | { readonly kind: "configuration"; readonly bytes: Uint8Array }
  /** `offsetMs`: how much later it is shown than decoded. */
  | { readonly kind: "media"; readonly key: boolean; readonly offsetMs: number; readonly bytes: Uint8Array }
  | { readonly kind: "nothing" }
  | { readonly kind: "problem"; readonly sentence: string };

const nothing: FlvTag = { kind: "nothing" };
const videoCodecs: ReadonlyMap<number, string> = new Map([
  [2, "Sorenson H.263"],
  [3, "Screen Video"],
  [4, "VP6"],
  [5, "VP6"],
  [6, "Screen Video"],
  [12, "H.265 (HEVC)"],
]);
const fourCodes: ReadonlyMap<string, string> = new Map([
  ["hvc1", "H.265 (HEVC)"],
  ["vp09", "VP9"],
  ["vp08", "VP8"],
  ["av01", "AV1"],
  ["Opus", "Opus"],
  [".mp3", "MP3"],
  ["fLaC", "FLAC"],
  ["ac-3", "AC-3"],
  ["ec-3", "E-AC-3"],
]);
const soundFormats: ReadonlyMap<number, string> = new Map([
  [1, "ADPCM"],
  [2, "MP3"],
  [4, "Nellymoser"],
  [5, "Nellymoser"],
  [6, "Nellymoser"],
  [7, "G.711"],
  [8, "G.711"],
  [11, "Speex"],
  [14, "MP3"],
]);

export function readTag(type: "audio" | "video", body: Uint8Array): FlvTag {
  if (body.byteLength < 2) return nothing;
  return type === "video" ? readVideo(body) : readAudio(body);
}

export function onlyH264(codec: string): string {
  return `The picture comes as ${codec}: set the encoder to H.264.`;
}

export function onlyAac(codec: string): string {
  return `The sound comes as ${codec}: set the encoder to AAC.`;
}

function readVideo(body: Uint8Array): FlvTag {
  const [first = 0, packet = 0] = body;
  if ((first & 0x80) !== 0) return readEnhancedVideo(body, first);
  const codec = first & 0x0f;
  if (codec !== 7) return problem(onlyH264(videoCodecs.get(codec) ?? "something unknown"));
  if (body.byteLength < 5) return nothing;
  if (packet === 0) return { kind: "configuration", bytes: body.subarray(5) };
  if (packet !== 1) return nothing;
  return { kind: "media", key: first >> 4 === 1, offsetMs: signed24(body, 2), bytes: body.subarray(5) };
}

function readEnhancedVideo(body: Uint8Array, first: number): FlvTag {
  const code = fourCodeAt(body);
  if (code !== "avc1") return problem(onlyH264(fourCodes.get(code) ?? "something unknown"));
  const key = ((first >> 4) & 7) === 1;
  switch (first & 0x0f) {
    case 0:
      return { kind: "configuration", bytes: body.subarray(5) };
    case 1:
      if (body.byteLength < 8) return nothing;
      return { kind: "media", key, offsetMs: signed24(body, 5), bytes: body.subarray(8) };
    case 3:
      return { kind: "media", key, offsetMs: 0, bytes: body.subarray(5) };
    default:
      return nothing;
  }
}

function readAudio(body: Uint8Array): FlvTag {
  const [first = 0, packet = 0] = body;
  const format = first >> 4;
  if (format === 9) return readEnhancedAudio(body, first & 0x0f);
  if (format !== 10) return problem(onlyAac(soundFormats.get(format) ?? "something unknown"));
  return packet === 0 ? { kind: "configuration", bytes: body.subarray(2) } : sound(body.subarray(2));
}

function readEnhancedAudio(body: Uint8Array, packet: number): FlvTag {
  const code = fourCodeAt(body);
  if (code !== "mp4a") return problem(onlyAac(fourCodes.get(code) ?? "something unknown"));
  if (packet === 0) return { kind: "configuration", bytes: body.subarray(5) };
  return packet === 1 ? sound(body.subarray(5)) : nothing;
}

function sound(bytes: Uint8Array): FlvTag {
  return { kind: "media", key: true, offsetMs: 0, bytes };
}

function problem(sentence: string): FlvTag {
  return { kind: "problem", sentence };
}

function fourCodeAt(body: Uint8Array): string {
  return Buffer.from(body.subarray(1, 5)).toString("latin1");
}

function signed24(body: Uint8Array, at: number): number {
  const [high = 0, middle = 0, low = 0] = body.subarray(at, at + 3);
  return ((high << 24) | (middle << 16) | (low << 8)) >> 8;
}
