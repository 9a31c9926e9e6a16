import { inflateRawSync } from "node:zlib";
import type { Frame } from "@chorus/protocol/frames.ts";

/** A deflated frame, read. `frame` is made when a reader asks for it. */
export type Inflated = { readonly bytes: Buffer; readonly frame: Frame };

/** The same bytes come to every viewer of a room, from each gateway; they are inflated once. */
const remembered = 16;
const recent: { small: Buffer; inflated: Inflated }[] = [];
let oldest = 0;

export function inflated(small: Buffer): Inflated {
  for (const known of recent) if (known.small.equals(small)) return known.inflated;
  const bytes = inflateRawSync(small);
  let frame: Frame | null = null;
  const made: Inflated = {
    bytes,
    get frame() {
      frame ??= JSON.parse(bytes.toString("utf8")) as Frame;
      return frame;
    },
  };
  recent[oldest] = { small: Buffer.from(small), inflated: made };
  oldest = (oldest + 1) % remembered;
  return made;
}
