import { limits } from "@chorus/protocol/limits.ts";
import { edgeOf, type Init, type Part, roundedSeconds, type Segment, type Timeline } from "./timeline.ts";

/** What another rendition's playlist has come to, for who switches to it (RFC 8216bis, 4.4.5.4). */
export type Report = { readonly uri: string; readonly timeline: Timeline };

export type PlaylistOptions = {
  /** Parts, blocking reloads and updates, for who may have it with little delay. */
  readonly low: boolean;
  /** Only what is new: `_HLS_skip=YES`. */
  readonly skip: boolean;
  readonly report: Report | null;
};

/** A part stands in the playlist until its segment is so many target durations behind the end (RFC 8216bis, 4.4.4.9). */
const partsTargets = 3;
const holdBackTargets = 3;
const skipTargets = 6;
const partHoldBackParts = 3;

/** The media playlist of a broadcast that goes on, or has just ended. Of a timeline that has a whole segment. */
export function livePlaylist(timeline: Timeline, { low, skip, report }: PlaylistOptions): string {
  const { segments, targetSeconds, discontinuities, ended } = timeline;
  const target = targetSeconds ?? limits.mediaTargetSecondsMin;
  const firstMsn = segments[0]?.msn ?? timeline.nextMsn;
  const skipped = low && skip ? skippable(segments, target, openMs(timeline)) : 0;
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${low ? 9 : 7}`,
    `#EXT-X-TARGETDURATION:${target}`,
    ...(low ? lowControls(timeline, target) : []),
    `#EXT-X-MEDIA-SEQUENCE:${firstMsn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`,
  ];
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let init: Init | null = skipped > 0 ? (segments[skipped - 1]?.init ?? null) : null;
  const partsFrom = low ? partsFromIndex(segments, target, openMs(timeline)) : Infinity;
  segments.forEach((segment, index) => {
    if (index < skipped) return;
    lines.push(
      ...headOf(segment, init, timeline.run),
      ...(index >= partsFrom ? partsOf(segment, segment.parts ?? []) : []),
    );
    lines.push(`#EXTINF:${seconds(segment.ms)},`, `${nameOf(segment)}.m4s`);
    init = segment.init;
  });
  if (ended) lines.push("#EXT-X-ENDLIST");
  else if (low) lines.push(...edgeLines(timeline, init), ...reportLines(report));
  return `${lines.join("\n")}\n`;
}

function lowControls({ partTargetMs }: Timeline, target: number): string[] {
  const hold = seconds(partTargetMs * partHoldBackParts + 1);
  return [
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${hold},HOLD-BACK=${target * holdBackTargets},CAN-SKIP-UNTIL=${target * skipTargets}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTargetMs)}`,
  ];
}

/** What comes before a segment's parts and address. */
function headOf(
  segment: Pick<Segment, "at" | "discontinuity" | "init"> & { run?: string },
  init: Init | null,
  run: string,
): string[] {
  const lines = [];
  if (segment.discontinuity) lines.push("#EXT-X-DISCONTINUITY");
  if (segment.init !== init)
    lines.push(`#EXT-X-MAP:URI="${segment.run ?? run}/init-${segment.init.name}.mp4"`);
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.at).toISOString()}`);
  return lines;
}

function partsOf(segment: { msn: number; run: string }, parts: readonly Part[]): string[] {
  return parts.map(({ ms, independent }, index) => {
    const uri = `URI="${nameOf(segment)}.${index}.m4s"`;
    return `#EXT-X-PART:DURATION=${seconds(ms)},${uri}${independent ? ",INDEPENDENT=YES" : ""}`;
  });
}

/** The parts of the segment that is not whole yet, and the name of the next one. */
function edgeLines(timeline: Timeline, init: Init | null): string[] {
  const { open, run } = timeline;
  const { msn, part } = edgeOf(timeline);
  const hint = `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${nameOf({ run, msn })}.${part}.m4s"`;
  if (open === null || open.parts.length === 0) return [hint];
  return [...headOf(open, init, run), ...partsOf({ msn, run }, open.parts), hint];
}

