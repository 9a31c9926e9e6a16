import { limits } from "@chorus/protocol/limits.ts";
import { damaged, FormatError } from "./box-fields.ts";

export type StreamBox = {
  readonly type: string;
  /** Memory of its own. */
  readonly body: Uint8Array;
  /** Where the box and its body began, in bytes from the start of the stream. */
  readonly at: number;
  readonly bodyAt: number;
};

/**
 * Cuts a stream of chunks into boxes, wherever it was split. What is wanted is copied once, into memory of its box; all else
 * is passed over. `take` and `end` throw a `FormatError` when the stream is none of boxes, or has one beyond
 * `mediaDataBytesMax` (`mdat`) or `mediaBoxBytesMax`.
 */
export function createBoxStream(
  wants: (type: string) => boolean,
  receive: (box: StreamBox) => void,
): { take(chunk: Uint8Array): void; end(): void } {
  const head = new Uint8Array(16);
  const headView = new DataView(head.buffer);
  let headBytes = 0;
  let position = 0;
  /** What is being read: null between boxes, and a body of null where it is passed over. */
  let open: { type: string; at: number; bodyAt: number; left: number; body: Uint8Array | null } | null = null;

  function take(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength) {
      at += open === null ? takeHead(chunk, at) : takeBody(chunk, at);
      if (open?.left === 0) finish();
    }
  }

  function takeHead(chunk: Uint8Array, from: number): number {
    let taken = 0;
    while (open === null && from + taken < chunk.byteLength) {
      head[headBytes++] = chunk[from + taken++] ?? 0;
      if (headBytes === (isLong() ? 16 : 8)) begin(taken);
    }
    position += taken;
    return taken;
  }

  /** The size stands in eight bytes behind the type (ISO/IEC 14496-12, 4.2.2). */
  function isLong(): boolean {
    return headBytes >= 8 && headView.getUint32(0) === 1;
  }

  function begin(taken: number): void {
    const type = String.fromCharCode(...head.subarray(4, 8));
    const size = isLong() ? Number(headView.getBigUint64(8)) : headView.getUint32(0);
    if (size < headBytes || !/^[\x20-\x7e\xa9]{4}$/.test(type)) throw new FormatError(damaged);
    if (size > (type === "mdat" ? limits.mediaDataBytesMax : limits.mediaBoxBytesMax)) {
      throw new FormatError("A fragment of the stream is too large: set the encoder to a lower bit rate.");
    }
    const left = size - headBytes;
    const bodyAt = position + taken;
    open = { type, at: bodyAt - headBytes, bodyAt, left, body: wants(type) ? new Uint8Array(left) : null };
    headBytes = 0;
  }

  function takeBody(chunk: Uint8Array, from: number): number {
    if (open === null) return 0;
    const taken = Math.min(open.left, chunk.byteLength - from);
    if (open.body !== null) {
      open.body.set(chunk.subarray(from, from + taken), open.body.byteLength - open.left);
    }
    open.left -= taken;
    position += taken;
    return taken;
  }

  function finish(): void {
    if (open === null) return;
    const { type, body, at, bodyAt } = open;
    open = null;
    if (body !== null) receive({ type, body, at, bodyAt });
  }

  return {
    take,
    end() {
      if (open !== null || headBytes > 0) {
        throw new FormatError(
          "The stream broke off: start the encoder again if it does not come back by itself.",
        );
      }
    },
  };
}
