import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { FormatError } from "../fmp4/box-fields.ts";
import { avcDescription, sampleOf } from "../fmp4/h264.ts";
import { opusDescription } from "../fmp4/opus.ts";
import { parseSps } from "../fmp4/sps.ts";
import type { AudioTrack, Sample, SampleSink, VideoTrack } from "../samples.ts";
import type { CaptureClock } from "./capture-clock.ts";
import { type AccessUnit, createH264Units } from "./h264-units.ts";
import { createInOrder } from "./in-order.ts";
import { opusLength } from "./opus-length.ts";
import { clockRates, type Kind, type Packet } from "./packet.ts";

/**
 * Makes samples of a publication's packets. It begins when each track has something to begin with, or a second after the
 * first has; the zero of both is when the first of them was captured. Sender reports that come later move the picture
 * against the sound by a little with each frame, and only what is far off begins anew.
 */
export type Sampler = {
  add(kind: Kind, packet: Packet, now: number): void;
  /** To be called some times a second. */
  tick(now: number): void;
  end(): void;
};

export type SamplerOptions = {
  readonly clock: CaptureClock;
  readonly video: boolean;
  readonly audio: { readonly channels: number } | null;
  readonly sink: SampleSink;
  /** A picture is missing: nothing comes before the next key frame. */
  wantsKeyFrame(): void;
};

/** How long the first track waits for the second. */
const togetherMs = 1_000;
/** A frame is kept until the next one says how long it lasted, and no longer than this. */
const frameKeptMs = 250;
/** Picture and sound are brought together by so much a frame, too little to see. */
const slewMs = 2;
/** What is further apart begins anew. */
const apartMs = 500;
const driftEveryMs = 1_000;
const firstFrameMs = 33;

type Begun = { readonly zero: number; video: Line; audio: Line; saidZero: number; saidAt: number };
/** Ticks of a track since the zero: timestamp minus origin. */
type Line = { origin: number; last: number };
type Waiting = { readonly unit: AccessUnit; readonly at: number };

