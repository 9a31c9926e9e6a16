import { randomBytes } from "node:crypto";
import { entryId, type EntryId, epoch, type Epoch } from "@chorus/protocol/ids.ts";

/** Ids and epochs are drawn from the system's randomness: 96 and 72 bits. */
export function mintId(): EntryId {
  return entryId(randomBytes(12).toString("base64url"));
}

export function mintEpoch(): Epoch {
  return epoch(randomBytes(9).toString("base64url"));
}
