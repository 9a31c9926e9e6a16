import type { Ingest } from "./studio-broadcast.ts";

/** What the page says of the way in, free of words: `en-studio.ts` and `ar-studio.ts` have them. */
export type HealthLine =
  | { readonly of: "bitrate"; readonly bitsPerSecond: number }
  | { readonly of: "size"; readonly width: number; readonly height: number }
  | { readonly of: "fps"; readonly framesPerSecond: number }
  | { readonly of: "keyFrames"; readonly seconds: number; readonly far: boolean }
  | { readonly of: "loss"; readonly percent: number; readonly high: boolean }
  | { readonly of: "rtt"; readonly ms: number; readonly high: boolean };
export type HealthWarning = "key-frames" | "key-frames-own" | "loss" | "frames";

/** A player begins at a key frame, and segments end at one: what is further apart makes viewers wait. */
const keyFrameMsMax = 2_500;
/** A browser is asked for one every two seconds, and takes its time. */
const ownKeyFrameMsMax = 4_000;
const lossPercentMax = 3;
const rttMsMax = 300;
const framesPerSecondMin = 10;

/** @param own whether this very page sends. */
export function healthLines(
  { health, publisher }: Pick<Ingest, "health" | "publisher">,
  own: boolean,
): readonly HealthLine[] {
  if (health === null) return [];
  const { bitrate, width, height, fps, keyFrameMs, lossPercent, rttMs } = health;
  const lines: HealthLine[] = [{ of: "bitrate", bitsPerSecond: bitrate }];
  if (hasPicture(health)) {
    lines.push({ of: "size", width, height }, { of: "fps", framesPerSecond: fps });
    if (keyFrameMs !== null)
      lines.push({ of: "keyFrames", seconds: keyFrameMs / 1_000, far: isFar(keyFrameMs, own) });
  }
  /* By the other ways in, what is lost is sent again out of anybody's sight. */
  if (publisher === "whip") {
    lines.push({ of: "loss", percent: lossPercent, high: lossPercent > lossPercentMax });
    if (rttMs !== null) lines.push({ of: "rtt", ms: rttMs, high: rttMs > rttMsMax });
  }
  return lines;
}

/** @param own whether this very page sends: then there is no encoder that could be set otherwise. */
export function healthWarnings(
  { health, publisher }: Pick<Ingest, "health" | "publisher">,
  own: boolean,
): readonly HealthWarning[] {
  if (health === null) return [];
  const warnings: HealthWarning[] = [];
  const { keyFrameMs, fps, lossPercent } = health;
  if (hasPicture(health) && keyFrameMs !== null && isFar(keyFrameMs, own))
    warnings.push(own ? "key-frames-own" : "key-frames");
  if (publisher === "whip" && lossPercent > lossPercentMax) warnings.push("loss");
  if (hasPicture(health) && !own && fps < framesPerSecondMin) warnings.push("frames");
  return warnings;
}

function isFar(keyFrameMs: number, own: boolean): boolean {
  return keyFrameMs > (own ? ownKeyFrameMsMax : keyFrameMsMax);
}

function hasPicture({ width, height }: { width: number; height: number }): boolean {
  return width > 0 && height > 0;
}
