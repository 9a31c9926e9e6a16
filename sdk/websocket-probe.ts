import { watchPage } from "./browser.ts";

export type ProbeBounds = { firstMs: number; mostMs: number; withinMs: number };

/** Half a minute at first, a quarter of an hour in the end. */
export const probeBounds: ProbeBounds = { firstMs: 30_000, mostMs: 900_000, withinMs: 8_000 };

/** Twice as long each time, up to the most, and by chance from half of that, so that no crowd comes at one moment. */
export function probePause(tries: number, random: number, { firstMs, mostMs }: ProbeBounds): number {
  return Math.ceil(Math.min(mostMs, firstMs * 2 ** tries) * (0.5 + random / 2));
}

/**
 * Tries now and then, and when the network has come back, whether a WebSocket comes about: opened, greeted, and answered.
 *
 * @param hello what it is greeted with.
 * @param found called once; then nothing is tried any more.
 * @returns a function that stops trying.
 */
export function probeFor(
  url: string,
  hello: () => string,
  found: () => void,
  bounds = probeBounds,
): () => void {
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let trial: WebSocket | null = null;
  wait();
  /* Another network may let through what the last one did not. */
  const unwatch = watchPage((news) => {
    if (news !== "online" || trial !== null) return;
    clearTimeout(timer);
    attempt();
  });
  return stop;

  function wait(): void {
    trial = null;
    timer = setTimeout(attempt, probePause(tries++, Math.random(), bounds));
  }

  function attempt(): void {
    const socket = new WebSocket(url);
    trial = socket;
    const failed = () => {
      if (trial !== socket) return;
      clearTimeout(timer);
      wait();
      socket.close();
    };
    timer = setTimeout(failed, bounds.withinMs);
    socket.addEventListener("open", () => socket.send(hello()));
    socket.addEventListener("close", failed);
    socket.addEventListener("message", () => {
      if (trial !== socket) return;
      stop();
      found();
    });
  }

  function stop(): void {
    clearTimeout(timer);
    unwatch();
    const socket = trial;
    trial = null;
    socket?.close();
  }
}
