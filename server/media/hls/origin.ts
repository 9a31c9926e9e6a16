import { type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Clock } from "../../clock.ts";
import type { SampleSink, Tracks } from "../samples.ts";
import { type Directives, has, isTooFar, partsIn, segmentIn } from "./edge.ts";
import { type FileReply, media, notHere, notLow, notYet, tooFar } from "./file-reply.ts";
import { createPresentTracks } from "./present-tracks.ts";
import { createPackager, type Packager } from "./packager.ts";
import { livePlaylist, multivariantPlaylist, wholePlaylist } from "./playlist.ts";
import type { Recording } from "./recording.ts";
import { edgeOf, isPlayable, type Timeline } from "./timeline.ts";
import { variantOf, variantsOf } from "./variants.ts";
import { calledOff, createWaiting } from "./waiting.ts";
import { createWrittenPlaylists } from "./written-playlists.ts";

export type OriginOptions = {
  readonly clock: Clock;
  readonly partMs: number;
  readonly segmentMs: number;
  readonly run: string;
  /** Null: nothing is kept but what is live. */
  readonly recording: Recording | null;
  /** Of a broadcast that is opened again to be looked back at; else null. */
  readonly overAt: Time | null;
  readonly keyFramesFar: () => void;
  readonly reached: (limit: "mediaWaitersMax") => void;
};

/** A broadcast as files: playlists, parts, segments. */
export type Origin = {
  readonly sink: SampleSink;
  /** The tracks of what is played now. */
  tracks(): Tracks | null;
  isPlayable(): boolean;
  isOver(): boolean;
  /** The newest whole segment that begins with a key frame, with its init segment: for a thumbnail. */
  newest(): { init: Uint8Array; segment: readonly Uint8Array[] } | null;
  /**
   * Answers once, at once or when what was asked for is there.
   * @param path below `hls/`.
   * @param low whether the asker may have it with little delay.
   * @returns the way to call a wait off.
   */
  answer(path: string, asked: Directives, low: boolean, reply: (answer: FileReply) => void): () => void;
  finish(): void;
};

/** Caches may keep what was waited for (RFC 8216bis, 6.2.5.2): it is asked for with its number. */
const blockedAgeTargets = 6;

