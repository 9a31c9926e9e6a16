import type { Broadcast } from "./broadcast.ts";
import type { Trial } from "./climb.ts";
import { openPath } from "./open-path.ts";

/** Opens a broadcast by WebRTC into an element that nobody sees. */
export function tryWhep(broadcast: Broadcast | null, serverNow: () => number): Trial {
  if (broadcast === null) return { isMoving: () => false, stop: nothing };
  const video = document.createElement("video");
  video.muted = true;
  const tried = openPath({
    path: "whep",
    broadcast,
    video,
    at: null,
    serverNow,
    attached: () => void video.play().catch(nothing),
    failed: nothing,
    ended: nothing,
  });
  return { isMoving: () => video.currentTime > 0, stop: tried.stop };
}

function nothing(): void {}
