import type { Broadcast } from "./broadcast.ts";
import type { Trial } from "./climb.ts";
import { createLosses, lossMax } from "./losses.ts";
import { createMotionWatch, positionOf } from "./motion.ts";
import { openPath } from "./open-path.ts";
import type { PathName } from "./play.ts";

export type TrialOptions = {
  readonly path: PathName;
  readonly broadcast: Broadcast | null;
  serverNow(): number;
};

/** Opens a broadcast into an element that nobody sees: a way is well while its picture moves, does not freeze and loses little. */
export function tryWay({ path, broadcast, serverNow }: TrialOptions): Trial {
  if (broadcast === null) return { isWell: () => false, stop: nothing };
  const video = document.createElement("video");
  video.muted = true;
  const motion = createMotionWatch();
  const losses = createLosses();
  let freezes = 0;
  let shaky = false;
  let failed = false;
  const tried = openPath({
    path,
    broadcast,
    parts: broadcast.lowLatency,
    video,
    at: null,
    serverNow,
    attached: () => void video.play().catch(nothing),
    failed: () => (failed = true),
    ended: nothing,
  });
  motion.begin(performance.now());
  return {
    isWell(at) {
      void tried.health().then((health) => {
        shaky = health.freezes > freezes || losses.look(at, health) > lossMax.climb;
        freezes = health.freezes;
      }, nothing);
      return motion.look(at, positionOf(video)) === "moving" && !shaky && !failed;
    },
    stop: tried.stop,
  };
}

function nothing(): void {}
