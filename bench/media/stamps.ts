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
  const canvas = new OffscreenCanvas(cells, 1);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    const video = findVideo();
    if (video === null || pen === null) await new Promise((later) => setTimeout(later, 100));
    else await nextFrame(video, pen);
  }
  return seen;

  function findVideo(): HTMLVideoElement | null {
    const player = document.querySelector("chorus-player, chorus-room");
    const roots = [
      document,
      player?.shadowRoot,
      player?.shadowRoot?.querySelector("chorus-player")?.shadowRoot,
    ];
    for (const root of roots) {
      const those = [...(root?.querySelectorAll("video") ?? [])];
      const shown = those.find((video) => video.readyState > 1 && video.checkVisibility());
      if (shown !== undefined) return shown;
    }
    return null;
  }

  function nextFrame(video: HTMLVideoElement, pen: OffscreenCanvasRenderingContext2D): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, 500);
      video.requestVideoFrameCallback((_now, { expectedDisplayTime, mediaTime }) => {
        clearTimeout(giveUp);
        const { videoWidth: width, videoHeight: height } = video;
        const strip = Math.floor(width / cells) * cells;
        const line = height - Math.floor(height / 20);
        pen.imageSmoothingEnabled = true;
        pen.drawImage(video, 0, line, strip, 1, 0, 0, cells, 1);
        const { data } = pen.getImageData(0, 0, cells, 1);
        const bits = Array.from({ length: cells }, (_, cell) =>
          (data[cell * 4 + 1] ?? 0) > 128 ? "1" : "0",
        );
        const shownMs = performance.timeOrigin + expectedDisplayTime;
        const madeMs = momentOf(bits.join(""), shownMs);
        if (madeMs !== null) seen.push({ madeMs, shownMs, mediaMs: mediaTime * 1_000 });
        resolve();
      });
    });
  }

  /** Forty bits of the moment and eight of a check, as the strip is drawn. */
  function momentOf(bits: string, now: number): number | null {
    const low = Number.parseInt(bits.slice(0, 40), 2);
    let sum = 1;
    for (let rest = low; rest > 0; rest = Math.floor(rest / 256)) sum += rest % 256;
    if (sum % 256 !== Number.parseInt(bits.slice(40), 2)) return null;
    const high = Math.floor(now / 2 ** 40) * 2 ** 40;
    return high + low;
  }
}
