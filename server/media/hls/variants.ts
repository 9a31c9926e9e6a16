import type { Variant } from "./playlist.ts";
import type { Init, Timeline } from "./timeline.ts";

const bandwidthUnknown = 3_000_000;

/** Of those timelines that have a whole segment. */
export function variantsOf(those: readonly { uri: string; of: Timeline }[]): Variant[] {
  return those.flatMap(({ uri, of }) => {
    const init = of.segments.at(-1)?.init;
    return init === undefined ? [] : [variantOf(uri, of.segments, shownBy(init))];
  });
}

export function variantOf(
  uri: string,
  segments: readonly Rated[],
  of: Pick<Variant, "codecs" | "size">,
): Variant {
  const rates = segments.map(({ bytes, ms }) => (bytes * 8_000) / Math.max(1, ms));
  const peak = rates.reduce((most, rate) => Math.max(most, rate), 0);
  const average = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
  const { codecs, size } = of;
  return { uri, codecs, size, peak: peak || bandwidthUnknown, average: average || bandwidthUnknown };
}
type Rated = { readonly bytes: number; readonly ms: number };

/** What a playlist of whole segments shows, by its newest. */
export function shownBy({ codecs, tracks: { video } }: Init): Pick<Variant, "codecs" | "size"> {
  return { codecs, size: video === null ? null : { width: video.width, height: video.height } };
}
