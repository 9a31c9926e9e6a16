/** Ends what takes long, but not what it counted: the first Ctrl-C asks, the second one does not wait. */
export function untilInterrupted(): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  function stop(): void {
    if (controller.signal.aborted) process.exit(130);
    console.error("Stopping; once more to leave at once.");
    controller.abort();
  }
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {
    signal: controller.signal,
    done: () => void process.off("SIGINT", stop).off("SIGTERM", stop),
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
