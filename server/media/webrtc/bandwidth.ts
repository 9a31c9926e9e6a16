/**
 * How much a publisher may send, told them once a second (draft-alvestrand-rmcat-remb-03). Without the delay of packets
 * there is only their loss to go by: under two per cent the figure rises, over ten it falls, as RFC 8888's forebear
 * draft-ietf-rmcat-gcc-02, section 6, has it.
 */
export type Bandwidth = {
  /** @param loss of the last second, 0 to 1. @param bitrate received in it, bits a second. @returns bits a second. */
  second(loss: number, bitrate: number): number;
  readonly bitsPerSecond: number;
};

export type BandwidthBounds = { readonly start: number; readonly min: number; readonly max: number };

const calmLoss = 0.02;
const badLoss = 0.1;
const rise = 1.08;
/** Nobody is offered much more than they were seen to send: the figure would mean nothing when loss begins. */
const headroom = 1.5;

export function createBandwidth({ start, min, max }: BandwidthBounds): Bandwidth {
  let bitsPerSecond = Math.min(max, Math.max(min, start));
  return {
    second(loss, bitrate) {
      if (loss > badLoss) bitsPerSecond *= 1 - loss / 2;
      else if (loss < calmLoss)
        bitsPerSecond = Math.max(
          bitsPerSecond,
          Math.min(bitsPerSecond * rise, Math.max(start, bitrate * headroom)),
        );
      bitsPerSecond = Math.round(Math.min(max, Math.max(min, bitsPerSecond)));
      return bitsPerSecond;
    },
    get bitsPerSecond() {
      return bitsPerSecond;
    },
  };
}
