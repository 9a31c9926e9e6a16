import type { Play, PlayOptions, Reading } from "./play.ts";

/** The element's own reading of EXT-X-PROGRAM-DATE-TIME, where it plays HLS by itself (HTML, getStartDate). */
type Dated = HTMLVideoElement & { getStartDate?(): Date };

const datedErrorMs = 150;
const behindEdgeSeconds = 2;

/** Whether the browser plays HLS without any script. */
export function hasNative(video: HTMLVideoElement): boolean {
  return video.canPlayType("application/vnd.apple.mpegurl") !== "";
}

/** The picture by HTTP as the browser itself plays it: in Safari on phones that have no Media Source Extensions. */
export function openNative({ video, url, at, failed, ended }: PlayOptions): Play {
  const stopped = new AbortController();
  const { signal } = stopped;

  function startAt(): number | null {
    const dated: Dated = video;
    const start = dated.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isFinite(start) ? start : null;
  }

  function seek(wall: number): void {
    const start = startAt();
    if (start !== null) video.currentTime = (wall - start) / 1_000;
  }

  video.addEventListener("error", () => failed(video.error?.code === 2 ? "network" : "media"), { signal });
  video.addEventListener("ended", ended, { signal });
  video.addEventListener("loadedmetadata", () => at !== null && seek(at), { signal, once: true });
  video.src = url;

  return {
    reading(): Reading | null {
      const start = startAt();
      return start === null ? null : { wall: start + video.currentTime * 1_000, errorMs: datedErrorMs };
    },
    span() {
      const start = startAt();
      const { seekable } = video;
      if (start === null || seekable.length === 0) return null;
      return {
        from: start + seekable.start(0) * 1_000,
        to: start + seekable.end(seekable.length - 1) * 1_000,
      };
    },
    seek,
    toLive() {
      const { seekable } = video;
      if (seekable.length > 0) video.currentTime = seekable.end(seekable.length - 1) - behindEdgeSeconds;
    },
    health() {
      const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
      return Promise.resolve({ frames: totalVideoFrames, freezes: 0, lost: droppedVideoFrames, packets: 0 });
    },
    stop() {
      stopped.abort();
      video.removeAttribute("src");
      video.load();
    },
  };
}
