import type { AudioTrack, Tracks, VideoTrack } from "../samples.ts";
import { parseAacDescription } from "./aac.ts";

/**
 * What `CODECS` of a playlist and `isTypeSupported` of a browser say of these tracks (RFC 6381, 3.3), video first: for
 * instance `avc1.42e01f,mp4a.40.2`, or `opus`.
 */
export function codecsOf(tracks: Tracks): string {
  const names: string[] = [];
  if (tracks.video !== null) names.push(videoCodec(tracks.video));
  if (tracks.audio !== null) names.push(audioCodec(tracks.audio));
  return names.join(",");
}

/** Profile, constraints and level stand in bytes 1 to 3 of the description (ISO/IEC 14496-15, 5.3.3.1). */
function videoCodec({ description }: VideoTrack): string {
  return `avc1.${Buffer.from(description.subarray(1, 4)).toString("hex")}`;
}

function audioCodec({ codec, description }: AudioTrack): string {
  return codec === "opus" ? "opus" : `mp4a.40.${parseAacDescription(description).objectType}`;
}
