import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";

/** Who waits for what is not there yet. */
export type Waiting = {
  /**
   * Calls `go` once when it holds, at once or after a `wake`; or `late` when it does not in time, or when too many wait.
   * @returns the way to call both off.
   */
  wait(holds: () => boolean, go: () => void, late: () => void, withinMs: number): () => void;
  /** Something is new. */
  wake(): void;
};

type Waiter = { readonly holds: () => boolean; readonly go: () => void; readonly cancel: () => void };

export const calledOff = (): void => {};

export function createWaiting(clock: Clock, reached: (limit: "mediaWaitersMax") => void): Waiting {
  const waiters = new Set<Waiter>();

  function wait(holds: () => boolean, go: () => void, late: () => void, withinMs: number): () => void {
    if (holds()) return done(go);
    if (waiters.size >= limits.mediaWaitersMax) {
      reached("mediaWaitersMax");
      return done(late);
    }
    const callOff = clock.after(withinMs, () => {
      waiters.delete(waiter);
      late();
    });
    const waiter: Waiter = {
      holds,
      go,
      cancel() {
        callOff();
        waiters.delete(waiter);
      },
    };
    waiters.add(waiter);
    return waiter.cancel;
  }

  function wake(): void {
    for (const waiter of waiters) {
      if (!waiter.holds()) continue;
      waiter.cancel();
      waiter.go();
    }
  }

  return { wait, wake };
}

function done(now: () => void): () => void {
  now();
  return calledOff;
}
