import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { Shown } from "@chorus/sdk/client.ts";

/** Who has spoken during this visit, the most recent last; bounded, the longest silent are forgotten first. */
export type People = {
  heard(message: Shown): void;
  /** Somebody who is met in what was said before this visit; they are not who spoke lately. */
  recall(message: Shown): void;
  get(person: PersonId): Known | null;
  /** The ids of what they said, oldest first. */
  messagesOf(person: PersonId): readonly EntryId[];
  /** The most recent first. */
  recent(): Known[];
};
export type Known = {
  readonly id: PersonId;
  readonly name: string;
  readonly role: Role | null;
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly messages: readonly EntryId[];
};

const peopleMax = 500;
const messagesMax = 50;

export function createPeople(): People {
  const people = new Map<PersonId, Known>();
  const earlier = new Map<PersonId, Known>();
  return {
    recall({ by, name, role, time }) {
      if (by === null || name === "") return;
      earlier.delete(by);
      earlier.set(by, { id: by, name, role, firstSeen: time, lastSeen: time, messages: [] });
      const [oldest] = earlier.keys();
      if (earlier.size > peopleMax && oldest !== undefined) earlier.delete(oldest);
    },
    heard(message) {
      const { by, id } = message;
      if (by === null || message.name === "" || message.removed !== null) return;
      const known = people.get(by);
      const messages = known?.messages ?? [];
      const isNew = id !== null && !messages.includes(id);
      people.delete(by);
      people.set(by, {
        id: by,
        name: message.name,
        role: message.role,
        firstSeen: Math.min(known?.firstSeen ?? message.time, message.time),
        lastSeen: Math.max(known?.lastSeen ?? message.time, message.time),
        messages: isNew ? [...messages, id].slice(-messagesMax) : messages,
      });
      for (const [oldest] of people) {
        if (people.size <= peopleMax) break;
        people.delete(oldest);
      }
    },
    get: (person) => people.get(person) ?? earlier.get(person) ?? null,
    messagesOf: (person) => people.get(person)?.messages ?? [],
    recent: () => [...people.values()].toReversed(),
  };
}
