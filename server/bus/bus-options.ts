import { limits } from "@chorus/protocol/limits.ts";

/**
 * What is counted. Messages: `too-large` for a frame, `overflow` of what waits for one receiver, `disconnected` while
 * or because nobody is there. Connections closed: `malformed`, `too-many` peers or subjects, `too-large` frames read.
 */
export type LostReason = "too-large" | "overflow" | "disconnected" | "malformed" | "too-many";

/** `frameBytesMax` bounds one message on its way, `bufferBytesMax` everything that waits for one receiver. */
export type BusOptions = {
  frameBytesMax?: number;
  bufferBytesMax?: number;
  onLost?: (reason: LostReason, count: number) => void;
};
export type BusBounds = Required<BusOptions>;

export function boundsOf(options: BusOptions): BusBounds {
  return {
    frameBytesMax: options.frameBytesMax ?? limits.busFrameBytesMax,
    bufferBytesMax: options.bufferBytesMax ?? limits.busBufferBytesMax,
    onLost: options.onLost ?? (() => undefined),
  };
}
