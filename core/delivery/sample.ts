import type { IndexItem } from "../record.ts";

/**
 * Which messages are shown where more are said than people can read: the same ones wherever it is decided, drawn by id
 * and by nothing that a person could choose.
 */
const fnvOffset = 0x81_1c_9d_c5;
const fnvPrime = 0x01_00_01_93;

/** What may be left out: what people say and change. Safety, pins, settings and words of staff always stay. */
export function isOrdinary({ k }: IndexItem, bytes: Uint8Array): boolean {
  return k === "edited" || (k === "message" && !isOfStaff(bytes));
}

/** The lower, the sooner it is shown; an edit with its message (FNV-1a of the message's id, 32 bits). */
export function rankOf({ about, id }: IndexItem): number {
  const text = about ?? id;
  let hash = fnvOffset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), fnvPrime);
  return hash >>> 0;
}

const quotationMark = 34;
const mark = [...'"role":"'].map((one) => one.charCodeAt(0));
/** How `host` and `moderator` begin, and no other role does. */
const staff = new Set([..."hm"].map((one) => one.charCodeAt(0)));

/** By the body: within a name or a text the mark cannot occur, as quotation marks are escaped there. */
function isOfStaff(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(quotationMark); at !== -1; at = bytes.indexOf(quotationMark, at + 1)) {
    if (mark.every((code, i) => bytes[at + i] === code)) return staff.has(bytes[at + mark.length] ?? 0);
  }
  return false;
}
