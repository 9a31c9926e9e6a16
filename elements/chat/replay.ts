import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { EntryId, Seq } from "@chorus/protocol/ids.ts";
import type { Removal, Shown } from "@chorus/sdk/client.ts";
import { nothingLeft, shownOf, wiped } from "@chorus/sdk/list.ts";
import type { HistoryPage } from "./history.ts";

/**
 * What was said around the moment of a picture that was put back to where the room's own list does not reach: a page that ends a
 * little after that moment, and then one after the other as the picture plays on.
 */
export type Replay = {
  /** Oldest first; nothing until the first page is there. What is missing for that moment is asked for, and told when it came. */
  around(wall: number): readonly Shown[];
  /** A removal that is heard now counts for what was said then. */
  removed(id: EntryId, removal: Removal): void;
};

/** The page by whose last entry it was said, or the page behind an entry. */
export type ReplayPlace = { readonly at: number } | { readonly after: Seq };

export const replayMessagesMax = 500;
/** Asked for so long before it is needed. Who spoke of a moment did so up to so long after it. */
const aheadMs = 20_000;
const pageEntries = 100;
const retryMs = 2_000;

/** @param load answers null when there is nothing to be had now. @param changed is called when there is something else to show. */
export function createReplay(
  load: (place: ReplayPlace, entries: number) => Promise<HistoryPage | null>,
  now: () => number,
  changed: () => void,
): Replay {
  let messages: readonly Shown[] = [];
  /** What was said between these is here. */
  let held: { from: number; to: number; last: Seq | null } | null = null;
  let loading = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  const removals = new Map<EntryId, Removal>();

  function around(wall: number): readonly Shown[] {
    const isHeld = held !== null && wall >= held.from && wall <= held.to;
    const isEnough = held !== null && wall + aheadMs <= held.to;
    if (!(isHeld && isEnough) && !loading && now() - failedAt > retryMs) void fetchFor(wall, isHeld);
    return isHeld ? messages : [];
  }

  async function fetchFor(wall: number, goesOn: boolean): Promise<void> {
    loading = true;
    const askedAt = now();
    const after = goesOn ? (held?.last ?? null) : null;
    const place = after === null ? { at: wall + aheadMs } : { after };
    const page = await load(place, pageEntries).catch(() => null);
    loading = false;
    if (page === null) failedAt = now();
    else if (after === null) begin(page, Math.min(wall + aheadMs, askedAt));
    else goOn(page, askedAt);
    changed();
  }

  function begin(page: HistoryPage, to: number): void {
    const [first] = page.entries;
    const isAll = first === undefined || first.seq <= page.oldest;
    messages = [];
    held = { from: isAll ? 0 : first.time, to, last: page.entries.at(-1)?.seq ?? null };
    take(page);
  }

  /** Where nothing more stands behind what is here, it is whole up to the moment at which it was asked for. */
  function goOn({ entries, ...page }: HistoryPage, askedAt: number): void {
    const last = entries.at(-1);
    if (held === null) return;
    const to = entries.length < pageEntries ? askedAt : (last?.time ?? askedAt);
    held = { ...held, to, last: last?.seq ?? held.last };
    take({ entries, ...page });
  }

  function take({ entries }: HistoryPage): void {
    for (const entry of entries) decide(entry);
    const known = new Set(messages.map(({ id }) => id));
    const rows = entries.flatMap((entry) => rowOf(entry) ?? []).filter(({ id }) => !known.has(id));
    const all = [...messages, ...rows];
    messages = all.slice(-replayMessagesMax);
    const [first] = messages;
    if (held !== null && all.length > messages.length && first !== undefined)
      held = { ...held, from: first.time };
  }

  /** The public reads what is left of a removed message in its place; staff reads it, and that it was removed. */
  function decide(entry: EntryBody): void {
    if (entry.k === "removed")
      for (const id of entry.of) removed(id, { by: entry.by, why: entry.why ?? null });
    if (entry.k === "restored") removals.delete(entry.message.id);
    if (entry.k === "edited") {
      const { of, text, time } = entry;
      messages = messages.map((row) => (row.id === of && row.removed === null ? edited(row, text, time) : row));
    }
  }

  function rowOf(entry: EntryBody & { readonly seq: Seq }): Shown | null {
    if (entry.k === "tombstone")
      return nothingLeft(entry, entry.seq, { by: entry.by, why: entry.why ?? null });
    if (entry.k !== "message") return null;
    const removal = removals.get(entry.id);
    const row = shownOf(entry, entry.seq, null);
    return removal === undefined ? row : wiped(row, removal);
  }

  function removed(id: EntryId, removal: Removal): void {
    removals.set(id, removal);
    const [oldest] = removals.keys();
    if (removals.size > replayMessagesMax && oldest !== undefined) removals.delete(oldest);
    if (messages.some((row) => row.id === id))
      messages = messages.map((row) => (row.id === id ? wiped(row, removal) : row));
  }

  return { around, removed };
}

function edited(row: Shown, text: string, time: Shown["edited"]): Shown {
  return { ...row, text, edited: time };
}
