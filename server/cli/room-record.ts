import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";

/**
 * What all viewers of a load together know of the room: which entry stands at which seq. The room has one order, so
 * whoever hears another one has been told something wrong.
 */
export type RoomRecord = {
  /** The highest seq that anybody has received. */
  readonly head: number;
  /** Compares an entry with what was heard before, and remembers it. */
  meet(seq: number, body: EntryBody): Meeting;
  has(id: EntryId): boolean;
};
/** `moved`: another entry stands at this seq. `repeated`: the entry stands at another seq too. */
export type Meeting = { verdict: "same" | "moved" | "repeated"; saidAt: number | null };

const remembered = 100_000;

/** @param saidAt when a message of our own was said, null for all others. */
export function createRoomRecord(saidAt: (body: EntryBody) => number | null): RoomRecord {
  const known = new Map<number, { id: EntryId; saidAt: number | null }>();
  const places = new Map<EntryId, number>();
  let head = 0;

  function learn(seq: number, body: EntryBody): Meeting {
    const before = places.get(body.id);
    const said = { id: body.id, saidAt: saidAt(body) };
    known.set(seq, said);
    if (before === undefined) places.set(body.id, seq);
    if (known.size > remembered) forgetOldest();
    return { verdict: before === undefined ? "same" : "repeated", saidAt: said.saidAt };
  }

  function forgetOldest(): void {
    const [oldest] = known;
    if (oldest === undefined) return;
    known.delete(oldest[0]);
    places.delete(oldest[1].id);
  }

  return {
    get head() {
      return head;
    },
    meet(seq, body) {
      head = Math.max(head, seq);
      const there = known.get(seq);
      if (there === undefined) return learn(seq, body);
      if (there.id !== body.id) return { verdict: "moved", saidAt: null };
      return { verdict: places.get(body.id) === seq ? "same" : "repeated", saidAt: there.saidAt };
    },
    has: (id) => places.has(id),
  };
}
