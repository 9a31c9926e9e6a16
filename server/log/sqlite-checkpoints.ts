import { Worker } from "node:worker_threads";

/**
 * Brings what was written from the file beside the log into the log itself (https://www.sqlite.org/wal.html, 3) in a thread of its own: done by
 * whoever writes, each such bringing would hold up everything that is said for the time that the disk takes.
 */
export type Checkpoints = {
  /** So many bytes were appended. */
  wrote(bytes: number): void;
  stop(): void;
};

/** SQLite's own 1,000 pages. */
const everyBytes = 4 * 1024 * 1024;
/**
 * In pages of 4 KiB. While it is written to all the time something new is always left, and the file beside grows: from here on the little
 * that is left is done at once, and the file begins anew.
 */
const pagesMax = 4_096;
/** Where no thread comes to it, whoever writes does it from here on. */
export const pagesWithoutThreadMax = 16_384;

/** @param finish brings over what is left, now. */
export function startCheckpoints(path: string, finish: () => void): Checkpoints {
  let thread: Worker | null = null;
  let written = 0;

  function start(): Worker {
    const started = new Worker(new URL("./sqlite-checkpoint-thread.ts", import.meta.url), {
      workerData: path,
    });
    started.unref();
    started.on("message", (pages: number) => void (pages > pagesMax && finish()));
    /* The next one may have more luck; until then the limit above holds. */
    started.on("error", () => (thread = null));
    return started;
  }

  return {
    wrote(bytes) {
      written += bytes;
      if (written < everyBytes) return;
      written = 0;
      thread ??= start();
      thread.postMessage("checkpoint");
    },
    stop() {
      void thread?.terminate();
      thread = null;
    },
  };
}
