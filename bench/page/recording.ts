/** What the page itself writes down while it is watched. Times are of the page's own clock. */
export type Span = { start: number; ms: number };
export type Frame = Span & { scripts: (Span & { source: string })[] };
export type Recording = {
  /** Milliseconds since 1970 at which the page's clock was 0. */
  origin: number;
  now: number;
  tasks: Span[];
  frames: Frame[];
  /** By interaction, the longest of its events: from the input until the next painted frame. */
  interactions: Span[];
  messages: number;
  taps: number;
  rows: number;
  /** Times of animation frames; only while they are asked for. */
  ticks: number[];
  video: { shown: number; dropped: number };
};

export type Place = { x: number; y: number };
/** Where one writes, and the reactions. */
export type Places = { writing: Place | null; reactions: Place[] };

export type Recorder = {
  /** Forgets what was. */
  begin(ticking: boolean): void;
  read(): Recording;
  places(): Places;
};

declare global {
  var chorusRecorder: Recorder | undefined;
}
