/** A piece of a playlist: where it stands on the player's time, and when it was made (EXT-X-PROGRAM-DATE-TIME, RFC 8216). */
export type Fragment = {
  /** Seconds on the player's time. */
  readonly start: number;
  readonly duration: number;
  /** Unix ms; null where the playlist does not say. */
  readonly programDateTime: number | null;
};

/** When that was made which stands at a position. Between two pieces the earlier one tells. Null where nothing is dated. */
export function wallAt(fragments: readonly Fragment[], position: number): number | null {
  const dated = fragments.filter(({ programDateTime }) => programDateTime !== null);
  const at = dated.findLast(({ start }) => start <= position) ?? dated[0];
  if (at === undefined || at.programDateTime === null) return null;
  return at.programDateTime + (position - at.start) * 1_000;
}

/** Where that stands which was made at a moment. In a hole of the broadcast: where it goes on. */
export function positionAt(fragments: readonly Fragment[], wall: number): number | null {
  let last: number | null = null;
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime === null) continue;
    const into = (wall - programDateTime) / 1_000;
    if (into < duration) return start + Math.max(into, 0);
    last = start + duration;
  }
  return last;
}

/** From the first dated piece to the end of the last. */
export function spanOf(fragments: readonly Fragment[]): { from: number; to: number } | null {
  const [first] = fragments;
  const last = fragments.at(-1);
  if (first === undefined || last === undefined) return null;
  const from = wallAt(fragments, first.start);
  const to = wallAt(fragments, last.start + last.duration);
  return from === null || to === null ? null : { from, to };
}
