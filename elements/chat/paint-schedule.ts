/** What the decision is made from. Times are milliseconds of one clock. */
export type PaintFacts = {
  now: number;
  /** When the last paint began; -Infinity before the first. */
  paintedAt: number;
  /** How long the last paint took. */
  costMs: number;
  /** How many events came within the last second. */
  perSecond: number;
};

/** However much happens, what was heard is on the screen after this pause and one frame. */
export const pauseMsMax = 250;
export const calmPerSecond = 10;
export const busyPerSecond = 100;
/** A paint that costs no more than this does not slow the page down, however often. */
const cheapMs = 4;
/** Of what is more expensive, painting may have a fifth of the time. Longer pauses would make longer paints. */
const pausesPerCost = 5;

/** When the next paint may begin: at once in calm, and the later the more there is to do. Never before `now`. */
export function nextPaintAt({ now, paintedAt, costMs, perSecond }: PaintFacts): number {
  const load = Math.min(1, Math.max(0, (perSecond - calmPerSecond) / (busyPerSecond - calmPerSecond)));
  const forCost = costMs <= cheapMs ? 0 : costMs * pausesPerCost;
  return Math.max(now, paintedAt + Math.min(pauseMsMax, Math.max(load * pauseMsMax, forCost)));
}

/** Counts what came within the last second, to a tenth of it. */
export type EventRate = { came(now: number, many?: number): void; perSecond(now: number): number };

const slotMs = 100;
const slotsInSecond = 10;

export function createEventRate(): EventRate {
  const slots = new Float64Array(slotsInSecond);
  let newest = 0;

  /** Empties the slots of the time since. */
  function advance(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = Math.min(slotsInSecond, Math.max(0, slot - newest));
    newest = Math.max(newest, slot);
    for (let back = 0; back < passed; back++) slots[(newest - back) % slotsInSecond] = 0;
  }

  return {
    came(now, many = 1) {
      advance(now);
      const place = newest % slotsInSecond;
      slots[place] = (slots[place] ?? 0) + many;
    },
    perSecond(now) {
      advance(now);
      return slots.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** The page's time, as far as painting needs it. */
export type PaintClock = {
  now(): number;
  /** @returns a function that calls it off, as does `after`. */
  onFrame(run: () => void): () => void;
  after(ms: number, run: () => void): () => void;
  /** In a task of its own, and before the next frame where browsers can be asked for that. */
  next(run: () => void): () => void;
  hidden(): boolean;
  /** Calls whenever the document is shown again. @returns a function that stops it. */
  onShown(run: () => void): () => void;
};

export type PaintSchedule = {
  /** Before the next frame: somebody pressed something. */
  now(): void;
  /** As soon as the load allows: something was heard. */
  soon(): void;
  /** Nothing is painted any more. */
  stop(): void;
};

export type Painting = {
  /** Works before it returns, for its time is measured. @returns false where something is left for another time. */
  paint(): boolean;
  /** Has the page laid out. */
  layOut(): void;
  /** How long it all took, for whoever gives way under load. */
  painted(costMs: number): void;
};

/** So many times in a row what was left is painted at once; then there is a pause, as after a whole paint. */
export const turnsMax = 8;

/**
 * In calm the chat is painted within the next frame. Under load it is before it, and then laid out, each in a task of its own,
 * a few rows at a time: the frame has only to be drawn, and no task is long.
 */
export function createPaintSchedule(
  { paint, layOut, painted }: Painting,
  clock: PaintClock = pageClock,
): PaintSchedule {
  const rate = createEventRate();
  let waiting: { for: "frame" | "pause" | "sight"; callOff: () => void } | null = null;
  let paintedAt = -Infinity;
  let costMs = 0;
  let stopped = false;
  let callOffTurn: (() => void) | null = null;

  function now(): void {
    if (stopped || waiting?.for === "frame" || waiting?.for === "sight") return;
    waiting?.callOff();
    if (clock.hidden()) return waitForSight();
    waiting = { for: "frame", callOff: isBusy() ? clock.after(0, run) : clock.onFrame(run) };
  }

  function soon(): void {
    const at = clock.now();
    rate.came(at);
    plan(at);
  }

  function plan(at: number): void {
    if (stopped || waiting !== null) return;
    const pauseMs = nextPaintAt({ now: at, paintedAt, costMs, perSecond: rate.perSecond(at) }) - at;
    if (pauseMs <= 0 || clock.hidden()) return now();
    waiting = { for: "pause", callOff: clock.after(pauseMs, run) };
  }

  /** Nobody sees it: everything that is heard meanwhile is one paint. */
  function waitForSight(): void {
    const callOff = clock.onShown(() => {
      callOff();
      waiting = null;
      now();
    });
    waiting = { for: "sight", callOff };
  }

  function run(): void {
    waiting = null;
    if (clock.hidden()) return waitForSight();
    callOffTurn?.();
    paintedAt = clock.now();
    turn(0, 1);
  }

  /** @param spentMs of the turns before this one. */
  function turn(spentMs: number, count: number): void {
    let isAll = true;
    const paintMs = timed(() => (isAll = paint()));
    const over = (ms: number) => {
      if (!isAll && count < turnsMax) return void (callOffTurn = clock.next(() => turn(ms, count + 1)));
      costMs = ms;
      painted(ms);
      if (!isAll) plan(clock.now());
    };
    if (isBusy()) callOffTurn = clock.next(() => over(spentMs + paintMs + timed(layOut)));
    else over(spentMs + paintMs);
  }

  function isBusy(): boolean {
    return rate.perSecond(clock.now()) > calmPerSecond;
  }

  function timed(work: () => void): number {
    const begun = clock.now();
    work();
    return clock.now() - begun;
  }

  return {
    now,
    soon,
    stop() {
      stopped = true;
      callOffTurn?.();
      waiting?.callOff();
      waiting = null;
    },
  };
}

const pageClock: PaintClock = {
  now: () => performance.now(),
  onFrame(run) {
    const frame = requestAnimationFrame(run);
    return () => cancelAnimationFrame(frame);
  },
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  next(run) {
    if (!("scheduler" in globalThis)) return pageClock.after(0, run);
    const leave = new AbortController();
    const { signal } = leave;
    void scheduler.postTask(run, { priority: "user-blocking", signal }).catch(() => {});
    return () => leave.abort();
  },
  hidden: () => document.visibilityState === "hidden",
  onShown(run) {
    const seen = () => document.visibilityState === "hidden" || run();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  },
};
