export type Painter = {
  /** Before the next frame: somebody pressed something. */
  now(): void;
  /** Soon: however much is heard, the page is painted ten times a second at most. */
  soon(): void;
};

const pauseMs = 100;

export function createPainter(paint: () => void): Painter {
  let frame = 0;
  let timer = 0;
  let paintedAt = -Infinity;

  function now(): void {
    if (frame === 0) frame = requestAnimationFrame(run);
  }

  function soon(): void {
    if (frame !== 0 || timer !== 0) return;
    const waitMs = paintedAt + pauseMs - performance.now();
    if (waitMs <= 0) return now();
    timer = window.setTimeout(() => {
      timer = 0;
      now();
    }, waitMs);
  }

  function run(): void {
    frame = 0;
    paintedAt = performance.now();
    paint();
  }

  return { now, soon };
}
