import { limits } from "@chorus/protocol/limits.ts";
import type { SrtAddress } from "../broadcast/store.ts";

/**
 * SRT 1.3.0, which came with the handshake that shows the passphrase before a connection is one. By the handshake of before
 * (version 4), libsrt lets in whoever sends without any encryption.
 */
const srtVersionMin = 0x01_03_00;

/** What ffmpeg is told to take in one SRT connection and to write what it finds as fragmented MP4, in fragments of a frame or two. */
export function listenerArgs(
  host: string,
  { port, passphrase }: Pick<SrtAddress, "port" | "passphrase">,
  transcodeSound: boolean,
): readonly string[] {
  /* Times in microseconds: https://ffmpeg.org/ffmpeg-protocols.html#srt */
  const query = new URLSearchParams({
    mode: "listener",
    passphrase,
    minversion: String(srtVersionMin),
    pbkeylen: "16",
    latency: String(limits.mediaSrtLatencyMs * 1_000),
    timeout: String(limits.mediaSrtSilentMs * 1_000),
  });
  const log = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"];
  const probe = ["-analyzeduration", String(limits.mediaSrtAnalyzeMs * 1_000), "-fpsprobesize", "0"];
  const input = [...probe, "-f", "mpegts", "-i", `srt://${host}:${port}?${query.toString()}`];
  const sound = transcodeSound
    ? ["-c:a", "aac", "-b:a", "160k", "-ac", "2"]
    : ["-c:a", "copy", "-bsf:a", "aac_adtstoasc"];
  const streams = ["-map", "0:v:0?", "-map", "0:a:0?", "-c:v", "copy", ...sound];
  const flags = "+frag_keyframe+empty_moov+default_base_moof+delay_moov+skip_trailer";
  const muxer = [
    "-max_interleave_delta",
    "20000",
    "-f",
    "mp4",
    "-movflags",
    flags,
    "-frag_duration",
    "20000",
    "-flush_packets",
    "1",
  ];
  return [...log, ...input, ...streams, ...muxer, "pipe:1"];
}
