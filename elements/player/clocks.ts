import type { PictureClock } from "../chat/picture-clock.ts";

/** What of hls.js is needed; any player that knows EXT-X-PROGRAM-DATE-TIME can be wrapped into it. */
export type DatedPlayer = { readonly playingDate: Date | null };

/** What of a video element is needed. */
export type PlayingVideo = Pick<HTMLMediaElement, "currentTime" | "paused" | "readyState" | "seeking">;

/** How well the dates of other people's encoders and pages are known, more or less. */
const errorMs = 500;
/** Who is further behind than live streams over HTTP are has gone back, or watches a recording. */
const liveBehindMs = 60_000;
/** `HTMLMediaElement.HAVE_CURRENT_DATA`: something is on the screen. */
const haveCurrentData = 2;

/**
 * The clock of a video whose beginning is known, as of a recording:
 * `chat.clock = clockOfVideo(video, Date.parse("2026-05-01T20:00:00Z"))`.
 *
 * @param startWall when the picture at `currentTime` 0 was made, Unix ms.
 */
export function clockOfVideo(video: PlayingVideo, startWall: number): PictureClock {
  return clockOf(video, () => startWall + video.currentTime * 1_000);
}

/**
 * The clock of a video that hls.js plays: `chat.clock = clockOfHls(hls, video)`. The playlist must have
 * EXT-X-PROGRAM-DATE-TIME (RFC 8216, section 4.3.2.6); without it nothing waits.
 */
export function clockOfHls(player: DatedPlayer, video: PlayingVideo): PictureClock {
  return clockOf(video, () => player.playingDate?.getTime() ?? null);
}

function clockOf(video: PlayingVideo, wallNow: () => number | null): PictureClock {
  function now(): ReturnType<PictureClock["now"]> {
    const wall = video.readyState < haveCurrentData ? null : wallNow();
    return wall === null || !Number.isFinite(wall) ? null : { wall, errorMs };
  }

  return {
    now,
    get live() {
      const reading = now();
      return reading !== null && !video.paused && !video.seeking && Date.now() - reading.wall < liveBehindMs;
    },
  };
}
