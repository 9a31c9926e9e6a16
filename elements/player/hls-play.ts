import {
  default as Player,
  ErrorTypes,
  Events,
  type ErrorData,
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type PlaylistLoaderContext,
} from "hls.js";
import { positionAt, spanOf, wallAt, type Fragment } from "./fragments.ts";
import { isLeftBehind, rateFor } from "./live-edge.ts";
import { movedTo } from "./moved-url.ts";
import { plainPlaylist } from "./plain-playlist.ts";
import type { Failure, Health, Play, PlayOptions, Reading } from "./play.ts";

/** PROGRAM-DATE-TIME is written by the packager, which knows the moment of capture to about a tenth of a second. */
const datedErrorMs = 100;
const repairEveryMs = 5_000;
/** A buffer that is played out: what is in it back from the position, and ahead of it. Seconds. */
const bufferSeconds = { back: 30, ahead: 20, aheadOfReplay: 40 } as const;
const requestWithinMs = 6_000;
const chaseEveryMs = 250;
/** A network that cannot keep up would see one jump after the other. */
const jumpEveryMs = 10_000;

/** Few attempts and short waits: whoever opened this says in words that the picture stopped, and tries again as a whole. */
const patience = {
  default: {
    maxTimeToFirstByteMs: requestWithinMs,
    maxLoadTimeMs: 2 * requestWithinMs,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 1_000 },
  },
};

export type HlsOptions = PlayOptions & {
  readonly lowLatency: boolean;
  /** The address that holds at the moment: signed addresses end, and another takes over under the same names. */
  newest(): string;
};

/**
 * The picture by HTTP, through Media Source Extensions. Nothing has to be repackaged in fragments of MP4, so no worker is
 * started and the page's policy needs none; it does need `media-src blob:`.
 */
export function openHls(options: HlsOptions): Play {
  const { video, url, at } = options;
  if (!Player.isSupported()) options.failed("unsupported");
  const hls = new Player(configOf(options));
  let fragments: readonly Fragment[] = [];
  let toSeek = at;
  let repairedAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let follows = at === null;
  /** Who pauses stays behind by that, but for the little that is caught up with. */
  let jumps = true;
  let isLive = false;
  let jumpedAt = Number.NEGATIVE_INFINITY;
  const chasing = setInterval(chase, chaseEveryMs);

  function seek(wall: number): void {
    const position = positionAt(fragments, wall);
    if (position === null) toSeek = wall;
    else video.currentTime = position;
    /* Who went back wants to stay there. */
    follows = false;
    video.playbackRate = 1;
  }

  function onPause(): void {
    jumps = false;
  }

  function toLive(): void {
    follows = true;
    jumps = true;
    if (hls.liveSyncPosition !== null) video.currentTime = hls.liveSyncPosition;
  }

  /** Media that a browser stumbles over once is mended by decoding anew. */
  function repaired({ type }: ErrorData): boolean {
    const now = performance.now();
    if (type !== ErrorTypes.MEDIA_ERROR || now - repairedAt < repairEveryMs) return false;
    repairedAt = now;
    hls.recoverMediaError();
    return true;
  }

  function onEnded(): void {
    options.ended();
  }

  /** hls.js itself waits for a second of buffer before it plays faster, which is more than low latency has. */
  function chase(): void {
    const { currentTime, buffered } = video;
    const { latency, targetLatency } = hls;
    if (!follows || !isLive || video.paused || targetLatency === null || buffered.length === 0) return;
    const ahead = buffered.end(buffered.length - 1) - currentTime;
    const standing = { latency, target: targetLatency, ahead };
    if (isLeftBehind(standing)) jump();
    const rate = options.lowLatency ? rateFor(standing, video.playbackRate) : 1;
    if (rate !== video.playbackRate) video.playbackRate = rate;
  }

  function jump(): void {
    const now = performance.now();
    const isAhead = (hls.liveSyncPosition ?? 0) > video.currentTime;
    if (!jumps || !isAhead || now - jumpedAt < jumpEveryMs) return;
    jumpedAt = now;
    toLive();
  }

  hls.on(Events.LEVEL_UPDATED, (_, { details }) => {
    fragments = details.fragments;
    isLive = details.live;
    if (toSeek === null) return;
    const position = positionAt(fragments, toSeek);
    toSeek = null;
    if (position !== null) hls.startLoad(position);
  });
  /*
   * hls.js forgives browsers that round the end of their buffer down (fragment-finders.ts), but only where it has noted the end
   * of the fragment, which it does not when that came in parts: then it waits for ever for what it has.
   */
  hls.on(Events.FRAG_BUFFERED, (_, { frag, part }) => {
    if (part !== null) frag.endDTS = frag.end;
  });
  hls.on(Events.ERROR, (_, data) => {
    if (stopped || !data.fatal || repaired(data)) return;
    options.failed(failureOf(data));
  });
  video.addEventListener("ended", onEnded);
  video.addEventListener("pause", onPause);
  hls.attachMedia(video);
  hls.loadSource(url);

  return {
    reading(): Reading | null {
      if (video.readyState < 2) return null;
      const wall = wallAt(fragments, video.currentTime);
      return wall === null ? null : { wall, errorMs: datedErrorMs };
    },
    span: () => spanOf(fragments),
    seek,
    toLive,
    health: () => Promise.resolve(qualityOf(video)),
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(chasing);
      video.playbackRate = 1;
      video.removeEventListener("ended", onEnded);
      video.removeEventListener("pause", onPause);
      hls.destroy();
    },
  };
}

/** Of a media element what it decoded; freezes and loss are seen by whoever watches its time. */
function qualityOf(video: HTMLVideoElement): Health {
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return { frames: totalVideoFrames, freezes: 0, lost: droppedVideoFrames, packets: 0 };
}

/** hls.js takes a class for what loads its playlists. */
class PlainLoader extends Player.DefaultConfig.loader {
  declare context: PlaylistLoaderContext | null;

  override load(
    context: LoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<LoaderContext>,
  ): void {
    super.load(context, config, {
      ...callbacks,
      onSuccess(response, ...rest) {
        const { data } = response;
        callbacks.onSuccess(
          typeof data === "string" ? { ...response, data: plainPlaylist(data) } : response,
          ...rest,
        );
      },
    });
  }
}

function configOf({ at, lowLatency, url, newest }: HlsOptions): Partial<HlsConfig> {
  return {
    enableWorker: false,
    xhrSetup(request, asked) {
      const current = movedTo(asked, url, newest());
      if (current !== asked) request.open("GET", current, true);
    },
    lowLatencyMode: lowLatency,
    ...(lowLatency ? {} : { pLoader: PlainLoader }),
    /* Where to stand is said by PART-HOLD-BACK in the playlist. */
    maxLiveSyncPlaybackRate: 1,
    liveDurationInfinity: true,
    liveMaxUnchangedPlaylistRefresh: 4,
    backBufferLength: bufferSeconds.back,
    maxBufferLength: at === null ? bufferSeconds.ahead : bufferSeconds.aheadOfReplay,
    capLevelToPlayerSize: true,
    manifestLoadPolicy: patience,
    playlistLoadPolicy: patience,
    fragLoadPolicy: patience,
  };
}

function failureOf({ type, response }: ErrorData): Failure {
  if (type === ErrorTypes.MEDIA_ERROR) return "media";
  const status = response?.code ?? 0;
  return [401, 403, 404, 410].includes(status) ? "gone" : "network";
}
