import { onlyH264 } from "./flv-tag.ts";

/** What ffmpeg's log means for the host. `hopeless`: as it is set, the encoder cannot be shown. */
export type SrtNews = { readonly kind: "sound" | "hopeless" | "passing"; readonly sentence: string };
export type SrtLog = {
  line(text: string): SrtNews | null;
  /** An encoder has come in, whatever became of it. */
  connected(): boolean;
};

const stream = /^\s*Stream #0:\d+.*?: (Video|Audio): ([\w-]+)/;
const wrongPassphrase =
  "An encoder was turned away because its SRT passphrase is wrong or missing: copy the address again from the room's settings.";
const tooOld = "An encoder was turned away because its SRT is older than 1.3: update it, or send by RTMP.";
const incomplete =
  "The encoder's stream cannot be recognised: let it begin with a key frame, or set its key-frame interval to 2 s.";

/** @param transcode sound that is not AAC is made so already. */
export function createSrtLog(transcode: boolean): SrtLog {
  let input = false;
  let connected = false;

  function line(text: string): SrtNews | null {
    if (/BADSECRET|UNSECURE|incorrect passphrase/i.test(text))
      return { kind: "passing", sentence: wrongPassphrase };
    if (/rejecting HSv4 client|Peer version too old/.test(text)) return { kind: "passing", sentence: tooOld };
    if (text.startsWith("Input #0")) {
      input = connected = true;
      return null;
    }
    if (/^(Output #0|Stream mapping)/.test(text)) input = false;
    if (/Could not find codec parameters for stream \d+ \(Video|dimensions not set/.test(text)) {
      connected = true;
      return { kind: "hopeless", sentence: incomplete };
    }
    const [, type, codec = ""] = (input && stream.exec(text)) || [];
    if (type === "Video" && codec !== "h264") return { kind: "hopeless", sentence: onlyH264(named(codec)) };
    if (type !== "Audio" || codec === "aac" || transcode) return null;
    return {
      kind: "sound",
      sentence: `The sound comes as ${named(codec)} and is made into AAC here: set the encoder to AAC to save the server this work.`,
    };
  }

  return { line, connected: () => connected };
}

const names: ReadonlyMap<string, string> = new Map([
  ["hevc", "H.265 (HEVC)"],
  ["mpeg2video", "MPEG-2"],
  ["vp8", "VP8"],
  ["vp9", "VP9"],
  ["av1", "AV1"],
  ["mp2", "MP2"],
  ["mp3", "MP3"],
  ["ac3", "AC-3"],
  ["eac3", "E-AC-3"],
  ["opus", "Opus"],
]);

function named(codec: string): string {
  return names.get(codec) ?? codec;
}
