import type { Broadcast } from "./broadcast.ts";
import { createClimb } from "./climb.ts";
import { tryWay } from "./try-way.ts";

/** What can be climbed to: the way with the least delay, and HLS in parts from HLS in whole pieces. */
export type Better = "whep" | "parts";

export type BetterWays = {
  /** Asked several times a second. @param may what is better than what plays well now. */
  look(at: number, may: ReadonlySet<Better>): void;
  fell(from: Better): void;
  stop(): void;
};

export type BetterWaysOptions = {
  broadcast(): Broadcast | null;
  serverNow(): number;
  taken(what: Better): void;
};

/** Tries out of sight what is better than what plays, each by itself: what lets parts through may not let WebRTC. */
export function createBetterWays({ broadcast, serverNow, taken }: BetterWaysOptions): BetterWays {
  const whep = createClimb(
    () => tryWay({ path: "whep", broadcast: broadcast(), serverNow }),
    () => taken("whep"),
  );
  const parts = createClimb(
    () => tryWay({ path: "hls", broadcast: broadcast(), serverNow }),
    () => {
      whep.soon();
      taken("parts");
    },
  );
  return {
    look(at, may) {
      whep.look(at, may.has("whep"));
      parts.look(at, may.has("parts"));
    },
    fell: (from) => (from === "whep" ? whep : parts).fell(performance.now()),
    stop() {
      whep.stop();
      parts.stop();
    },
  };
}
