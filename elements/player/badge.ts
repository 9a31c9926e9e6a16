import type { PathName } from "./play.ts";

/** How far what one sees is behind what happens, said honestly: `live` only where it is as near as its way can be. */
export type Badge = { readonly t: "live" } | { readonly t: "behind"; readonly seconds: number };

/** What is usual for each way; the rest is somebody's pause, or a network that cannot follow. */
const liveWithinMs: Readonly<Record<PathName, number>> = {
  whep: 2_000,
  hls: 4_000,
  audio: 4_000,
  rewind: 2_000,
};

/** Without low latency whole segments are waited for. */
const liveInSegmentsMs = 9_000;

/** @param behindMs null while it is not known: then it is live only if nobody went back. */
export function badgeOf(
  path: PathName,
  behindMs: number | null,
  errorMs: number,
  lowLatency: boolean,
): Badge | null {
  if (behindMs === null) return path === "rewind" ? null : { t: "live" };
  const inSegments = !lowLatency && (path === "hls" || path === "audio");
  if (behindMs - errorMs <= (inSegments ? liveInSegmentsMs : liveWithinMs[path])) return { t: "live" };
  return { t: "behind", seconds: Math.max(Math.round(behindMs / 1_000), 1) };
}
