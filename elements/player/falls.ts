import type { PathName } from "./play.ts";

/** Which ways fell of late: another is the first to be opened. Times are Unix ms. */
export type Falls = {
  failed(path: PathName, at: number): void;
  /** It came, and was bad to watch. */
  wasBad(path: PathName, at: number): void;
  /** Parts did not come: what is whole is played, until parts were tried out of sight and came. */
  withheld(): void;
  readonly plain: boolean;
  avoided(at: number): ReadonlySet<PathName>;
  /** A way was tried out of sight, and is well. */
  mended(what: PathName | "parts"): void;
  /** All ways are as good as new. */
  forget(): void;
};

/** A way that failed is not opened in sight for so long, unless it was tried out of sight. */
const avoidMs = 60_000;
/** A network on which WebRTC was bad to watch is seldom better a minute later. */
const avoidBadMs = 300_000;

export function createFalls(): Falls {
  const until = new Map<PathName, number>();
  let plain = false;
  return {
    failed: (path, at) => void until.set(path, at + avoidMs),
    wasBad: (path, at) => void until.set(path, at + avoidBadMs),
    withheld: () => void (plain = true),
    get plain() {
      return plain;
    },
    avoided: (at) => new Set([...until].flatMap(([path, end]) => (end > at ? [path] : []))),
    mended(what) {
      if (what === "parts") plain = false;
      else until.delete(what);
    },
    forget() {
      until.clear();
      plain = false;
    },
  };
}
