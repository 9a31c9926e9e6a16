import type { Ended, Outcome } from "./run-command.ts";

/** Ends what takes long, but not what it counted: the first Ctrl-C asks, the second one does not wait. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** What a command came to, with the mark of its interruption where there was one. */
  marked(ended: Ended): Outcome;
  /** From here on a signal ends the process as it does without this. */
  done(): void;
};

/** 128 and the number of the signal, as shells have it. */
const statuses = { SIGINT: 130, SIGTERM: 143 } as const;

export function untilInterrupted(): Interruption {
  const controller = new AbortController();
  let by: keyof typeof statuses | null = null;
  function stop(signal: keyof typeof statuses): void {
    if (by !== null) process.exit(statuses[signal]);
    by = signal;
    console.error("Stopping; once more to leave at once.");
    controller.abort();
  }
  const onInt = (): void => stop("SIGINT");
  const onTerm = (): void => stop("SIGTERM");
  process.on("SIGINT", onInt).on("SIGTERM", onTerm);
  return {
    signal: controller.signal,
    marked: (ended) => (by === null ? ended : { interrupted: statuses[by], ended }),
    done: () => void process.off("SIGINT", onInt).off("SIGTERM", onTerm),
  };
}

/** Waits, and less when it is told to stop. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
  });
}

export function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