function reportLines(report: Report | null): string[] {
  if (report === null || report.timeline.targetSeconds === null) return [];
  const { msn, part } = edgeOf(report.timeline);
  const last = report.timeline.segments.at(-1);
  const [lastMsn, lastPart] = part > 0 ? [msn, part - 1] : [last?.msn ?? 0, (last?.parts?.length ?? 1) - 1];
  return [`#EXT-X-RENDITION-REPORT:URI="${report.uri}",LAST-MSN=${lastMsn},LAST-PART=${lastPart}`];
}

/** From which of them on segments have parts. */
function partsFromIndex(segments: readonly Segment[], target: number, openMs: number): number {
  let after = openMs;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment === undefined || segment.parts === null || after >= partsTargets * target * 1_000)
      return index + 1;
    after += segment.ms;
  }
  return 0;
}

/** Those that end before the boundary, which is counted from the end of the playlist (RFC 8216bis, 6.2.5.1). */
function skippable(segments: readonly Segment[], target: number, openMs: number): number {
  let after = openMs;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    if (after > skipTargets * target * 1_000) return index + 1;
    after += segments[index]?.ms ?? 0;
  }
  return 0;
}

function openMs({ open }: Timeline): number {
  return open?.parts.reduce((sum, { ms }) => sum + ms, 0) ?? 0;
}

/** A segment that is read from a recording: there are many, so they share what they have in common. */
export type PastSegment = Pick<Segment, "msn" | "at" | "ms" | "discontinuity" | "bytes"> & {
  readonly init: PastInit;
};
/** What recorded segments are to be read with. */
export type PastInit = Pick<Variant, "codecs" | "size"> & { readonly run: string; readonly name: string };

/** From the first segment on: of a broadcast that goes on an event, of one that is over video on demand. */
export function wholePlaylist(segments: readonly PastSegment[], target: number, ended: boolean): string {
  const longest = segments.reduce((most, { ms }) => Math.max(most, roundedSeconds(ms)), target);
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-PLAYLIST-TYPE:${ended ? "VOD" : "EVENT"}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? 0}`,
  ];
  let map = "";
  for (const segment of segments) {
    const { run, name } = segment.init;
    const its = `${run}/init-${name}.mp4`;
    if (segment.discontinuity && segment !== segments[0]) lines.push("#EXT-X-DISCONTINUITY");
    if (its !== map) lines.push(`#EXT-X-MAP:URI="${its}"`);
    map = its;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.at).toISOString()}`);
    lines.push(`#EXTINF:${seconds(segment.ms)},`, `${nameOf({ run, msn: segment.msn })}.m4s`);
  }
  if (ended) lines.push("#EXT-X-ENDLIST");
  return `${lines.join("\n")}\n`;
}

export type Variant = {
  readonly uri: string;
  /** RFC 6381. */
  readonly codecs: string;
  /** Of the picture; null where there is none. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Bits a second. */
  readonly peak: number;
  readonly average: number;
};

/** Which renditions there are, the one to begin with first. */
export function multivariantPlaylist(variants: readonly Variant[], low: boolean): string {
  const lines = ["#EXTM3U", `#EXT-X-VERSION:${low ? 9 : 7}`];
  for (const { uri, codecs, size, peak, average } of variants) {
    const attributes = [
      `BANDWIDTH=${Math.max(1, Math.round(peak))}`,
      `AVERAGE-BANDWIDTH=${Math.max(1, Math.round(average))}`,
      `CODECS="${codecs}"`,
      ...(size === null ? [] : [`RESOLUTION=${size.width}x${size.height}`]),
    ];
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(",")}`, uri);
  }
  return `${lines.join("\n")}\n`;
}

export function nameOf({ run, msn }: { run: string; msn: number }): string {
  return `${run}/${msn}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
