/** Phones of Apple let only the video itself fill the screen. */
type OwnFullScreen = HTMLVideoElement & { webkitEnterFullscreen?(): void };

/** Whether it is this element that fills the screen, also where it stands in the shadow of another. */
export function isFullScreen(element: HTMLElement): boolean {
  const root = element.getRootNode();
  return (root instanceof ShadowRoot ? root : document).fullscreenElement === element;
}

/** Where the browser refuses, nothing changes. */
export function toggleFullScreen(element: HTMLElement, video: HTMLVideoElement): void {
  const own: OwnFullScreen = video;
  if (isFullScreen(element)) void document.exitFullscreen().catch(() => {});
  else if (document.fullscreenEnabled) void element.requestFullscreen().catch(() => {});
  else own.webkitEnterFullscreen?.();
}

export function togglePictureInPicture(video: HTMLVideoElement): void {
  const done =
    document.pictureInPictureElement === null
      ? video.requestPictureInPicture()
      : document.exitPictureInPicture();
  void done.catch(() => {});
}
