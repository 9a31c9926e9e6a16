/** How loud a microphone is at this moment. */
export type LevelMeter = {
  /** From 0, silence, to 1, as loud as it can be. */
  level(): number;
  close(): void;
};

/** The quietest that is shown, in decibels below the loudest: a quiet room is a little above it. */
const floorDb = -60;
const samplesRead = 2_048;

/** Null where the browser cannot measure; sound is sent all the same. */
export function openLevel(track: MediaStreamTrack): LevelMeter | null {
  if (typeof AudioContext !== "function") return null;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = samplesRead;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(samplesRead);
  /* Begun without a touch of the page it waits; whoever presses anything wakes it. */
  const wake = () => void context.resume();
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    close() {
      document.removeEventListener("pointerdown", wake);
      document.removeEventListener("keydown", wake);
      void context.close();
    },
  };
}

/** By the root mean square, in decibels, as ears judge it. A full sine is 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt((2 * sum) / Math.max(samples.length, 1));
  if (rms === 0) return 0;
  return Math.min(Math.max(1 - (20 * Math.log10(rms)) / floorDb, 0), 1);
}