export function createSampler({ clock, video, audio, sink, wantsKeyFrame }: SamplerOptions): Sampler {
  let firstAt: number | null = null;
  let begun: Begun | null = null;
  let videoTrack: VideoTrack | null = null;
  let sets: { sps: Buffer; pps: Buffer } | null = null;
  let sound: { timestamp: number } | null = null;
  let announced: { video: boolean; audio: boolean } = { video: false, audio: false };
  let held: Waiting | null = null;
  let lastFrame = (firstFrameMs * clockRates.video) / 1_000;
  let audioTrack: AudioTrack | null = null;

  const bounds = { waitMs: limits.mediaGiveUpMs, packetsMax: limits.mediaInOrderPackets };
  const units = createH264Units(limits.mediaFrameBytesMax, takeUnit, wantsKeyFrame);
  let now = 0;
  const lines = {
    video: createInOrder(bounds, (packet, afterLoss) => units.add(packet, afterLoss)),
    audio: createInOrder(bounds, takeSound),
  };

  function takeUnit(unit: AccessUnit): void {
    if (unit.key) noteSets(unit);
    if (videoTrack === null) return;
    firstAt ??= now;
    const before = held;
    held = { unit, at: now };
    if (before !== null) writeFrame(before.unit, unit.timestamp);
  }

  function noteSets({ sps, pps, timestamp }: AccessUnit): void {
    if (sets !== null && sets.sps.equals(sps) && sets.pps.equals(pps)) return;
    const track = trackOf(sps, pps);
    if (track === null) return;
    // What was before belongs to the tracks that were announced.
    if (held !== null) writeFrame(held.unit, timestamp);
    held = null;
    sets = { sps, pps };
    videoTrack = track;
    begun = null;
  }

  function takeSound(packet: Packet): void {
    const length = opusLength(packet.payload);
    if (length === null || audio === null) return;
    const { channels } = audio;
    audioTrack ??= {
      codec: "opus",
      description: opusDescription(channels, clockRates.audio),
      sampleRate: clockRates.audio,
      channels,
      timescale: clockRates.audio,
    };
    firstAt ??= now;
    sound = packet;
    if (!ready("audio")) return;
    const line = begun?.audio;
    if (line === undefined) return;
    const dts = packet.timestamp - line.origin;
    if (dts <= line.last || dts < 0) return;
    line.last = dts;
    write({ track: "audio", dts, pts: dts, duration: length, key: true, data: packet.payload });
  }

  function writeFrame(unit: AccessUnit, until: number): void {
    lastFrame = Math.max(1, until - unit.timestamp);
    if (!ready("video", unit)) return;
    const line = begun?.video;
    if (line === undefined) return;
    slew(line, unit.timestamp);
    const dts = Math.max(unit.timestamp - line.origin, line.last + 1);
    if (dts < 0) return;
    line.last = dts;
    write({ track: "video", dts, pts: dts, duration: lastFrame, key: unit.key, data: sampleOf(unit.units) });
  }

  /** Whether a sample of this kind belongs to what is announced; announces it if the time has come. */
  function ready(kind: Kind, unit?: AccessUnit): boolean {
    const late = firstAt !== null && now - firstAt >= togetherMs;
    const soundCame = audioTrack !== null && !announced.audio;
    if (begun !== null && announced[kind] && !(soundCame && unit?.key === true)) return true;
    const canVideo = videoTrack !== null && (unit !== undefined || announced.video || held !== null);
    const canAudio = audioTrack !== null;
    if (!late && ((video && !canVideo) || (audio !== null && !canAudio))) return false;
    // With a picture it begins at a key frame, and only when one is at hand.
    if (canVideo && unit?.key !== true) {
      wantsKeyFrame();
      return false;
    }
    begin(unit ?? null, kind === "audio" || canAudio);
    return true;
  }

  function begin(unit: AccessUnit | null, withAudio: boolean): void {
    const at: number[] = [];
    const pictureAt = unit === null ? null : clock.capturedAt("video", unit.timestamp);
    if (pictureAt !== null) at.push(pictureAt);
    const soundAt = sound === null || !withAudio ? null : clock.capturedAt("audio", sound.timestamp);
    if (pictureAt === null && soundAt !== null) at.push(soundAt);
    const zero = at[0] ?? now;
    begun = {
      zero,
      video: { origin: (unit?.timestamp ?? 0) - ticks("video", (pictureAt ?? zero) - zero), last: -1 },
      audio: { origin: (sound?.timestamp ?? 0) - ticks("audio", (soundAt ?? zero) - zero), last: -1 },
      saidZero: zero,
      saidAt: now,
    };
    announced = { video: unit !== null, audio: withAudio };
    sink.begin(
      { video: unit === null ? null : videoTrack, audio: withAudio ? audioTrack : null },
      wholeTime(zero),
    );
  }

  /** Brings the picture towards where the sender reports say that it belongs, seen from the sound. */
  function slew(line: Line, timestamp: number): void {
    if (begun === null || !announced.audio || sound === null) return;
    if (!clock.exact("video") || !clock.exact("audio")) return;
    const picture = clock.capturedAt("video", timestamp);
    const heard = clock.capturedAt("audio", sound.timestamp);
    if (picture === null || heard === null) return;
    const soundMs = ((sound.timestamp - begun.audio.origin) * 1_000) / clockRates.audio;
    const wanted = soundMs + picture - heard;
    const off = wanted - ((timestamp - line.origin) * 1_000) / clockRates.video;
    if (Math.abs(off) > apartMs) begun = null;
    else line.origin -= ticks("video", Math.max(-slewMs, Math.min(slewMs, off)));
  }

  function write(sample: Sample): void {
    sink.sample(sample);
  }

  function sayDrift(): void {
    if (begun === null || now - begun.saidAt < driftEveryMs) return;
    begun.saidAt = now;
    const kind: Kind = announced.audio ? "audio" : "video";
    const timestamp = kind === "audio" ? sound?.timestamp : held?.unit.timestamp;
    if (timestamp === undefined) return;
    const captured = clock.capturedAt(kind, timestamp);
    if (captured === null) return;
    const zero = captured - ((timestamp - begun[kind].origin) * 1_000) / clockRates[kind];
    if (Math.abs(zero - begun.saidZero) < 1) return;
    begun.saidZero = zero;
    sink.drift(wholeTime(zero));
  }

  return {
    add(kind, packet, at) {
      now = at;
      lines[kind].add(packet, at);
    },
    tick(at) {
      now = at;
      lines.video.tick(at);
      lines.audio.tick(at);
      if (held !== null && at - held.at >= frameKeptMs) {
        const { unit } = held;
        held = null;
        writeFrame(unit, unit.timestamp + lastFrame);
      }
      sayDrift();
    },
    end() {
      if (held !== null) writeFrame(held.unit, held.unit.timestamp + lastFrame);
      held = null;
      if (begun !== null) sink.end();
      begun = null;
    },
  };
}

function ticks(kind: Kind, ms: number): number {
  return Math.round((ms * clockRates[kind]) / 1_000);
}

function wholeTime(ms: number): Time {
  return time(Math.round(ms));
}

/** @returns null where the parameter sets are damaged: what refers to them cannot be shown. */
function trackOf(sps: Buffer, pps: Buffer): VideoTrack | null {
  try {
    const { width, height } = parseSps(sps);
    const description = avcDescription(sps, pps);
    return { codec: "h264", description, width, height, timescale: clockRates.video };
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