export function createOrigin(options: OriginOptions): Origin {
  const { recording, run } = options;
  const waiting = createWaiting(options.clock, options.reached);
  const main = packager(run, "v");
  const audio = packager(`${run}a`, "a");
  const written = createWrittenPlaylists();
  let overAt: Time | null = options.overAt;

  function packager(name: string, initPrefix: string): Packager {
    const isMain = name === run;
    const begun = recording?.resumesAt ?? null;
    /* Segments of sound are not recorded: there were no more of them than of pictures and by time together. */
    const beside = isMain || begun === null ? 0 : Math.ceil(begun.elapsedMs / (options.segmentMs * 0.9));
    return createPackager({
      partMs: options.partMs,
      segmentMs: options.segmentMs,
      run: name,
      firstMsn: begun === null ? 0 : begun.msn + beside,
      discontinuities: begun?.discontinuities ?? 0,
      targetSeconds: isMain ? (begun?.targetSeconds ?? null) : null,
      initPrefix,
      heard: {
        part: waiting.wake,
        segment: (segment) => (isMain ? recording?.add(segment) : undefined),
        keyFramesFar: isMain ? options.keyFramesFar : calledOff,
      },
    });
  }

  function answer(
    path: string,
    asked: Directives,
    low: boolean,
    reply: (answer: FileReply) => void,
  ): () => void {
    if (isPast() && path === "index.m3u8") return at(() => reply(pastIndex()));
    if (isPast() && path === "media.m3u8") return whole(reply);
    if (isPast() && path === "audio.m3u8") return at(() => reply(notHere));
    switch (path) {
      case "index.m3u8":
        return wait(
          () => isPlayable(main.timeline),
          () => reply(multivariant(low)),
          () => reply(notYet),
        );
      case "media.m3u8":
        return playlist(main.timeline, "media", asked, low, reply);
      case "audio.m3u8":
        return playlist(audioTimeline(), "audio", asked, low, reply);
      case "dvr.m3u8":
        return whole(reply);
      default:
        return file(path, low, reply);
    }
  }

  /** Where there is no picture, the sound is the broadcast itself. */
  function audioTimeline(): Timeline {
    return isPlayable(audio.timeline) || tracks()?.video !== null ? audio.timeline : main.timeline;
  }

  function playlist(
    timeline: Timeline,
    name: "media" | "audio",
    asked: Directives,
    low: boolean,
    reply: (answer: FileReply) => void,
  ): () => void {
    const ready = () => reply(listed(timeline, name, asked, low));
    const late = () => reply(notYet);
    if (!isPlayable(timeline)) return wait(() => isPlayable(timeline), ready, late);
    if (asked.msn === null && asked.part !== null && low) return at(() => reply(tooFar));
    if (asked.msn === null || timeline.ended || !low) return at(ready);
    if (isTooFar(timeline, asked.msn, asked.part)) return at(() => reply(tooFar));
    const { msn, part } = asked;
    return wait(() => timeline.ended || has(timeline, msn, part), ready, late);
  }

  function listed(timeline: Timeline, name: "media" | "audio", asked: Directives, low: boolean): FileReply {
    const skip = asked.skip && low;
    const key = `${name} ${timeline.run} ${low ? "low" : "steady"} ${skip ? "skip" : ""}`;
    const target = timeline.targetSeconds ?? limits.mediaTargetSecondsMin;
    const age = asked.msn !== null && low ? target * blockedAgeTargets : 1;
    const other = name === "media" ? audio.timeline : main.timeline;
    const uri = name === "media" ? "audio.m3u8" : "media.m3u8";
    const report = isPlayable(other) && other !== timeline ? { uri, timeline: other } : null;
    return written.once(key, timeline.version, () => livePlaylist(timeline, { low, skip, report }), age);
  }

  function multivariant(low: boolean): FileReply {
    const those = [
      { uri: "media.m3u8", of: main.timeline },
      { uri: "audio.m3u8", of: audio.timeline },
    ];
    const version = main.timeline.segments.at(-1)?.msn ?? 0;
    const key = `index ${low ? "low" : "steady"}`;
    return written.once(key, version, () => multivariantPlaylist(variantsOf(those), low), 1);
  }

  /** What was recorded, once those who watched it live have heard of its end. */
  function isPast(): boolean {
    const isRecorded = (recording?.segments.length ?? 0) > 0;
    return isRecorded && overAt !== null && options.clock.now() - overAt >= limits.mediaEndTellMs;
  }

  function pastIndex(): FileReply {
    const segments = recording?.segments ?? [];
    const last = segments.at(-1);
    const those = last === undefined ? [] : [variantOf("media.m3u8", segments, last.init)];
    return written.once("past index", segments.length, () => multivariantPlaylist(those, false), 1);
  }

  function whole(reply: (answer: FileReply) => void): () => void {
    const { timeline } = main;
    const target = timeline.targetSeconds ?? limits.mediaTargetSecondsMin;
    const past = recording?.segments ?? [];
    if (past.length === 0)
      return playlist(timeline, "media", { msn: null, part: null, skip: false }, false, reply);
    return at(() => {
      const over = overAt !== null;
      reply(
        written.once("dvr", past.length * 2 + (over ? 1 : 0), () => wholePlaylist(past, target, over), 1),
      );
    });
  }

  function file(path: string, low: boolean, reply: (answer: FileReply) => void): () => void {
    const { runs, init, msn, part } = filePattern.exec(path)?.groups ?? {};
    if (runs === undefined) return at(() => reply(notHere));
    if (init !== undefined) return at(() => reply(initOf(runs, init)));
    if (part !== undefined && !low) return at(() => reply(notLow));
    const timeline = [main, audio].map((one) => one.timeline).find((one) => one.run === runs);
    if (part !== undefined)
      return timeline === undefined
        ? at(() => reply(notHere))
        : partOf(timeline, Number(msn), Number(part), reply);
    const found = timeline === undefined ? undefined : segmentIn(timeline, Number(msn));
    if (found?.parts != null) return at(() => reply(media((found.parts ?? []).map(({ bytes }) => bytes))));
    if (recording === null) return at(() => reply(notHere));
    return recorded(recording, runs, Number(msn), reply);
  }

  /** The part that a playlist has announced is waited for. */
  function partOf(
    timeline: Timeline,
    msn: number,
    part: number,
    reply: (answer: FileReply) => void,
  ): () => void {
    const there = () => partsIn(timeline, msn)?.[part] ?? null;
    const send = () => {
      const found = there();
      reply(found === null ? notHere : media([found.bytes]));
    };
    const next = edgeOf(timeline);
    const announced = next.msn === msn && next.part === part && !timeline.ended;
    if (there() !== null || !announced) return at(send);
    const passed = () => edgeOf(timeline).msn > msn || timeline.ended;
    return wait(
      () => there() !== null || passed(),
      send,
      () => reply(notYet),
    );
  }

  function initOf(runs: string, name: string): FileReply {
    const those = [main, audio].find(({ timeline }) => timeline.run === runs)?.timeline;
    const segments = those === undefined ? [] : those.late.concat(those.segments);
    const inits = segments.map(({ init }) => init).concat(those?.open == null ? [] : those.open.init);
    const bytes = inits.find((init) => init.name === name)?.bytes ?? recording?.init(runs, name) ?? null;
    return bytes === null ? notHere : media([bytes]);
  }

  /** In vain after three target durations (RFC 8216bis, 6.2.5.2). */
  function wait(holds: () => boolean, go: () => void, late: () => void): () => void {
    const target = main.timeline.targetSeconds ?? limits.mediaTargetSecondsMax;
    return waiting.wait(holds, go, late, target * 3_000);
  }

  function tracks(): Tracks | null {
    const { open, segments } = main.timeline;
    return open?.init.tracks ?? segments.at(-1)?.init.tracks ?? null;
  }

  function newest(): ReturnType<Origin["newest"]> {
    const found = main.timeline.segments.findLast(({ parts }) => parts?.[0]?.independent === true);
    if (found === undefined || found.init.tracks.video === null || found.parts === null) return null;
    return { init: found.init.bytes, segment: found.parts.map(({ bytes }) => bytes) };
  }

  return {
    sink: createPresentTracks({
      begin(those, zero) {
        main.begin(those, zero);
        if (those.video !== null && those.audio !== null)
          audio.begin({ video: null, audio: those.audio }, zero);
      },
      drift(zero) {
        main.drift(zero);
        audio.drift(zero);
      },
      sample(sample) {
        main.sample(sample);
        if (sample.track === "audio") audio.sample(sample);
      },
      end() {
        main.end();
        audio.end();
      },
    }),
    tracks,
    isPlayable: () => isPlayable(main.timeline) || (recording?.segments.length ?? 0) > 0,
    isOver: () => overAt !== null,
    newest,
    answer,
    finish() {
      overAt ??= options.clock.now();
      main.finish();
      audio.finish();
      void recording?.finish();
    },
  };
}

const filePattern =
  /^(?<runs>[a-z0-9]{1,32})\/(?:init-(?<init>[a-z0-9]{1,16})\.mp4|(?<msn>\d{1,9})(?:\.(?<part>\d{1,4}))?\.m4s)$/;

function at(go: () => void): () => void {
  go();
  return calledOff;
}

function recorded(
  from: Recording,
  runs: string,
  msn: number,
  reply: (answer: FileReply) => void,
): () => void {
  let wanted = true;
  void from.read(runs, msn).then((bytes) => {
    if (wanted) reply(bytes === null ? notHere : media([bytes]));
  });
  return () => (wanted = false);
}
