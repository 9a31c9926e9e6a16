import { setTimeout } from "node:timers/promises";
import type { Phone } from "./phone.ts";
import type { Place } from "./recording.ts";

/**
 * Somebody who writes, taps and clicks in the chat all the time, by the browser's own input: keys in the composer, touches and
 * the mouse on the reactions. Nothing is asked of the page but, once a turn, where these are.
 */
export type Hands = { keys: number; pointers: number };

const words = "goal :) ".split("");
const keyEveryMs = 120;
const pointEveryMs = 350;
/** A guest may say two messages in five seconds. */
const sayEveryMs = 6_000;

export async function useHands(phone: Phone, signal: AbortSignal): Promise<Hands> {
  const { page } = phone;
  const used = { keys: 0, pointers: 0 };
  let saidAt = performance.now();
  for (let turn = 0; !signal.aborted; turn++) {
    const { writing, reactions } = await phone.places();
    if (writing !== null) await point(writing);
    for (const letter of words) {
      if (signal.aborted) return used;
      await press(letter === " " ? "Space" : letter);
    }
    if (performance.now() - saidAt > sayEveryMs) {
      saidAt = performance.now();
      await press("Enter");
    }
    for (const [i, place] of reactions.slice(0, 3).entries()) {
      if (signal.aborted) return used;
      await point(place, (turn + i) % 2 === 0);
    }
  }
  return used;

  async function press(key: string): Promise<void> {
    await page.keyboard.press(key);
    used.keys += 1;
    await setTimeout(keyEveryMs);
  }

  async function point({ x, y }: Place, touch = true): Promise<void> {
    if (touch) await page.touchscreen.tap(x, y);
    else await page.mouse.click(x, y);
    used.pointers += 1;
    await setTimeout(pointEveryMs);
  }
}
