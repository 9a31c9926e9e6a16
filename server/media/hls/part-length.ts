/** A part is at least 85 % of its target (RFC 8216bis, 4.4.4.9), so the target leaves room for frames that are not even. */
const targetOverPart = 1.1;
/** No picture is shown longer, as far as parts go. */
const partMsMax = 1_000;

/**
 * How long parts are, in whole frames, and how long the longest can be.
 *
 * @param wantedMs about how long they are to be.
 * @param frameMs 0 where it is not known.
 */
export function lengthsFor(wantedMs: number, frameMs: number): { partMs: number; targetMs: number } {
  const frames = frameMs > 0 ? Math.max(1, Math.round(wantedMs / frameMs)) : 0;
  const partMs = frames === 0 ? wantedMs : Math.min(frames * frameMs, partMsMax);
  return { partMs, targetMs: Math.ceil(partMs * targetOverPart) };
}
