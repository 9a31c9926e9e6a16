import { burstCanvasStyles, createBurstCanvas } from "./burst-canvas.ts";
import { createTallyBursts, type Taps } from "./burst-tally.ts";
import type { ChatHost, Part } from "./host.ts";

export { burstCanvasStyles as burstsStyles };

/** The room's reactions as they fly: one's own at once, everybody's with the next tally. */
export type Bursts = Part & {
  tapped(emoji: string): void;
  told(taps: Taps): void;
  /** Something held the page up for so long: animation gives way first. */
  strained(ms: number): void;
};

/** @param wanted whether this person wants to see anything move. */
export function createBursts(host: ChatHost, wanted: () => boolean): Bursts {
  const canvas = createBurstCanvas(new URL("./chorus-bursts.js", import.meta.url).href);
  const tallies = createTallyBursts();
  host.addController(canvas);
  return {
    render: canvas.render,
    strained: canvas.strained,
    tapped(emoji) {
      tallies.tapped(emoji, performance.now());
      if (wanted()) canvas.spawn([{ emoji, count: 1 }]);
    },
    told(taps) {
      const rises = tallies.told(taps, performance.now());
      if (wanted()) canvas.spawn(rises);
    },
  };
}
