import type { RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/** What there was last to say of each room's encoder; the oldest is forgotten first. */
export type Sentences = {
  say(room: RoomId | null, sentence: string): void;
  last(room: RoomId): string | null;
};

export function createSentences(tell: (room: RoomId | null, sentence: string) => void): Sentences {
  const said = new Map<RoomId, string>();
  return {
    say(room, sentence) {
      tell(room, sentence);
      if (room === null) return;
      said.delete(room);
      said.set(room, sentence);
      const [oldest] = said.keys();
      if (said.size > limits.mediaRoomsMax && oldest !== undefined) said.delete(oldest);
    },
    last: (room) => said.get(room) ?? null,
  };
}
