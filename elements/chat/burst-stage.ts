import { type Burst, type Chance, createBurst, particlesMax } from "./burst.ts";
import { createQualityChoice } from "./burst-quality.ts";

/** What the page tells the stage, which is in a worker where there is one. */
export type StageOrder =
  | { t: "canvas"; canvas: HTMLCanvasElement | OffscreenCanvas }
  /** In CSS pixels. */
  | { t: "size"; width: number; height: number; ratio: number }
  | { t: "spawn"; emoji: string; count: number }
  /** Something held the page up for so long. */
  | { t: "strained"; ms: number }
  | { t: "clear" };

export type Stage = { obey(order: StageOrder): void };

/** What particles are drawn on. A canvas in browsers. */
export type Surface = {
  resize(width: number, height: number, ratio: number): void;
  /** Shows these and nothing else. */
  draw(burst: Burst): void;
};

export type StageWorld = {
  chance: Chance;
  now(): number;
  onFrame(run: (time: number) => void): void;
  /** Null where the canvas cannot be drawn on. */
  surfaceOf(canvas: HTMLCanvasElement | OffscreenCanvas): Surface | null;
};

/** The time of a frame that has none before it. */
const firstFrameMs = 16;
/** Thirty pictures a second are enough for what floats, and cost half of what sixty do beside a video. */
const pictureMs = 30;

/** Lets particles fly. While there are none it waits for no frame. */
export function createBurstStage(world: StageWorld): Stage {
  const burst = createBurst(world.chance);
  const choice = createQualityChoice();
  let surface: Surface | null = null;
  let visible = false;
  let running = false;
  let lastFrame: number | null = null;
  let drawnAt = -Infinity;

  function obey(order: StageOrder): void {
    switch (order.t) {
      case "canvas":
        surface = world.surfaceOf(order.canvas);
        return;
      case "size":
        visible = order.width > 0 && order.height > 0;
        surface?.resize(order.width, order.height, order.ratio);
        return;
      case "spawn":
        return spawn(order.emoji, order.count);
      case "strained":
        return choice.measured(order.ms, world.now());
      case "clear":
        return clear();
    }
  }

  function spawn(emoji: string, count: number): void {
    const quality = choice.at(world.now());
    if (surface === null || !visible || quality === "off") return;
    if (quality === "full") burst.spawn(emoji, count);
    else burst.spawn(emoji, Math.min(Math.ceil(count / 2), particlesMax / 2 - burst.count));
    if (running || burst.count === 0) return;
    running = true;
    world.onFrame(frame);
  }

  function clear(): void {
    burst.clear();
    surface?.draw(burst);
    lastFrame = null;
  }

  function frame(time: number): void {
    const passed = lastFrame === null ? firstFrameMs : Math.max(0, time - lastFrame);
    if (lastFrame !== null) choice.measured(passed, world.now());
    if (choice.at(world.now()) === "off") burst.clear();
    burst.step(passed);
    running = burst.count > 0;
    if (!running || time - drawnAt >= pictureMs) {
      surface?.draw(burst);
      drawnAt = time;
    }
    lastFrame = running ? time : null;
    if (running) world.onFrame(frame);
  }

  return { obey };
}
