import { randomFillSync } from "node:crypto";
import { entryId, type EntryId, epoch, type Epoch } from "@chorus/protocol/ids.ts";

/** Ids and epochs are drawn from the system's randomness: 96 and 72 bits. */
export function mintId(): EntryId {
  return entryId(randomText(12));
}

export function mintEpoch(): Epoch {
  return epoch(randomText(9));
}

/** Drawn in advance, as a call of its own costs two microseconds. Nothing is given out twice. */
const drawn = Buffer.alloc(3_072);
let used = drawn.length;

function randomText(bytes: number): string {
  if (used + bytes > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += bytes;
  return drawn.toString("base64url", used - bytes, used);
}
