/** Tags that speak of parts, of waiting for them and of updates (RFC 8216bis, sections 4.4.3.7, 4.4.3.8, 4.4.4.9 and 4.4.5). */
const lowLatencyTags = /^#EXT-X-(?:PART|PART-INF|PRELOAD-HINT|RENDITION-REPORT|SERVER-CONTROL):.*\r?\n?/gm;

/** A playlist as it is for who plays whole segments: hls.js waits for parts wherever a playlist offers that, with or without low latency. */
export function plainPlaylist(text: string): string {
  return text.replaceAll(lowLatencyTags, "");
}
