import type { RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/** What there was last to say of each room's encoder; the oldest is forgotten first. */
export type Sentences = {
  say(room: RoomId | null, sentence: string): void;
  last(room: RoomId): string | null;
  /** Another encoder has come: what was said of the one before is nothing to its host. */
  forget(room: RoomId): void;
};

/** @param tell is told of a sentence once, however often it is said of a room in a row. */
export function createSentences(tell: (room: RoomId | null, sentence: string) => void): Sentences {
  const said = new Map<RoomId, string>();
  return {
    say(room, sentence) {
      if (room === null) return tell(room, sentence);
      if (said.get(room) !== sentence) tell(room, sentence);
      said.delete(room);
      said.set(room, sentence);
      const [oldest] = said.keys();
      if (said.size > limits.mediaRoomsMax && oldest !== undefined) said.delete(oldest);
    },
    last: (room) => said.get(room) ?? null,
    forget: (room) => void said.delete(room),
  };
}
