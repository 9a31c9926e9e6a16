import type { Frame } from "@chorus/protocol/frames.ts";
import { parseFrame } from "@chorus/sdk/wire.ts";

/** Null for what is no frame. What it returns is shared and must not be changed. */
export type FrameReader = (bytes: Buffer) => Frame | null;

const remembered = 16;

/** The same bytes come to every viewer of a room; they are read once. */
export function createFrameReader(): FrameReader {
  const recent: { bytes: Buffer; frame: Frame | null }[] = [];
  let oldest = 0;
  return (bytes) => {
    for (const known of recent) if (known.bytes.equals(bytes)) return known.frame;
    const frame = parseFrame(bytes.toString("utf8"));
    recent[oldest] = { bytes, frame };
    oldest = (oldest + 1) % remembered;
    return frame;
  };
}
