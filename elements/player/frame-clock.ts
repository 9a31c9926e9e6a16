import type { Reading } from "./play.ts";

/** What a received frame says of its way (requestVideoFrameCallback). Times are those of `performance.now()`. */
export type FrameFacts = {
  readonly presentedAt: number;
  /** When it was made, as the sender's reports tell; not there before the first of them. */
  readonly capturedAt: number | null;
  /** When its last packet came. */
  readonly receivedAt: number | null;
};

export type FrameClock = { reading(): Reading | null };

/** The sender's clock is known by its reports only to so much. */
const captureErrorMs = 50;
/** Where only the time of arrival is known: what capture, encoding and the way took, more or less. */
const usualWayMs = 120;
const wayErrorMs = 150;
const shownErrorMs = 400;
/** A capture time that is further off than this was not that of a clock which is right. */
const delayMsMax = 10_000;

/** When a frame was made, by the time that `performance.now()` has now. */
export function madeAt({ presentedAt, capturedAt, receivedAt }: FrameFacts): { at: number; errorMs: number } {
  if (capturedAt !== null && presentedAt - capturedAt >= 0 && presentedAt - capturedAt < delayMsMax)
    return { at: capturedAt, errorMs: captureErrorMs };
  if (receivedAt !== null && presentedAt - receivedAt >= 0)
    return { at: receivedAt - usualWayMs, errorMs: wayErrorMs };
  return { at: presentedAt - usualWayMs, errorMs: shownErrorMs };
}

/** Follows the frames of a video element. A picture that stands still keeps its moment. */
export function frameClock(video: HTMLVideoElement, serverNow: () => number, ended: AbortSignal): FrameClock {
  let last: Reading | null = null;

  function watch(): void {
    const handle = video.requestVideoFrameCallback((_, metadata) => {
      if (ended.aborted) return;
      const { at, errorMs } = madeAt({
        presentedAt: metadata.expectedDisplayTime,
        capturedAt: metadata.captureTime ?? null,
        receivedAt: metadata.receiveTime ?? null,
      });
      last = { wall: serverNow() - (performance.now() - at), errorMs };
      watch();
    });
    ended.addEventListener("abort", () => video.cancelVideoFrameCallback(handle), { once: true });
  }

  if ("requestVideoFrameCallback" in video) watch();
  return { reading: () => last };
}
