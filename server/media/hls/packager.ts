import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { codecsOf } from "../fmp4/codecs.ts";
import { fragment } from "../fmp4/fragment.ts";
import { initSegment } from "../fmp4/init-segment.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { createTimeline, type Init, partMade, type Segment, segmentMade, type Timeline } from "./timeline.ts";

export type PackagerOptions = {
  /** About how long a part is. */
  readonly partMs: number;
  /** A segment ends at the first key frame from here on. */
  readonly segmentMs: number;
  /** Names of this run of the program. */
  readonly run: string;
  readonly firstMsn: number;
  /** Of what was before this run. */
  readonly discontinuities: number;
  /** What init segments are called: another one for each rendition. */
  readonly initPrefix: string;
  heard: {
    part(): void;
    segment(segment: Segment): void;
    /** Key frames are too far apart for segments to begin with one. */
    keyFramesFar(): void;
  };
};

export type Packager = SampleSink & {
  readonly timeline: Timeline;
  /** Nothing is added any more. */
  finish(): void;
};

/** Of what has begun: which track says where parts end, and what waits to become a part. */
type Run = {
  readonly tracks: Tracks;
  readonly init: Init;
  readonly lead: "video" | "audio";
  readonly timescale: number;
  zero: Time;
  /** Ms from zero: where the open part and the open segment began. Null before the first key frame. */
  partFrom: number | null;
  segmentFrom: number;
  video: Sample[];
  audio: Sample[];
  /** How long a part is to be, in whole frames. */
  partMs: number;
};

/** A part is at least so much of its target (RFC 8216bis, 4.4.4.9), so the target leaves room for frames that are not even. */
const targetOverPart = 1.1;
const nearlyAll = 0.96;

/**
 * Samples to parts and segments of fragmented MP4. Video says where they end, or audio where there is no video: a segment begins
 * with a key frame, unless none comes in a target duration.
 */
export function createPackager(options: PackagerOptions): Packager {
  const timeline = createTimeline(options.run, options.firstMsn, options.discontinuities);
  const { heard } = options;
  let run: Run | null = null;
  let inits = 0;
  let fragments = 0;
  /** What comes next does not follow from what was before. */
  let breaks = options.firstMsn > 0;

  function begin(tracks: Tracks, zero: Time): void {
    end();
    const lead = tracks.video !== null ? "video" : "audio";
    const leading = tracks[lead];
    if (leading === null) return;
    breaks ||= timeline.nextMsn > options.firstMsn;
    inits += 1;
    const init: Init = {
      name: `${options.initPrefix}${inits}`,
      bytes: initSegment(tracks),
      tracks,
      codecs: codecsOf(tracks),
      framesPerSecond: null,
    };
    const { timescale } = leading;
    const from = { partFrom: null, segmentFrom: 0 };
    run = { tracks, init, lead, timescale, zero, ...from, video: [], audio: [], partMs: options.partMs };
  }

  function sample(one: Sample): void {
    if (run === null || timeline.ended) return;
    if (one.track !== run.lead) return hold(run, one);
    const at = (one.dts * 1_000) / run.timescale;
    if (run.partFrom === null) return start(run, one, at);
    cutBefore(run, one, at);
    keep(run, one);
  }

  function start(now: Run, first: Sample, at: number): void {
    if (!first.key) return;
    const frameMs = (first.duration * 1_000) / now.timescale;
    const frames = frameMs > 0 && frameMs < options.partMs ? Math.round(options.partMs / frameMs) : 1;
    now.partMs = frameMs > 0 ? Math.max(frames * frameMs, Math.min(frameMs, options.partMs)) : options.partMs;
    if (timeline.partTargetMs === 0) timeline.partTargetMs = Math.ceil(now.partMs * targetOverPart);
    now.partMs = Math.min(now.partMs, timeline.partTargetMs / targetOverPart);
    now.audio = now.audio.filter(({ dts }) => (dts * 1_000) / timescaleOf(now, "audio") >= at - now.partMs);
    openSegment(now, first, at);
    keep(now, first);
  }

  function openSegment(now: Run, first: Sample, at: number): void {
    now.partFrom = at;
    now.segmentFrom = at;
    timeline.open = {
      msn: timeline.nextMsn,
      at: time(Math.round(now.zero + (first.pts * 1_000) / now.timescale)),
      discontinuity: breaks,
      init: now.init,
      parts: [],
    };
    breaks = false;
  }

  /** Ends what is long enough before this sample. */
  function cutBefore(now: Run, next: Sample, at: number): void {
    const part = at - (now.partFrom ?? at);
    const segment = at - now.segmentFrom;
    const longestMs = (timeline.targetSeconds ?? limits.mediaTargetSecondsMax) * 1_000;
    const forced = segment >= longestMs;
    if ((next.key && segment >= options.segmentMs * nearlyAll) || forced) {
      if (forced && !next.key) heard.keyFramesFar();
      closePart(now, at);
      closeSegment();
      openSegment(now, next, at);
      return;
    }
    const duration = (next.duration * 1_000) / now.timescale;
    if (part >= now.partMs * nearlyAll || part + duration > timeline.partTargetMs) closePart(now, at);
  }

  function keep(now: Run, one: Sample): void {
    now[one.track].push(one);
  }

  /** What comes beside the leading track; before its start only so much is kept. */
  function hold(now: Run, one: Sample): void {
    keep(now, one);
    if (now.audio.length > limits.mediaHeldSamplesMax) now.audio.shift();
  }

  /** All that was decoded before `at`; audio that comes late is in the next part. */
  function closePart(now: Run, at: number): void {
    if (now.partFrom === null) return;
    const beside = now.lead === "video" ? timescaleOf(now, "audio") : 1;
    const isBefore = ({ dts }: Sample) => (dts * 1_000) / beside < at;
    const audio = now.lead === "video" ? now.audio.filter(isBefore) : now.audio;
    const { video, tracks } = now;
    const [first] = now.lead === "video" ? video : audio;
    if (first === undefined) return;
    now.video = [];
    now.audio = now.lead === "video" ? now.audio.filter((one) => !isBefore(one)) : [];
    fragments += 1;
    const bytes = fragment({ sequence: fragments, tracks, video, audio });
    const ms = Math.min(at - now.partFrom, timeline.partTargetMs);
    partMade(timeline, { ms, independent: first.key, bytes });
    now.partFrom = at;
    heard.part();
  }

  function closeSegment(): void {
    const segment = segmentMade(timeline);
    if (segment !== null) heard.segment(segment);
  }

  function end(): void {
    if (run !== null && run.partFrom !== null) {
      const last = run[run.lead].at(-1);
      if (last !== undefined) closePart(run, ((last.dts + last.duration) * 1_000) / run.timescale);
      closeSegment();
    }
    run = null;
  }

  return {
    timeline,
    begin,
    drift(zero) {
      if (run !== null) run.zero = zero;
    },
    sample,
    end,
    finish() {
      end();
      timeline.ended = true;
      timeline.version += 1;
      heard.part();
    },
  };
}

function timescaleOf({ tracks }: Run, track: "video" | "audio"): number {
  return tracks[track]?.timescale ?? 1;
}
