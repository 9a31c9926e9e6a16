import type { Page } from "playwright-core";

/** What a page shows that it did not show a frame before: a flash in its picture, or a row about one in its chat. Unix ms. */
export type Seen = { kind: "flash" | "row"; at: number };

/** Reads the picture and the chat in the same animation frame, for so long. */
export function watchFlashes(page: Page, forMs: number): Promise<Seen[]> {
  return page.evaluate(readFrames, forMs);
}

/** Runs in the page, so it stands alone. */
function readFrames(forMs: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rows = new Set<string>();
  const until = Date.now() + forMs;
  let bright = false;
  let first = true;
  return new Promise((resolve) => {
    requestAnimationFrame(frame);

    function frame(): void {
      const at = Date.now();
      const video = document.querySelector("chorus-player")?.shadowRoot?.querySelector("video") ?? null;
      if (video !== null && video.readyState > 1 && pen !== null) {
        pen.drawImage(video, video.videoWidth * 0.05, video.videoHeight * 0.3, 4, 4, 0, 0, 1, 1);
        const { data } = pen.getImageData(0, 0, 1, 1);
        const now = (data[0] ?? 0) > 200 && (data[1] ?? 0) > 200 && (data[2] ?? 0) > 200;
        if (now && !bright) seen.push({ kind: "flash", at });
        bright = now;
      }
      const text = document.querySelector("chorus-chat")?.shadowRoot?.textContent ?? "";
      for (const [row] of text.matchAll(/flash \d+(?!\d)/g)) {
        if (rows.has(row)) continue;
        rows.add(row);
        if (!first) seen.push({ kind: "row", at });
      }
      first = false;
      if (at < until) requestAnimationFrame(frame);
      else resolve(seen);
    }
  });
}
