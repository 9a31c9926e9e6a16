/** How much of the animation there is. It is the first thing to give way when the page is slow. */
export type Quality = "full" | "half" | "off";

/**
 * Chooses the quality by the time that frames take. It falls soon and rises late, and each time that it has to fall again
 * soon after it rose it waits twice as long, so that a machine at its limit does not swing.
 */
export type QualityChoice = {
  /** A frame took this long: one of the animation, or something else that held the page up. */
  measured(frameMs: number, now: number): void;
  /** The quality at this moment. What was off is tried again after a rest. */
  at(now: number): Quality;
};

/** A screen of 30 pictures a second, or one that saves power, is good for half; below 20 nothing flies. */
const slowMs = { half: 28, off: 50 };
const quickMs = 21;
const usualMs = 16;
/** The average is of about this time, so that one long frame is an accident and two are load. */
const memoryMs = 300;
const frameMsMax = 100;
export const restMs = 4_000;
export const restMsMax = 64_000;

export function createQualityChoice(): QualityChoice {
  let quality: Quality = "full";
  let average = usualMs;
  let calmMs = 0;
  let rest = restMs;
  let fellAt = -Infinity;
  let roseAt = -Infinity;

  function measured(frameMs: number, now: number): void {
    if (quality === "off") return;
    const weighed = Math.min(frameMsMax, Math.max(0, frameMs));
    average += (1 - Math.exp(-weighed / memoryMs)) * (weighed - average);
    calmMs = average > quickMs ? 0 : calmMs + weighed;
    if (average > slowMs.off) fall("off", now);
    else if (average > slowMs.half && quality === "full") fall("half", now);
    else if (quality === "half" && calmMs >= rest) rise("full", now);
  }

  function at(now: number): Quality {
    if (quality === "off" && now - fellAt >= rest) rise("half", now);
    return quality;
  }

  function fall(to: Quality, now: number): void {
    if (now - roseAt < 2 * rest) rest = Math.min(restMsMax, 2 * rest);
    else if (now - fellAt > 2 * restMsMax) rest = restMs;
    quality = to;
    fellAt = now;
    calmMs = 0;
  }

  function rise(to: Quality, now: number): void {
    quality = to;
    roseAt = now;
    average = usualMs;
    calmMs = 0;
  }

  return { measured, at };
}
