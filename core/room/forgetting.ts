import type { Time } from "@chorus/protocol/ids.ts";
import { forgetMessage } from "./memory.ts";
import type { Habit, RoomState } from "./state.ts";

/** What retention takes from a room's memory, beside its log: words that were said before a time. Pins stay, as somebody keeps them up. */
export function forgetOlder(room: RoomState, before: Time): void {
  for (const [id, { message }] of room.messages) if (message.time < before) forgetMessage(room, id);
  for (const [id, { time }] of room.held) if (time < before) room.held.delete(id);
  for (const [person, habit] of room.people) if (lastWord(habit) < before) room.people.delete(person);
}

export function remembersOlder(room: RoomState, before: Time): boolean {
  for (const { message } of room.messages.values()) if (message.time < before) return true;
  for (const { time } of room.held.values()) if (time < before) return true;
  for (const habit of room.people.values()) if (lastWord(habit) < before) return true;
  return false;
}

function lastWord({ times }: Habit): number {
  return times.at(-1) ?? 0;
}
