import { type EntryId, type PersonId, type Seq, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type IndexItem, inAudience } from "../record.ts";
import { type Cut, isShown } from "./cut.ts";
import { carriedBy, type Ring } from "./ring.ts";

/**
 * Who of the public may have certain messages on their screen, where a capped room showed each of them to a part only: the
 * places that were shown it, the people it was said by or meant for, and whoever was given everything up to `from` or
 * further when they came in. It may name too many, never too few.
 */
export type Holders = { readonly places: Set<number>; readonly people: Set<PersonId>; from: Seq };

/** Null for everybody: some entry was shown to all, or the ring does not reach back to all of the messages. */
export function holdersOf(ring: Ring, messages: readonly EntryId[]): Holders | null {
  if (ring.cuts.size === 0 || messages.some((id) => !ring.carriers.has(id))) return null;
  const wanted = new Set(messages);
  const unmet = new Set(messages);
  const holders: Holders = { places: new Set(), people: new Set(), from: ring.publicSeq };
  for (const { index, offset, publicFrom } of ring.slots) {
    const cut = ring.cuts.get(offset) ?? null;
    let at = publicFrom - 1;
    for (const [i, item] of index.entries()) {
      if (inAudience(item.scope, "public")) at += 1;
      if (!carriedBy(item).some((id) => wanted.has(id))) continue;
      if (item.k === "message") unmet.delete(item.id);
      holders.from = seq(Math.min(holders.from, at));
      addReaders(holders, item, cut, i);
    }
  }
  return unmet.size > 0 || holders.places.size === limits.cohortsMax ? null : holders;
}

function addReaders(
  { places, people }: Holders,
  { scope, by, person, meant }: IndexItem,
  cut: Cut | null,
  i: number,
): void {
  for (const one of [by, person, ...meant]) if (one !== null) people.add(one);
  for (let cohort = 0; cohort < limits.cohortsMax && inAudience(scope, "public"); cohort++)
    if (cut === null || isShown(cut, i, { audience: "public", cohort })) places.add(cohort);
}

/** @param whole up to where the reader may have been shown more than their part. */
export function mayHold(
  { places, people, from }: Holders,
  reader: { readonly cohort: number; readonly person: PersonId | null; readonly whole: Seq },
): boolean {
  return (
    places.has(reader.cohort) || reader.whole >= from || (reader.person !== null && people.has(reader.person))
  );
}
