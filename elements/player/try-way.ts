import type { Broadcast } from "./broadcast.ts";
import type { Trial } from "./climb.ts";
import { createLosses, lossMax } from "./losses.ts";
import { createMotionWatch } from "./motion.ts";
import { openPath } from "./open-path.ts";
import type { PathName } from "./play.ts";

export type TrialOptions = {
  readonly path: PathName;
  readonly broadcast: Broadcast | null;
  serverNow(): number;
};

/** Opens a broadcast into an element that nobody sees: a way is well while its picture moves, was never frozen and loses little. */
export function tryWay({ path, broadcast, serverNow }: TrialOptions): Trial {
  if (broadcast === null) return { isWell: () => false, stop: nothing };
  const video = document.createElement("video");
  video.muted = true;
  const motion = createMotionWatch();
  const losses = createLosses();
  let bad = false;
  const tried = openPath({
    path,
    broadcast,
    parts: broadcast.lowLatency,
    video,
    at: null,
    serverNow,
    attached: () => void video.play().catch(nothing),
    failed: () => (bad = true),
    ended: nothing,
  });
  motion.begin(performance.now());
  return {
    isWell(at) {
      void tried.health().then((health) => {
        bad ||= health.freezes > 0 || losses.look(at, health) > lossMax.climb;
      }, nothing);
      return motion.look(at, video.currentTime) === "moving" && !bad;
    },
    stop: tried.stop,
  };
}

function nothing(): void {}
