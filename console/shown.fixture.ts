import { entryId, key, personId, seq } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";

/** A message of somebody else at its place in the room. */
export function aMessage(at: number, changes: Partial<Shown> = {}): Shown {
  return {
    id: entryId(`message-${at}`),
    key: null,
    seq: seq(at),
    status: "confirmed",
    time: at,
    by: personId("ada"),
    name: "Ada",
    role: "guest",
    text: `Number ${at}`,
    at: null,
    reply: null,
    mentions: [],
    edited: null,
    shadow: false,
    removed: null,
    trouble: null,
    ...changes,
  };
}

/** One's own message, before the room has given it a place. */
export function aPending(counter: number): Shown {
  return aMessage(0, { id: null, key: key(`session0:${counter}`), seq: null, status: "pending" });
}
