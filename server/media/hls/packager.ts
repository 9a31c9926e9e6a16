import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { codecsOf } from "../fmp4/codecs.ts";
import { fragment } from "../fmp4/fragment.ts";
import { initSegment } from "../fmp4/init-segment.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";
import { lengthsFor } from "./part-length.ts";
import {
  createTimeline,
  type Init,
  partMade,
  roundedSeconds,
  type Segment,
  segmentMade,
  type Timeline,
} from "./timeline.ts";

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
  /** What playlists of before this run have said; null: nothing. */
  readonly targetSeconds: number | null;
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

/** Of what has begun: which track says where parts end, and what waits to become a part. Times are ms from zero. */
type Run = {
  readonly tracks: Tracks;
  readonly init: Init;
  readonly lead: "video" | "audio";
  readonly timescale: number;
  zero: Time;
  /** Where the open part and the open segment began. Null before the first key frame. */
  partFrom: number | null;
  segmentFrom: number;
  /** From when a picture is decoded to when it is shown. */
  shownAfter: number;
  /** Of the open segment. */
  bytes: number;
  video: Sample[];
  audio: Sample[];
  /** How long a part is to be, in whole frames. */
  partMs: number;
};

/** Of a part or a segment: frames are not quite even. */
const nearlyAll = 0.96;
/** Beyond it there are no dates. */
const latestMs = 1_000 * 365 * 86_400_000;

/**
 * Samples to parts and segments of fragmented MP4. Video says where they end, or audio where there is no video: a segment begins
 * with a key frame, unless none comes in a target duration.
 */
