/** By which way the picture comes. `rewind` is the recording, while it grows and when it is complete. */
export type PathName = "whep" | "hls" | "audio" | "rewind";

/** What a person may ask for: the least delay, the fewest stops, the ear alone, or what is best at the time. */
export type Choice = (typeof choices)[number];
export const choices = ["auto", "low", "steady", "audio"] as const;

/** A moment by the server's clock (Unix ms), and how far it may be off. */
export type Reading = { readonly wall: number; readonly errorMs: number };

/** What became of a way: `gone` asks for new addresses, `full` and `unsupported` for another way, the others to try again. */
export type Failure = "gone" | "full" | "network" | "media" | "unsupported";

/** Since the way was opened. */
export type Health = {
  readonly frames: number;
  readonly freezes: number;
  readonly lost: number;
  /** What came by packets of its own; 0 for what comes by HTTP. */
  readonly packets: number;
};

/** One way, opened into a video element. After `stop` it tells nothing more. */
export type Play = {
  /** When what is on the screen was made; null until that is known. */
  reading(): Reading | null;
  /** Between which moments one can go without another way; null where there is only the present. */
  span(): { readonly from: number; readonly to: number } | null;
  seek(wall: number): void;
  /** As near to what happens as this way should be. */
  toLive(): void;
  health(): Promise<Health>;
  stop(): void;
};

export type PlayOptions = {
  readonly video: HTMLVideoElement;
  readonly url: string;
  /** Where to begin; null at the live edge, or, of what is complete, at its beginning. */
  readonly at: number | null;
  serverNow(): number;
  failed(failure: Failure): void;
  /** The end of what is complete, or of a broadcast. */
  ended(): void;
};
