import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import { find, setText } from "./element.ts";
import { showPicture } from "./picture.ts";
import type { Capture } from "./studio-capture.ts";

/** Where a host sees what is sent: their own devices, or what comes back of an encoder's broadcast. */
export type Stage = {
  /** @param onAir whether somebody is on the air with something else than this page. */
  show(capture: Capture, onAir: boolean): void;
};

export function createStage(room: string, words: StudioWords, token: () => string): Stage {
  const preview = find("#preview", HTMLVideoElement);
  const returned = find("#on-air", HTMLElement);
  const line = find("#stage-line", HTMLElement);
  let shown: MediaStreamTrack | null = null;
  let player: Promise<HTMLElement | null> | null = null;
  preview.ariaLabel = words.labels.preview;

  function showTrack(track: MediaStreamTrack | null): void {
    if (track === shown) return;
    shown = track;
    preview.srcObject = track === null ? null : new MediaStream([track]);
    preview.hidden = track === null;
  }

  /** Without sound: a microphone that hears its own broadcast howls. */
  function showReturned(on: boolean): void {
    returned.hidden = !on;
    if (on) player ??= showPicture(returned, room, words.lang, token, { muted: true });
    else if (player !== null) {
      void player.then((element) => element?.remove());
      player = null;
    }
  }

  return {
    show({ source, tracks }, onAir) {
      showTrack(source === "microphone" ? null : tracks.video);
      showReturned(onAir && source === null);
      setText(line, source === "microphone" ? words.stage.sound : words.stage.choose);
      line.hidden = shown !== null || !returned.hidden;
    },
  };
}
