/** A better way, tried out of sight beside the one that plays. */
export type Trial = {
  /** It would show a picture now. */
  isMoving(): boolean;
  stop(): void;
};

export type Climb = {
  /** Asked several times a second. @param may whether the way that plays is not the best, and plays well. */
  look(at: number, may: boolean): void;
  stop(): void;
};

/** The way that plays has been well for so long before a better one is tried: at first, and again after each try in vain. */
const holdMs = { first: 8_000, most: 20_000 } as const;
const trialMs = 5_000;

/** Falling is fast and climbing slow: whoever comes back to a network that lets WebRTC through has it within half a minute, and nobody sees the tries. */
export function createClimb(open: () => Trial, climbed: () => void): Climb {
  let since: number | null = null;
  let hold: number = holdMs.first;
  let trial: { readonly of: Trial; readonly until: number } | null = null;

  function stop(): void {
    trial?.of.stop();
    trial = null;
    since = null;
  }

  return {
    stop,
    look(at, may) {
      if (!may) return stop();
      since ??= at;
      if (trial === null) {
        if (at - since >= hold) trial = { of: open(), until: at + trialMs };
      } else if (trial.of.isMoving()) {
        stop();
        hold = holdMs.first;
        climbed();
      } else if (at >= trial.until) {
        stop();
        hold = Math.min(hold * 2, holdMs.most);
      }
    },
  };
}
