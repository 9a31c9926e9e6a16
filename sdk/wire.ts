import type { Frame } from "@chorus/protocol/frames.ts";
import type { EntryId, Key, PersonId, RoomId, Seq } from "@chorus/protocol/ids.ts";
import type { Request } from "@chorus/protocol/requests.ts";

/** Where plain values become the protocol's: a client trusts its server and checks only what keeps it from falling. */
export const entryId = (value: string): EntryId => value as EntryId;
export const personId = (value: string): PersonId => value as PersonId;
export const seq = (value: number): Seq => value as Seq;
export const keyOf = (session: string, counter: number): Key => `${session}:${counter}` as Key;
/** By the shape of a key, only its first part: two keys of one session have the same. */
export const sessionOf = (key: Key): string => key.slice(0, key.lastIndexOf(":"));
export const counterOf = (key: Key): number => Number(key.slice(key.lastIndexOf(":") + 1));

const roomIdPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** @throws TypeError for what no room can be called: a developer's mistake, which no server could mend. */
export function roomId(value: string): RoomId {
  if (typeof value === "string" && roomIdPattern.test(value)) return value as RoomId;
  throw new TypeError(
    `A room's id is 1 to 64 of a-z 0-9 . _ -, the first a letter or digit, not ${JSON.stringify(value)}.`,
  );
}

/** Null for what is not a frame; a frame of an unknown kind is passed on and ignored by the machine. */
export function parseFrame(text: string): Frame | null {
  const value = parseJson(text) as Frame | null;
  return typeof value?.t === "string" ? value : null;
}

export function formatRequest(request: Request): string {
  return JSON.stringify(request);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
