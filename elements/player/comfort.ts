import { createFreezes } from "./freezes.ts";
import { createLosses, lossMax } from "./losses.ts";
import type { Health } from "./play.ts";

/** How good a WebRTC picture is to watch: bad where it freezes or loses too much, silent where nothing comes any more. */
export type Comfort = {
  /** Another way, or the same anew. */
  begin(): void;
  /** @param at in milliseconds. @returns how many freezes are new, and what to think of it. */
  look(at: number, health: Health): { readonly fresh: number; readonly verdict: "good" | "bad" | "silent" };
};

/** A sound goes on by itself where nothing comes, and its time with it: what tells is that no packet came for so long. */
const silentMs = 1_400;

export function createComfort(): Comfort {
  const freezes = createFreezes();
  const losses = createLosses();
  let packets = 0;
  let cameAt: number | null = null;
  return {
    begin() {
      freezes.begin();
      losses.begin();
      packets = 0;
      cameAt = null;
    },
    look(at, health) {
      if (health.packets > packets) cameAt = at;
      packets = health.packets;
      const { fresh, tooMany } = freezes.look(at, health.freezes);
      const isBad = losses.look(at, health) > lossMax.stay || tooMany;
      const isSilent = cameAt !== null && at - cameAt >= silentMs;
      return { fresh, verdict: isSilent ? "silent" : isBad ? "bad" : "good" };
    },
  };
}
