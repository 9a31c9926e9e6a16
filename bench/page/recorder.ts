/**
 * What the page itself writes down while it is watched. The function runs in the page, before anything else does: it may
 * name nothing outside of itself.
 */
export type Span = { start: number; ms: number };
export type Frame = Span & { scripts: (Span & { source: string })[] };
export type Recording = {
  /** Milliseconds since 1970 at which the page's own clock was 0. */
  origin: number;
  now: number;
  tasks: Span[];
  frames: Frame[];
  /** By interaction, the longest of its events: from the input until the next painted frame. */
  interactions: number[];
  messages: number;
  taps: number;
  rowsMost: number;
  /** Times of animation frames; only while they are asked for. */
  ticks: number[];
  video: { shown: number; dropped: number };
};
export type Recorder = {
  /** Forgets what was. */
  begin(ticking: boolean): void;
  read(): Recording;
};

declare global {
  var chorusRecorder: Recorder | undefined;
}

/** Entries as browsers give them that know long animation frames. */
type Entry = PerformanceEntry & {
  interactionId?: number;
  scripts?: readonly (PerformanceEntry & { sourceURL: string })[];
};
type ChatTag = Element & {
  model?: {
    room: {
      on(name: "message" | "tally", listener: (value: never) => void): void;
      tally: { reactions: Readonly<Record<string, number>> } | null;
    };
  } | null;
};

export function installRecorder(): void {
  if (globalThis.chorusRecorder !== undefined || window !== window.top) return;
  let tasks: Span[] = [];
  let frames: Frame[] = [];
  let interactions = new Map<number, number>();
  let ticks: number[] = [];
  let messages = 0;
  let tapsBefore = 0;
  let rowsMost = 0;
  let ticking = false;
  let heard: unknown = null;

  const observers = [
    observe({ type: "longtask" }, (entry) => tasks.push({ start: entry.startTime, ms: entry.duration })),
    observe({ type: "long-animation-frame" }, (entry) => frames.push(frameOf(entry))),
    observe({ type: "event", durationThreshold: 16 }, ({ interactionId = 0, duration }) => {
      if (interactionId !== 0)
        interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
    }),
  ];

  function observe(init: PerformanceObserverInit, see: (entry: Entry) => void): () => void {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(see));
    observer.observe(init);
    return () => observer.takeRecords().forEach(see);
  }

  function frameOf({ startTime, duration, scripts = [] }: Entry): Frame {
    return {
      start: startTime,
      ms: duration,
      scripts: scripts.map((script) => ({
        start: script.startTime,
        ms: script.duration,
        source: script.sourceURL,
      })),
    };
  }

  function listen(): void {
    const room = chat()?.model?.room;
    if (room === undefined || room === heard) return;
    heard = room;
    room.on("message", () => (messages += 1));
  }

  function chat(): ChatTag | null {
    return document.querySelector<ChatTag>("chorus-chat");
  }

  function taps(): number {
    const reactions = chat()?.model?.room.tally?.reactions ?? {};
    return Object.values(reactions).reduce((sum, count) => sum + count, 0);
  }

  function countRows(): void {
    const rows = chat()?.shadowRoot?.querySelectorAll("li[data-key]").length ?? 0;
    rowsMost = Math.max(rowsMost, rows);
  }

  function tick(at: number): void {
    ticks.push(at);
    if (ticking) requestAnimationFrame(tick);
  }

  globalThis.chorusRecorder = {
    begin(wanted) {
      for (const take of observers) take();
      tasks = [];
      frames = [];
      interactions = new Map();
      ticks = [];
      messages = 0;
      rowsMost = 0;
      tapsBefore = taps();
      listen();
      if (wanted && !ticking) requestAnimationFrame(tick);
      ticking = wanted;
    },
    read() {
      for (const take of observers) take();
      countRows();
      const quality = document.querySelector("video")?.getVideoPlaybackQuality();
      return {
        origin: performance.timeOrigin,
        now: performance.now(),
        tasks,
        frames,
        interactions: [...interactions.values()],
        messages,
        taps: taps() - tapsBefore,
        rowsMost,
        ticks,
        video: { shown: quality?.totalVideoFrames ?? 0, dropped: quality?.droppedVideoFrames ?? 0 },
      };
    },
  };
}