export function createPackager(options: PackagerOptions): Packager {
  const timeline = createTimeline(options.run, options.firstMsn, options.discontinuities);
  timeline.targetSeconds = options.targetSeconds;
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
    breaks = options.firstMsn > 0 || timeline.nextMsn > options.firstMsn;
    inits += 1;
    const init: Init = {
      name: `${options.initPrefix}${inits}`,
      bytes: initSegment(tracks),
      tracks,
      codecs: codecsOf(tracks),
    };
    const { timescale } = leading;
    const from = { partFrom: null, segmentFrom: 0, shownAfter: 0, bytes: 0 };
    run = { tracks, init, lead, timescale, zero, ...from, video: [], audio: [], partMs: options.partMs };
  }

  function sample(one: Sample): void {
    if (run === null || timeline.ended || run.tracks[one.track] === null) return;
    const at = (one.dts * 1_000) / timescaleOf(run, one.track);
    if (!Number.isSafeInteger(one.dts) || at < 0 || at > latestMs) return;
    if (one.track !== run.lead) return hold(run, one);
    if (run.partFrom === null) return start(run, one, at);
    cutBefore(run, one, at);
    if (run.partFrom === null) return start(run, one, at);
    keep(run, one);
  }

  function start(now: Run, first: Sample, at: number): void {
    if (!first.key) return;
    const { partMs, targetMs } = lengthsFor(options.partMs, (first.duration * 1_000) / now.timescale);
    if (timeline.partTargetMs === 0) timeline.partTargetMs = targetMs;
    now.partMs = Math.min(partMs, timeline.partTargetMs);
    now.shownAfter = ((first.pts - first.dts) * 1_000) / now.timescale;
    now.audio = now.audio.filter(({ dts }) => (dts * 1_000) / timescaleOf(now, "audio") >= at - now.partMs);
    openSegment(now, at);
    keep(now, first);
  }

  function openSegment(now: Run, at: number): void {
    now.partFrom = at;
    now.segmentFrom = at;
    now.bytes = 0;
    timeline.open = {
      msn: timeline.nextMsn,
      at: time(Math.round(now.zero + at + now.shownAfter)),
      discontinuity: breaks,
      init: now.init,
      parts: [],
    };
    breaks = false;
  }

  /** Ends what is long enough before this sample. */
  function cutBefore(now: Run, next: Sample, at: number): void {
    if (roundedSeconds(at - now.segmentFrom) > longest() && !cutBeforeLast(now, at)) return;
    if (next.key && at - now.segmentFrom >= options.segmentMs * nearlyAll) {
      closePart(now, at, next);
      closeSegment(at - now.segmentFrom);
      return openSegment(now, at);
    }
    if (at - (now.partFrom ?? at) > timeline.partTargetMs) splitPart(now);
    const part = at - (now.partFrom ?? at);
    const duration = (next.duration * 1_000) / now.timescale;
    if (part >= now.partMs * nearlyAll || part + duration > timeline.partTargetMs) {
      closePart(now, at, next);
      heard.part();
    }
  }

  /** A segment as long as playlists say it can be ends one sample earlier, with a key frame or not. @returns false: all has stopped. */
  function cutBeforeLast(now: Run, at: number): boolean {
    const last = now[now.lead].at(-1);
    const lastAt = last === undefined ? at : (last.dts * 1_000) / now.timescale;
    const whole = lastAt - now.segmentFrom;
    const target = timeline.targetSeconds ?? Math.max(limits.mediaTargetSecondsMin, roundedSeconds(whole));
    if (last === undefined || whole <= 0 || roundedSeconds(at - lastAt) > target) {
      stop(now);
      return false;
    }
    if (!last.key) heard.keyFramesFar();
    now[now.lead].pop();
    closePart(now, lastAt, last);
    closeSegment(whole);
    openSegment(now, lastAt);
    keep(now, last);
    return true;
  }

  function longest(): number {
    return timeline.targetSeconds ?? limits.mediaTargetSecondsMax;
  }

  /** What comes late enough does not follow: decoding begins again at a key frame. */
  function stop(now: Run): void {
    const last = now[now.lead].at(-1);
    if (last !== undefined && now.partFrom !== null) {
      const usual = Math.min((last.duration * 1_000) / now.timescale, timeline.partTargetMs);
      const longestMs = longest() * 1_000 + 499;
      const until = Math.min((last.dts * 1_000) / now.timescale + usual, now.segmentFrom + longestMs);
      closePart(now, until, null);
      closeSegment(until - now.segmentFrom);
    }
    now.partFrom = null;
    breaks = true;
  }

  /** The frame before a pause is a part of its own, so that what came before it is not longer than a part can be. */
  function splitPart(now: Run): void {
    const last = now[now.lead].at(-1);
    if (last === undefined || now[now.lead].length < 2) return;
    now[now.lead].pop();
    closePart(now, (last.dts * 1_000) / now.timescale, last);
    now[now.lead].push(last);
    heard.part();
  }

  /** More than a segment can hold is left out. */
  function keep(now: Run, one: Sample): void {
    const isFull = now[one.track].length >= limits.mediaHeldSamplesMax;
    if (isFull || now.bytes + one.data.length > limits.mediaSegmentBytesMax) return;
    now.bytes += one.data.length;
    now[one.track].push(one);
  }

  /** What comes beside the leading track; of what is not in a part yet only so much is kept. */
  function hold(now: Run, one: Sample): void {
    if (now.audio.length >= limits.mediaHeldSamplesMax) now.audio.shift();
    if (one.data.length <= limits.mediaHeldSampleBytesMax) now.audio.push(one);
  }

  /** All that was decoded before `at`; audio that comes late is in the next part. */
  function closePart(now: Run, at: number, next: Sample | null): void {
    if (now.partFrom === null || at <= now.partFrom) return;
    const beside = timescaleOf(now, "audio");
    const isBefore = ({ dts }: Sample) => (dts * 1_000) / beside < at;
    const rest = now.lead === "video" ? now.audio.filter((one) => !isBefore(one)) : [];
    const audio = now.lead === "video" ? now.audio.filter(isBefore) : now.audio;
    const { video, tracks } = now;
    const [first] = now.lead === "video" ? video : audio;
    if (first === undefined) return;
    now.video = [];
    now.audio = rest;
    fragments += 1;
    const bytes = fragment({
      sequence: fragments,
      tracks,
      video: lasting(video, next),
      audio: lasting(audio, now.lead === "audio" ? next : (rest[0] ?? null)),
    });
    const ms = Math.min(at - now.partFrom, timeline.partTargetMs);
    partMade(timeline, { ms, independent: first.key, bytes });
    now.partFrom = at;
  }

  /** The last part of a segment is told with it, for only the last may be short. */
  function closeSegment(ms: number): void {
    const segment = segmentMade(timeline, ms);
    if (segment === null) return;
    heard.segment(segment);
    heard.part();
  }

  function end(): void {
    if (run !== null) stop(run);
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

/** Players take a hole after the last sample for a break, and show nothing until the next key frame. */
function lasting(samples: readonly Sample[], next: Sample | null): readonly Sample[] {
  const last = samples.at(-1);
  if (last === undefined || next === null || next.dts <= last.dts) return samples;
  return [...samples.slice(0, -1), { ...last, duration: next.dts - last.dts }];
}

function timescaleOf({ tracks }: Run, track: "video" | "audio"): number {
  return tracks[track]?.timescale ?? 1;
}
