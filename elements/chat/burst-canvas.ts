import { css, html, type nothing, type TemplateResult } from "lit";
import type { Stage, StageOrder } from "./burst-stage.ts";
import { createCanvasStage } from "./burst-surface.ts";
import type { Rise } from "./burst-tally.ts";

/** The one canvas on which reactions fly, over whatever it is put into. */
export type BurstCanvas = {
  render(): TemplateResult | typeof nothing;
  /** Lets them fly where motion is wanted and somebody can see it. */
  spawn(rises: readonly Rise[]): void;
  /** Something held the page up for so long: animation gives way first. */
  strained(ms: number): void;
  hostConnected(): void;
  hostDisconnected(): void;
};

/** At the end of the lines, where they are seldom full: what flies there hides little of what is read. */
export const burstCanvasStyles = css`
  .bursts {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    z-index: 1;
    inline-size: min(45%, 10rem);
    block-size: 100%;
    pointer-events: none;
    contain: strict;
  }
`;

const ratioMax = 2;
const readyWithinMs = 5_000;
/** What is shorter than this is no strain. */
const strainMs = 24;
/** Kinds that wait for the canvas to be ready; it takes a moment the first time. */
const waitingMax = 16;

/**
 * Nothing of it is started before the first reaction flies.
 *
 * @param workerUrl where burst-worker is served as a module; null draws in the page. A worker needs an address of the page's
 * own origin, `worker-src 'self'`, and, where the page names its Trusted Types, a policy called `chorus-bursts`. Without
 * any of these the page draws by itself.
 */
export function createBurstCanvas(workerUrl: string | null): BurstCanvas {
  let play: { canvas: HTMLCanvasElement; leave: AbortController } | null = null;
  let stage: Stage | null = null;
  let starting = false;
  let waiting: readonly Rise[] = [];

  function hostConnected(): void {
    if (play !== null) return;
    const canvas = document.createElement("canvas");
    canvas.className = "bursts";
    canvas.ariaHidden = "true";
    play = { canvas, leave: new AbortController() };
  }

  function hostDisconnected(): void {
    play?.leave.abort();
    play = null;
    stage = null;
    starting = false;
    waiting = [];
  }

  function spawn(rises: readonly Rise[]): void {
    if (play === null || rises.length === 0 || !isWanted()) return;
    if (stage !== null) return spawnOn(stage, rises);
    waiting = rises.slice(0, waitingMax);
    if (!starting) void start(play.canvas, play.leave.signal);
  }

  async function start(canvas: HTMLCanvasElement, left: AbortSignal): Promise<void> {
    starting = true;
    const worker = canMove(canvas) && workerUrl !== null ? await startWorker(workerUrl) : null;
    if (left.aborted) return worker?.terminate();
    const opened = worker === null ? stageHere(canvas) : stageIn(worker, canvas);
    left.addEventListener("abort", () => worker?.terminate());
    watchSize(canvas, opened, left, () => {
      stage ??= opened;
      spawnOn(opened, isWanted() ? waiting : []);
      waiting = [];
    });
    const stop = () => isWanted() || opened.obey({ t: "clear" });
    stillMotion().addEventListener("change", stop, { signal: left });
    document.addEventListener("visibilitychange", stop, { signal: left });
  }

  return {
    render: () => html`${play?.canvas}`,
    spawn,
    strained(ms) {
      if (ms >= strainMs) stage?.obey({ t: "strained", ms });
    },
    hostConnected,
    hostDisconnected,
  };
}

function spawnOn(stage: Stage, rises: readonly Rise[]): void {
  for (const { emoji, count } of rises) stage.obey({ t: "spawn", emoji, count });
}

function isWanted(): boolean {
  return document.visibilityState !== "hidden" && !stillMotion().matches;
}

let still: MediaQueryList | undefined;

function stillMotion(): MediaQueryList {
  return (still ??= matchMedia("(prefers-reduced-motion: reduce)"));
}

function canMove(canvas: HTMLCanvasElement): boolean {
  return "transferControlToOffscreen" in canvas;
}

function stageHere(canvas: HTMLCanvasElement): Stage {
  const stage = createCanvasStage();
  stage.obey({ t: "canvas", canvas });
  return stage;
}

function stageIn(worker: Worker, canvas: HTMLCanvasElement): Stage {
  const moved = canvas.transferControlToOffscreen();
  const order: StageOrder = { t: "canvas", canvas: moved };
  worker.postMessage(order, [moved]);
  return { obey: (order) => worker.postMessage(order) };
}

/** The observer tells the size, so that nothing has to ask the layout for it. */
function watchSize(canvas: HTMLCanvasElement, stage: Stage, left: AbortSignal, sized: () => void): void {
  const observer = new ResizeObserver((entries) => {
    const box = entries.at(-1)?.contentRect;
    if (box === undefined) return;
    const ratio = Math.min(ratioMax, devicePixelRatio);
    stage.obey({ t: "size", width: box.width, height: box.height, ratio });
    sized();
  });
  observer.observe(canvas);
  left.addEventListener("abort", () => observer.disconnect());
}

/**
 * A worker that answered, or null where there can be none: at another origin, against the page's policy, not found, or
 * silent. It never rejects, and it is never half there: a canvas that was given away cannot be taken back.
 */
export async function startWorker(url: string): Promise<Worker | null> {
  const worker = openWorker(url);
  if (worker === null) return null;
  const answered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, readyWithinMs, false);
    const settle = (is: boolean) => {
      clearTimeout(timer);
      resolve(is);
    };
    worker.addEventListener("message", () => settle(true), { once: true });
    worker.addEventListener("error", () => settle(false), { once: true });
  });
  if (answered) return worker;
  worker.terminate();
  return null;
}

function openWorker(url: string): Worker | null {
  try {
    const full = new URL(url, document.baseURI);
    if (full.origin !== self.origin) return null;
    return new Worker(trusted(full.href), { type: "module", name: "chorus-bursts" });
  } catch {
    return null;
  }
}

/** Of the Trusted Types, which are not in every browser, what a worker's address needs. */
type Policy = { createScriptURL(url: string): string };
declare const trustedTypes:
  | { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy }
  | undefined;
let policy: Policy | undefined;

/** @throws TypeError when the page's policy does not allow it. */
function trusted(url: string): string {
  if (typeof trustedTypes === "undefined") return url;
  policy ??= trustedTypes.createPolicy("chorus-bursts", { createScriptURL: (its) => its });
  return policy.createScriptURL(url);
}
