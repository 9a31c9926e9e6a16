import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";

/** Asks the publisher for key frames, for whoever wants one, at a pace. */
export type KeyFrames = {
  /** At once, or when the pace allows it. Many wishes in between are one. */
  want(): void;
  /** If none came for so long. */
  atLeastEvery(ms: number): void;
  /** The packet with this number begins one. */
  came(sequence: number, now: number): void;
  readonly intervalMs: number | null;
  /** The last one, if it is new enough to begin with. */
  recent(now: number): number | null;
};

export function createKeyFrames(clock: Clock, ask: () => void): KeyFrames {
  let askedAt: number | null = null;
  let planned = false;
  let last: { sequence: number; at: number } | null = null;
  let intervalMs: number | null = null;

  function want(): void {
    if (planned) return;
    const wait = askedAt === null ? 0 : askedAt + limits.mediaKeyFrameEveryMs - clock.now();
    if (wait <= 0) {
      askedAt = clock.now();
      ask();
      return;
    }
    planned = true;
    const wantedAt = clock.now();
    clock.after(wait, () => {
      planned = false;
      // One that came meanwhile was for all who wanted it.
      if (last !== null && last.at >= wantedAt) return;
      askedAt = clock.now();
      ask();
    });
  }

  return {
    want,
    atLeastEvery(ms) {
      // Half a second early is better than half a second late: this is looked at once a second.
      if (last === null || clock.now() - last.at >= ms - limits.mediaKeyFrameEveryMs) want();
    },
    came(sequence, now) {
      if (last !== null && sequence <= last.sequence) return;
      if (last !== null) intervalMs = now - last.at;
      last = { sequence, at: now };
    },
    get intervalMs() {
      return intervalMs;
    },
    recent: (now) => (last !== null && now - last.at <= limits.mediaReplayMs ? last.sequence : null),
  };
}
