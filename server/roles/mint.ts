import { randomBytes, randomFillSync } from "node:crypto";
import { entryId, type EntryId, epoch, type Epoch } from "@chorus/protocol/ids.ts";

/** Ids and epochs are drawn from the system's randomness: 96 and 72 bits. */
export function mintId(): EntryId {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  return entryId(pool.toString("base64url", drawn, (drawn += idBytes)));
}

const idBytes = 12;
/** For many ids at once: asking the system takes longer than parsing the message that gets the id. */
const pool = Buffer.allocUnsafe(idBytes * 512);
let drawn = pool.length;

export function mintEpoch(): Epoch {
  return epoch(randomBytes(9).toString("base64url"));
}
