import { deflateRawSync } from "node:zlib";
import { payloadOf, wrapBinary } from "./wire.ts";

/** Shorter ones hardly shrink. */
const bytesMin = 512;
/** Deflating once costs about as much as this many writes. */
const readersMin = 8;

/** What a client offers in `hello.accept` and a server takes: raw DEFLATE (RFC 1951), a whole frame at a time. */
export const deflate = "deflate";

/**
 * A frame as it is written: made once for all who can read it, never once for each. Compressing a socket's stream
 * (`permessage-deflate`, RFC 7692) would cost every write anew, and the browsers' frames too.
 *
 * @param readers how many can read it deflated. @returns the frame itself where deflating it is not worth its time.
 */
export function deflated(frame: Buffer, readers: number, enough = readersMin): Buffer {
  const payload = payloadOf(frame);
  if (readers < enough || payload.length < bytesMin) return frame;
  const small = deflateRawSync(payload);
  return small.length < payload.length ? wrapBinary(small) : frame;
}
