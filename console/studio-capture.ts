import type { DeviceTrouble } from "./studio-device-trouble.ts";
import { openCamera, openMicrophone, openScreen, type Opened, type Source } from "./studio-devices.ts";
import type { SendTracks } from "./studio-sender.ts";

/** What a host's own devices give at this moment. */
export type Capture = {
  /** What was chosen and is there; null before, and after it is gone. */
  readonly source: Source | null;
  readonly tracks: SendTracks;
  readonly muted: boolean;
  /** Opens what is asked for, with a microphone beside it. What was there before goes on until it is there. */
  choose(source: Source): Promise<void>;
  /** @param id of another camera or microphone than the one that the browser thought best. */
  use(kind: "camera" | "microphone", id: string): Promise<void>;
  mute(on: boolean): void;
};

export type CaptureOptions = {
  /** Other tracks, or none. */
  changed(): void;
  trouble(trouble: DeviceTrouble | null): void;
  /** It was unplugged, or its sharing was ended. */
  gone(source: Source): void;
};

export function createCapture(options: CaptureOptions): Capture {
  const ids: Record<"camera" | "microphone", string | null> = { camera: null, microphone: null };
  let source: Source | null = null;
  let video: MediaStreamTrack | null = null;
  let audio: MediaStreamTrack | null = null;
  let muted = false;
  /** Who chooses twice gets what was chosen last. */
  let turn = 0;

  async function choose(next: Source): Promise<void> {
    turn += 1;
    const mine = turn;
    options.trouble(null);
    if (next === "microphone") return soundAlone(mine);
    const opened = await (next === "camera" ? openCamera(ids.camera) : openScreen());
    if (mine !== turn) return drop(opened);
    if (!opened.ok) return options.trouble(opened.trouble);
    const sound = await microphone(mine);
    if (mine !== turn) return drop(opened);
    video?.stop();
    video = watched(opened.track, next);
    source = next;
    options.changed();
    if (sound !== null) options.trouble(sound);
  }

  async function soundAlone(mine: number): Promise<void> {
    const trouble = await microphone(mine);
    if (mine !== turn) return;
    if (trouble !== null) return options.trouble(trouble);
    video?.stop();
    video = null;
    source = "microphone";
    options.changed();
  }

  /** Once there is one it stays. */
  async function microphone(mine: number): Promise<DeviceTrouble | null> {
    if (audio?.readyState === "live") return null;
    const opened = await openMicrophone(ids.microphone);
    if (mine !== turn) {
      drop(opened);
      return null;
    }
    if (!opened.ok) return opened.trouble;
    audio = watched(opened.track, "microphone");
    audio.enabled = !muted;
    return null;
  }

  async function use(kind: "camera" | "microphone", id: string): Promise<void> {
    ids[kind] = id;
    if (kind === "camera") {
      /* Some cannot have two cameras open at a time. */
      if (source !== "camera") return;
      video?.stop();
      return choose("camera");
    }
    audio?.stop();
    audio = null;
    if (source === null) return;
    turn += 1;
    const trouble = await microphone(turn);
    options.changed();
    if (trouble !== null) options.trouble(trouble);
  }

  /** A track that this page stops does not say that it has ended; so it was somebody else. */
  function watched(track: MediaStreamTrack, of: Source): MediaStreamTrack {
    track.addEventListener("ended", () => {
      if (track !== video && track !== audio) return;
      if (track === video || source === of) source = null;
      options.gone(of);
      options.changed();
    });
    return track;
  }

  return {
    get source() {
      return source;
    },
    get tracks() {
      return { video, audio, screen: source === "screen" };
    },
    get muted() {
      return muted;
    },
    choose,
    use,
    mute(on) {
      muted = on;
      if (audio !== null) audio.enabled = !on;
    },
  };
}

function drop(opened: Opened): void {
  if (opened.ok) opened.track.stop();
}
