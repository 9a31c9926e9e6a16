import type { ListedPart, ListedSegment, Playlist } from "./read-playlist.fixture.ts";
import { readPlaylist } from "./read-playlist.fixture.ts";

/**
 * What a playlist does against draft-pantos-hls-rfc8216bis, section 6.2, in what it says after an earlier loading of itself.
 * A playlist that skips is to be compared with one that does not.
 */
export function checkReload(earlier: string, later: string): readonly string[] {
  const before = readPlaylist(earlier);
  const after = readPlaylist(later);
  return [
    ...head(before, after),
    ...edge(before, after),
    ...before.segments.flatMap((one) => kept(one, after)),
    ...openParts(before, after),
  ];
}

function head(before: Playlist, after: Playlist): readonly string[] {
  return [
    before.target !== after.target ? "6.2.1 TARGETDURATION has changed" : "",
    before.type === "VOD" && after.type !== "VOD" ? "6.2.1 EXT-X-PLAYLIST-TYPE has changed" : "",
    after.sequence < before.sequence ? "6.2.2 MEDIA-SEQUENCE has gone back" : "",
    after.discontinuitySequence < before.discontinuitySequence
      ? "6.2.2 DISCONTINUITY-SEQUENCE has gone back"
      : "",
    before.ended && !after.ended ? "6.2.1 EXT-X-ENDLIST is gone" : "",
    before.type === "EVENT" && after.sequence !== before.sequence
      ? "4.4.3.5 an event has lost segments at its start"
      : "",
  ].filter((one) => one !== "");
}

/** What was shown last is not taken back. */
function edge(before: Playlist, after: Playlist): readonly string[] {
  const [was, is] = [edgeOf(before), edgeOf(after)];
  const isBack = is.msn < was.msn || (is.msn === was.msn && is.part < was.part);
  const isEarlyRemoval = after.segments.length === 0 && before.segments.length > 0 && after.skipped === 0;
  const length = after.segments.reduce((total, { duration }) => total + duration, 0);
  const isShort =
    after.sequence > before.sequence &&
    !after.ended &&
    after.skipped === 0 &&
    length < (after.target ?? 0) * 3;
  return [
    isBack ? "6.2.1 the end of the playlist has gone back" : "",
    isEarlyRemoval ? "6.2.2 all segments are gone" : "",
    isShort ? "6.2.2 what is left is shorter than three target durations" : "",
  ].filter((one) => one !== "");
}

function edgeOf({ sequence, skipped, segments, open }: Playlist): { msn: number; part: number } {
  return { msn: sequence + skipped + segments.length, part: open.length };
}

function kept(one: ListedSegment, after: Playlist): readonly string[] {
  const same = after.segments.find(({ msn }) => msn === one.msn);
  if (same === undefined) return [];
  const changed = (["uri", "duration", "discontinuity", "discontinuities", "at"] as const).filter(
    (what) => one[what] !== same[what],
  );
  const isOtherMap = one.map !== null && same.map !== null && one.map !== same.map;
  return [
    ...changed.map((what) => `6.2.1 segment ${one.msn} has changed: ${what}`),
    ...(isOtherMap ? [`6.2.1 segment ${one.msn} has changed: map`] : []),
    ...(same.parts.length > 0 && !isPrefix(one.parts, same.parts)
      ? [`6.2.1 the parts of segment ${one.msn} have changed`]
      : []),
  ];
}

/** Parts of a segment that was open are its first ones afterwards, too, and the announced part comes. */
function openParts(before: Playlist, after: Playlist): readonly string[] {
  const { msn } = edgeOf(before);
  const whole = after.segments.find((one) => one.msn === msn);
  const later = whole?.parts ?? (edgeOf(after).msn === msn ? after.open : null);
  if (later === null || (whole !== undefined && whole.parts.length === 0)) return [];
  const hinted = before.hints.find((hint) => hint.get("TYPE") === "PART")?.get("URI");
  const next = later[before.open.length]?.uri;
  const isOther = hinted !== undefined && next !== undefined && hinted !== next;
  return [
    ...(isPrefix(before.open, later) ? [] : [`6.2.1 the parts of segment ${msn} have changed`]),
    ...(isOther ? ["6.2.2 the part that comes is not the one that was announced"] : []),
  ];
}

function isPrefix(first: readonly ListedPart[], whole: readonly ListedPart[]): boolean {
  return first.every(({ uri, duration, independent }, index) => {
    const same = whole[index];
    return same?.uri === uri && same.duration === duration && same.independent === independent;
  });
}
