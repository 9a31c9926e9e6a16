import { time, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * When that was captured which has media time 0. What arrives says it only with its delay on top, so the smallest delay
 * of the last seconds counts, less a constant that no way in can do without. It moves slowly, because the encoder's clock
 * and this machine's drift apart, and never jumps: chat is aligned by it.
 */
export type CaptureTime = {
  /** A sample was shown at `ptsMs` of the encoder's time and arrived at `at`. */
  arrived(ptsMs: number, at: Time): void;
  zero(): Time;
  /** Moves towards what the last seconds say, by at most 5 ms for each second since it moved last. Whether it moved. */
  follow(now: Time): boolean;
};

/** @param leastDelayMs what lies between capture and arrival at the least: ~100 ms for RTMP, ~250 ms for SRT (MEDIA.md). */
export function createCaptureTime(leastDelayMs: number): CaptureTime {
  /** The smallest of this half window and of the one before: together they forget what is older than a window. */
  let least = Infinity;
  let leastBefore = Infinity;
  let turned: Time | null = null;
  let zero = Infinity;
  let followed: Time | null = null;

  function target(): number {
    return Math.min(least, leastBefore) - leastDelayMs;
  }

  function arrived(ptsMs: number, at: Time): void {
    turned ??= at;
    if (at - turned >= limits.mediaDelayWindowMs / 2) {
      leastBefore = least;
      least = Infinity;
      turned = at;
    }
    least = Math.min(least, at - ptsMs);
    /* Until the first look the estimate is free: nobody has heard it. */
    if (followed === null) zero = target();
  }

  function follow(now: Time): boolean {
    const elapsed = followed === null ? 0 : Math.max(0, now - followed);
    followed = now;
    const most = (elapsed * limits.mediaDriftMsPerSecond) / 1_000;
    const step = Math.max(-most, Math.min(most, target() - zero));
    if (!Number.isFinite(step)) return false;
    const before = Math.round(zero);
    zero += step;
    return Math.round(zero) !== before;
  }

  return { arrived, follow, zero: () => time(Math.max(0, Math.round(zero))) };
}
