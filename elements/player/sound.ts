/** What the browser allows before somebody touched the page. `muted`: the picture without sound. `blocked`: neither. */
export type Sound = "on" | "muted" | "blocked";

/**
 * Starts a media element, without sound where a browser allows none yet.
 *
 * @returns null where something else was started in between.
 */
export async function startWithSound(video: HTMLVideoElement, before: Sound): Promise<Sound | null> {
  const first = await started(video);
  if (first !== "blocked") return first === "started" ? before : null;
  /* A person who muted it themselves has nothing to be told. */
  if (video.muted) return "blocked";
  video.muted = true;
  const second = await started(video);
  if (second === "started") return "muted";
  video.muted = false;
  return second;
}

async function started(video: HTMLVideoElement): Promise<"started" | "blocked" | null> {
  try {
    await video.play();
    return "started";
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError" ? "blocked" : null;
  }
}
