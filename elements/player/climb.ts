/** A better way, tried out of sight beside the one that plays. */
export type Trial = {
  /** It shows a picture that is good to watch. Asked several times a second. */
  isWell(at: number): boolean;
  stop(): void;
};

export type Climb = {
  /** Asked several times a second. @param may whether the way that plays is not the best, and plays well. */
  look(at: number, may: boolean): void;
  /** What was climbed to was left again. */
  fell(at: number): void;
  /** Another thing came back: this may have, too. */
  soon(): void;
  stop(): void;
};

/**
 * The way that plays has been well for so long before a better one is tried: at first, and at most after tries in vain. With a
 * try in vain before it and the one that is taken, that is less than half a minute.
 */
const holdMs = { soon: 2_000, first: 6_000, most: 12_000 } as const;
const trialMs = 7_000;
/** So long without a break a picture out of sight is good before it is taken. */
const wellMs = 3_000;
/** Who falls so soon after a climb waits twice as long the next time, up to the most: a network on the brink is left alone. */
const brinkMs = { within: 60_000, most: 300_000 } as const;

/** Falling is fast and climbing slow: whoever comes back to a network that lets a better way through has it within half a minute, and nobody sees the tries. */
export function createClimb(open: () => Trial, climbed: () => void): Climb {
  let since: number | null = null;
  let least: number = holdMs.first;
  let hold: number = least;
  let climbedAt = Number.NEGATIVE_INFINITY;
  let trial: { readonly of: Trial; readonly until: number; well: number | null } | null = null;

  function stop(): void {
    trial?.of.stop();
    trial = null;
    since = null;
  }

  /** Takes what has been well for long enough. */
  function judge(at: number, running: NonNullable<typeof trial>): void {
    running.well = running.of.isWell(at) ? (running.well ?? at) : null;
    if (running.well !== null && at - running.well >= wellMs) {
      stop();
      hold = least;
      climbedAt = at;
      climbed();
    } else if (at >= running.until && running.well === null) {
      stop();
      hold = Math.max(least, Math.min(hold * 2, holdMs.most));
    }
  }

  return {
    stop,
    look(at, may) {
      if (!may) return stop();
      since ??= at;
      if (trial !== null) judge(at, trial);
      else if (at - since >= hold) trial = { of: open(), until: at + trialMs, well: null };
    },
    fell(at) {
      least = at - climbedAt < brinkMs.within ? Math.min(least * 2, brinkMs.most) : holdMs.first;
      hold = least;
    },
    soon() {
      if (least === holdMs.first) hold = holdMs.soon;
    },
  };
}
