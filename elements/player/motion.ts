/** Whether the time of a picture goes on: what is asked several times a second, and judged by when it last did. */
export type Motion = "opening" | "moving" | "stopped" | "lost";

export type MotionWatch = {
  /** A way was opened, or left: nothing moves yet. */
  begin(at: number, patience?: Patience): void;
  /**
   * @param position the media element's time in seconds, or null while it has no picture for that time: one that is put to
   *   where it begins has not moved yet.
   */
  look(at: number, position: number | null): Motion;
};

/** How long the first picture of a way is waited for, and a picture that moved and stands still. */
export type Patience = { readonly openMs: number; readonly lostMs: number };

const usual: Patience = { openMs: 10_000, lostMs: 5_000 };
const stoppedMs = 1_200;

export function createMotionWatch(): MotionWatch {
  let since = 0;
  let patience = usual;
  let last: number | null = null;
  let moved = false;
  return {
    begin(at, its = usual) {
      since = at;
      patience = its;
      last = null;
      moved = false;
    },
    look(at, position) {
      if (last !== null && position !== null && position !== last) {
        moved = moved || position > 0;
        since = at;
      }
      last = position;
      const still = at - since;
      if (!moved) return still < patience.openMs ? "opening" : "lost";
      if (still < stoppedMs) return "moving";
      return still < patience.lostMs ? "stopped" : "lost";
    },
  };
}

/** The position of the picture that an element shows; null while it has none. */
export function positionOf(video: HTMLVideoElement): number | null {
  return video.readyState < video.HAVE_CURRENT_DATA ? null : video.currentTime;
}
