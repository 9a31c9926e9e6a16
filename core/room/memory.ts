import type { EntryId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Remembered, RoomState } from "./state.ts";

/** The newest messages of a room. Every change of `messages` goes through here: who is gone is counted, not looked for. */
export function memorize(room: RoomState, known: Remembered): void {
  room.messages.set(known.message.id, known);
  if (known.state !== "visible") room.messagesGone += 1;
  if (room.messages.size <= limits.messagesRemembered) return;
  forgetOldest(room);
  if (known.staffSeq % renewEvery === 0) room.messages = new Map(room.messages);
}

/**
 * Before the map would copy itself as it is full of gaps: V8 leaves what it copied with a reference to the copy, so that of these
 * one that has grown old keeps all later ones, and with them every message, until all of memory is gone through.
 */
const renewEvery = 512;

export function mark(room: RoomState, known: Remembered, state: Remembered["state"]): void {
  room.messagesGone += Number(state !== "visible") - Number(known.state !== "visible");
  known.state = state;
}

export function forgetMessage(room: RoomState, id: EntryId): void {
  const known = room.messages.get(id);
  if (known === undefined) return;
  if (known.state !== "visible") room.messagesGone -= 1;
  room.messages.delete(id);
}

/** But what is not to be seen gives way first where there is much of it, so that a raid empties no view. */
function forgetOldest(room: RoomState): void {
  const tooManyGone = room.messagesGone > limits.goneMessagesRemembered;
  for (const [id, { state }] of room.messages)
    if (!tooManyGone || state !== "visible") return forgetMessage(room, id);
}
