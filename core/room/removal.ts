import type { Message, Removed, Tombstone } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { foundFor } from "./forgotten.ts";
import { type CommandInput, emit, emitTo, overlay, type Turn } from "./turn.ts";

/** A message that is there to be taken away: remembered, pinned or read back from the log. */
/** `aside`: what its author has made of it for themselves and staff alone. */
export type Present = { message: Message; shadow: boolean; aside?: string | undefined };

export function presentIn(turn: Turn, id: EntryId, input: CommandInput): Present | null {
  const { room } = turn;
  const known = room.messages.get(id);
  if (known !== undefined) {
    const there = known.state === "visible" || known.state === "shadow";
    return there
      ? { message: known.message, shadow: known.state === "shadow", aside: known.aside?.text }
      : null;
  }
  const pinned = room.pins.get(id);
  if (pinned !== undefined) return { message: pinned, shadow: false };
  const found = foundFor(turn, input, id);
  if (found === null || found.tombstone !== null) return null;
  return { message: found.message, shadow: found.message.shadow === true };
}

/** Takes messages away from everybody who had them; readers take them out of the quotes in the replies (`overlaid`). */
export function remove(turn: Turn, removed: Removed, gone: readonly Present[]): void {
  const hidden = gone.find(({ shadow }) => shadow);
  if (hidden !== undefined) emitTo(turn, hidden.message.by, removed);
  emit(turn, hidden === undefined ? "all" : "staff", removed);
  for (const { message } of gone) overlay(turn, message.id, tombstoneOf(message, removed));
}

/** The mark is for staff: an author is not told that they are shadow-banned. */
export function shownToPublic(message: Message): Message {
  const { shadow: _shadow, ...shown } = message;
  return shown;
}

function tombstoneOf({ id, time }: Message, { by, why }: Removed): Tombstone {
  const tombstone: Tombstone = { k: "tombstone", id, time, by };
  return why === undefined ? tombstone : { ...tombstone, why };
}
