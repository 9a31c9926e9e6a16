import type { Frame, Place, Recording, Span } from "./recording.ts";

/** Runs in the page before anything else does, as a script and not as a module: it imports nothing but types. */
type ObserverInit = PerformanceObserverInit & { durationThreshold?: number };
/** Entries as browsers give them that know long animation frames. */
type Entry = PerformanceEntry & {
  interactionId?: number;
  scripts?: readonly (PerformanceEntry & { sourceURL: string })[];
};
type ChatTag = Element & {
  model?: {
    room: {
      on(name: "message", listener: () => void): void;
      tally: { reactions: Readonly<Record<string, number>> } | null;
    };
  } | null;
};

const eventMsMin = 16;
let tasks: Span[] = [];
let frames: Frame[] = [];
let interactions = new Map<number, Span>();
let ticks: number[] = [];
let messages = 0;
let tapsBefore = 0;
let ticking = false;
let heard: unknown = null;

const takings = [
  observe({ type: "longtask" }, (entry) => tasks.push(spanOf(entry))),
  observe({ type: "long-animation-frame" }, (entry) => frames.push(frameOf(entry))),
  observe({ type: "event", durationThreshold: eventMsMin }, (entry) => {
    const { interactionId = 0, duration } = entry;
    if (interactionId !== 0 && duration > (interactions.get(interactionId)?.ms ?? 0))
      interactions.set(interactionId, spanOf(entry));
  }),
];

globalThis.chorusRecorder = {
  begin(wanted) {
    for (const take of takings) take();
    tasks = [];
    frames = [];
    interactions = new Map();
    ticks = [];
    messages = 0;
    tapsBefore = taps();
    listen();
    if (wanted && !ticking) requestAnimationFrame(tick);
    ticking = wanted;
  },
  read,
  places() {
    const root = chat()?.shadowRoot;
    const field = root?.querySelector("textarea, [contenteditable]") ?? null;
    return {
      writing: field === null ? null : middleOf(field),
      reactions: [...(root?.querySelectorAll("[data-emoji]") ?? [])].map(middleOf),
    };
  },
};

function read(): Recording {
  for (const take of takings) take();
  const quality = document.querySelector("video")?.getVideoPlaybackQuality();
  return {
    origin: performance.timeOrigin,
    now: performance.now(),
    tasks,
    frames,
    interactions: [...interactions.values()],
    messages,
    taps: taps() - tapsBefore,
    rows: chat()?.shadowRoot?.querySelectorAll("li[data-key]").length ?? 0,
    ticks,
    video: { shown: quality?.totalVideoFrames ?? 0, dropped: quality?.droppedVideoFrames ?? 0 },
  };
}

/** Returns a function that takes what is observed and not told yet. */
function observe(init: ObserverInit, see: (entry: Entry) => void): () => void {
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(see));
  observer.observe(init);
  return () => observer.takeRecords().forEach(see);
}

function frameOf({ startTime, duration, scripts = [] }: Entry): Frame {
  return {
    start: startTime,
    ms: duration,
    scripts: scripts.map((script) => ({ ...spanOf(script), source: script.sourceURL })),
  };
}

function spanOf({ startTime, duration }: PerformanceEntry): Span {
  return { start: startTime, ms: duration };
}

function listen(): void {
  const room = chat()?.model?.room;
  if (room === undefined || room === heard) return;
  heard = room;
  room.on("message", () => (messages += 1));
}

function taps(): number {
  const reactions = chat()?.model?.room.tally?.reactions ?? {};
  return Object.values(reactions).reduce((sum, count) => sum + count, 0);
}

function chat(): ChatTag | null {
  return document.querySelector<ChatTag>("chorus-chat");
}

function tick(at: number): void {
  ticks.push(at);
  if (ticking) requestAnimationFrame(tick);
}

function middleOf(element: Element): Place {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
