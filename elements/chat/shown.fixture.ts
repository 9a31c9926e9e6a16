import { entryId, personId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";

/** For tests: a message of somebody else, as a list shows it. */
export function aMessage(changes: Partial<Shown> = {}): Shown {
  return {
    id: entryId("message-1"),
    key: null,
    seq: null,
    status: "confirmed",
    time: 1_000_000,
    by: personId("bob"),
    name: "Bob",
    role: "viewer",
    text: "hi",
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
