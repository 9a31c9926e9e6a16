import type { Page } from "playwright-core";
import { stampCells } from "@chorus/server/cli/test-picture.ts";

/** A frame that a page has shown: when it was made, by its own strip of cells, and when it was shown. Unix ms. */
export type SeenFrame = { madeMs: number; shownMs: number; mediaMs: number };

/**
 * Reads the strip of each frame that the page's player shows, for so long. A frame whose check does not fit, as one between
 * two pictures, is left out.
 */
export function watchStamps(page: Page, forMs: number): Promise<SeenFrame[]> {
  return page.evaluate(readFrames, { forMs, cells: stampCells });
}

/** Runs in the page, so it stands alone. */
async function readFrames({ forMs, cells }: { forMs: number; cells: number }): Promise<SeenFrame[]> {
  const seen: SeenFrame[] = [];
  const pen = new OffscreenCanvas(cells, 1).getContext("2d", { willReadFrequently: true });
  if (pen === null) return seen;
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    const video = document.querySelector("chorus-player")?.shadowRoot?.querySelector("video") ?? null;
    if (video === null || video.readyState < 2) await new Promise((later) => setTimeout(later, 100));
    else await nextFrame(video, pen);
  }
  return seen;

  function nextFrame(video: HTMLVideoElement, on: OffscreenCanvasRenderingContext2D): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, 500);
      video.requestVideoFrameCallback((_now, { expectedDisplayTime, mediaTime }) => {
        clearTimeout(giveUp);
        const shownMs = performance.timeOrigin + expectedDisplayTime;
        const madeMs = stampOn(video, on, shownMs);
        if (madeMs !== null) seen.push({ madeMs, shownMs, mediaMs: mediaTime * 1_000 });
        resolve();
      });
    });
  }

  /** Forty bits of the moment and eight of a check, as the strip is drawn. */
  function stampOn(
    video: HTMLVideoElement,
    on: OffscreenCanvasRenderingContext2D,
    now: number,
  ): number | null {
    const { videoWidth: width, videoHeight: height } = video;
    on.drawImage(
      video,
      0,
      height - Math.floor(height / 20),
      Math.floor(width / cells) * cells,
      1,
      0,
      0,
      cells,
      1,
    );
    const { data } = on.getImageData(0, 0, cells, 1);
    const bits = Array.from({ length: cells }, (_, cell) => ((data[cell * 4 + 1] ?? 0) > 128 ? "1" : "0"));
    const low = Number.parseInt(bits.slice(0, 40).join(""), 2);
    let sum = 1;
    for (let rest = low; rest > 0; rest = Math.floor(rest / 256)) sum += rest % 256;
    if (sum % 256 !== Number.parseInt(bits.slice(40).join(""), 2)) return null;
    return Math.floor(now / 2 ** 40) * 2 ** 40 + low;
  }
}
