import type { Clock } from "../../clock.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";

/** How an encoder is doing, by what came in the last second or two. */
export type Flow = {
  /** Bits a second. */
  readonly bitrate: number;
  readonly fps: number;
  /** Between the last two key frames; null before the second. */
  readonly keyFrameMs: number | null;
  readonly width: number;
  readonly height: number;
};

const windowMs = 1_000;
const silentMs = 3_000;

/** Hands on what comes, and measures it. */
export function createFlowMeter(sink: SampleSink, clock: Clock): SampleSink & { flow(): Flow | null } {
  let tracks: Tracks | null = null;
  let since = clock.now();
  let bytes = 0;
  let frames = 0;
  let rates: { bitrate: number; fps: number } | null = null;
  let keyAt: number | null = null;
  let keyFrameMs: number | null = null;

  function measure({ track, key, data, dts }: Sample): void {
    const now = clock.now();
    const ms = now - since;
    if (ms >= windowMs) {
      rates = { bitrate: (bytes * 8_000) / ms, fps: (frames * 1_000) / ms };
      since = now;
      bytes = 0;
      frames = 0;
    }
    bytes += data.length;
    if (track !== "video") return;
    frames += 1;
    if (!key) return;
    const at = (dts * 1_000) / (tracks?.video?.timescale ?? 1_000);
    if (keyAt !== null) keyFrameMs = at - keyAt;
    keyAt = at;
  }

  return {
    begin(those, zero) {
      tracks = those;
      keyAt = null;
      keyFrameMs = null;
      sink.begin(those, zero);
    },
    drift: (zero) => sink.drift(zero),
    sample(one) {
      measure(one);
      sink.sample(one);
    },
    end() {
      tracks = null;
      rates = null;
      sink.end();
    },
    flow() {
      if (tracks === null || rates === null || clock.now() - since > silentMs) return null;
      const { width = 0, height = 0 } = tracks.video ?? {};
      return { ...rates, keyFrameMs, width, height };
    },
  };
}
