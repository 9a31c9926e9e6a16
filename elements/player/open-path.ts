import type { Broadcast } from "./broadcast.ts";
import { hasNative, openNative } from "./native-play.ts";
import { type Able, urlOf } from "./paths.ts";
import type { Failure, Health, PathName, Play } from "./play.ts";
import { hasWhep, openWhep } from "./whep.ts";

/** A way that is open, or about to be: what plays HLS is loaded only when it is wanted. */
export type Opened = Play & {
  readonly path: PathName;
  /** The same way at another address, as addresses end. */
  renew(url: string): void;
};

export type OpenPathOptions = {
  readonly path: PathName;
  readonly broadcast: Broadcast;
  /** Whether HLS is played in parts, with little delay. */
  readonly parts: boolean;
  readonly video: HTMLVideoElement;
  readonly at: number | null;
  serverNow(): number;
  /** The element has its source: only now can it be started. */
  attached(): void;
  failed(failure: Failure): void;
  ended(): void;
};

const nothingYet: Health = { frames: 0, freezes: 0, lost: 0, packets: 0 };

export function whatBrowserCan(video: HTMLVideoElement): Able {
  return { whep: hasWhep(), hls: hasMediaSource() || hasNative(video) };
}

/** Nothing is told before this has returned. */
export function openPath(options: OpenPathOptions): Opened {
  const { path, broadcast } = options;
  let play: Play | null = null;
  let url = urlOf(broadcast, path) ?? "";
  let stopped = false;

  async function open(): Promise<void> {
    try {
      await Promise.resolve();
      if (stopped) return;
      play = path === "whep" ? openWhep(whepOptions(options, url)) : await openStream(options, () => url);
      if (stopped) play.stop();
      else options.attached();
    } catch {
      if (!stopped) options.failed("network");
    }
  }

  void open();
  return {
    path,
    reading: () => play?.reading() ?? null,
    span: () => play?.span() ?? null,
    seek: (wall) => play?.seek(wall),
    toLive: () => play?.toLive(),
    health: () => play?.health() ?? Promise.resolve(nothingYet),
    renew(next) {
      url = next;
    },
    stop() {
      stopped = true;
      play?.stop();
    },
  };
}

function whepOptions({ broadcast, ...rest }: OpenPathOptions, url: string) {
  const { iceServers, video, audio } = broadcast;
  return { ...rest, url, iceServers, wants: { video, audio } };
}

async function openStream(options: OpenPathOptions, url: () => string): Promise<Play> {
  if (!hasMediaSource()) return openNative({ ...options, url: url() });
  const { openHls } = await import("./hls-play.ts");
  return openHls({ ...options, url: url(), lowLatency: options.parts, newest: url });
}

/** Phones of Apple have the managed kind alone (W3C, Media Source Extensions 2, section 12). */
function hasMediaSource(): boolean {
  return "MediaSource" in globalThis || "ManagedMediaSource" in globalThis;
}
