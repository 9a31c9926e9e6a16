/** Whether the time of a picture goes on: what is asked several times a second, and judged by when it last did. */
export type Motion = "opening" | "moving" | "stopped" | "lost";

export type MotionWatch = {
  /** A way was opened, or left: nothing moves yet. @param withinMs how long its first picture is waited for. */
  begin(at: number, withinMs?: number): void;
  /**
   * @param position the media element's time in seconds, or null while it has no picture for that time: one that is put to
   *   where it begins has not moved yet.
   */
  look(at: number, position: number | null): Motion;
};

/** The first picture of a way is waited for so long, a picture that moved and stands still so long. */
const openWithinMs: number = 10_000;
const stoppedMs = 1_200;
const lostMs = 5_000;

export function createMotionWatch(): MotionWatch {
  let since = 0;
  let within = openWithinMs;
  let last: number | null = null;
  let moved = false;
  return {
    begin(at, withinMs = openWithinMs) {
      since = at;
      within = withinMs;
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
      if (!moved) return still < within ? "opening" : "lost";
      if (still < stoppedMs) return "moving";
      return still < lostMs ? "stopped" : "lost";
    },
  };
}
