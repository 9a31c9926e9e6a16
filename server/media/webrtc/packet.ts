/** One RTP packet of a publication, its numbers unwrapped, so that later is always more. Its bytes do not change any more. */
export type Packet = {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
};

export type Kind = "video" | "audio";
export const clockRates: Readonly<Record<Kind, number>> = { video: 90_000, audio: 48_000 };
