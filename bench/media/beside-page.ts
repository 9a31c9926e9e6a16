import type { Page } from "playwright-core";

/** What the page of a room has shown of its picture, since it was opened. */
export type Shown = {
  atMs: number;
  frames: number;
  dropped: number;
  /** Times that the picture stood still for want of data, and how long. */
  rebuffers: number;
  rebufferMs: number;
};

/** Begins to count. */
export function watchPicture(page: Page): Promise<void> {
  return page.evaluate(() => {
    const video = document.querySelector("chorus-player")?.shadowRoot?.querySelector("video");
    if (video === null || video === undefined) throw new Error("The page has no picture.");
    const stood = { rebuffers: 0, rebufferMs: 0, since: null as number | null };
    const moves = (): void => {
      if (stood.since !== null) stood.rebufferMs += performance.now() - stood.since;
      stood.since = null;
    };
    video.addEventListener("waiting", () => {
      if (stood.since === null) stood.rebuffers += 1;
      stood.since ??= performance.now();
    });
    for (const event of ["playing", "timeupdate"]) video.addEventListener(event, moves);
    Object.assign(window, { stood });
  });
}

export function shownIn(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const { stood } = window as unknown as {
      stood: { rebuffers: number; rebufferMs: number; since: number | null };
    };
    const player = document.querySelector("chorus-player");
    const quality = player?.shadowRoot?.querySelector("video")?.getVideoPlaybackQuality();
    const now = performance.now();
    return {
      atMs: now,
      frames: quality?.totalVideoFrames ?? 0,
      dropped: quality?.droppedVideoFrames ?? 0,
      rebuffers: stood.rebuffers,
      rebufferMs: stood.rebufferMs + (stood.since === null ? 0 : now - stood.since),
    };
  });
}
