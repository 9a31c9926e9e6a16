import type { Message, Removed, Tombstone } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { quotes } from "./quote.ts";
import type { RoomState } from "./state.ts";
import { type CommandInput, emit, emitTo, overlay, type Turn } from "./turn.ts";

/** A message that is there to be taken away: remembered, pinned or read back from the log. */
export type Present = { message: Message; shadow: boolean };

export function presentIn(room: RoomState, id: EntryId, { found }: CommandInput): Present | null {
  const known = room.messages.get(id);
  if (known !== undefined) {
    const there = known.state === "visible" || known.state === "shadow";
    return there ? { message: known.message, shadow: known.state === "shadow" } : null;
  }
  const pinned = room.pins.get(id);
  if (pinned !== undefined) return { message: pinned, shadow: false };
  if (found?.message.id !== id || found.tombstone !== null) return null;
  return { message: found.message, shadow: found.message.shadow === true };
}

/** Takes messages away from everybody who had them, and out of the quotes in the replies to them. */
export function remove(turn: Turn, removed: Removed, gone: readonly Present[]): void {
  const quoting = idsQuoting(turn.room, new Set(removed.of));
  const hidden = gone.find(({ shadow }) => shadow);
  if (hidden !== undefined) emitTo(turn, hidden.message.by, removed);
  emit(turn, hidden === undefined ? "all" : "staff", removed);
  for (const { message } of gone) overlay(turn, message.id, tombstoneOf(message, removed));
  for (const id of quoting) {
    const known = turn.room.messages.get(id);
    if (known?.state === "visible" || known?.state === "shadow")
      overlay(turn, id, shownToPublic(known.message));
  }
}

/** Whether readers must get `message` in place of what was said first. */
export function isChanged(message: Message): boolean {
  return message.edited !== undefined || message.reply?.quote === "";
}

/** An author must not find out from the bytes that they are shadow-banned. */
export function shownToPublic(message: Message): Message {
  const { shadow: _shadow, ...shown } = message;
  return shown;
}

function tombstoneOf({ id, time }: Message, { by, why }: Removed): Tombstone {
  const tombstone: Tombstone = { k: "tombstone", id, time, by };
  return why === undefined ? tombstone : { ...tombstone, why };
}

function idsQuoting(room: RoomState, gone: ReadonlySet<EntryId>): EntryId[] {
  const ids: EntryId[] = [];
  for (const [id, { message }] of room.messages) if (quotes(message, gone)) ids.push(id);
  return ids;
}
