import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { EntryId, Seq } from "@chorus/protocol/ids.ts";
import type { Removal, Shown } from "@chorus/sdk/client.ts";
import { nothingLeft, shownOf, wiped } from "@chorus/sdk/list.ts";
import { pageEntries } from "./history-page.ts";
import type { HistoryPage } from "./history.ts";

/**
 * What was said around the moment of a picture that was put back to where the room's own list does not reach: a page that ends with
 * that moment, and then one after the other as the picture plays on.
 */
export type Replay = {
  /** Oldest first; nothing until the first page is there. What is missing for that moment is asked for, and told when it came. */
  around(wall: number): readonly Shown[];
  /** What is decided now counts for what was said then, and for its quotes. */
  removed(id: EntryId, removal: Removal): void;
  edited(id: EntryId, text: string, edited: Shown["edited"]): void;
};

/** The page that ends with what was said by then, or the page behind an entry. */
export type ReplayPlace = { readonly at: number } | { readonly after: number };

export const replayMessagesMax = 500;
/** Asked for so long before it is needed. Who spoke of a moment did so up to so long after it. */
const aheadMs = 20_000;
/** Where so many are said in less time, less is asked for. */
const aheadMessages = 200;
const retryMs = 2_000;
/** Near the end, what is new is asked for so often. */
const newMs = 5_000;

/** @param load answers null when there is nothing to be had now. @param changed is called when there is something else to show. */
export function createReplay(
  load: (place: ReplayPlace) => Promise<HistoryPage | null>,
  now: () => number,
  changed: () => void,
): Replay {
  let messages: readonly Shown[] = [];
  /** What was said between these is here; whether that was all there was then. */
  let held: { from: number; to: number; last: number; isAll: boolean } | null = null;
  let loading = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  const removals = new Map<EntryId, Removal>();

  function around(wall: number): readonly Shown[] {
    const isHeld = held !== null && wall >= held.from && wall <= held.to + aheadMs;
    if (!(isHeld && isEnough(wall)) && !loading && now() - failedAt > retryMs) void fetchFor(wall, isHeld);
    return isHeld ? messages : [];
  }

  function isEnough(wall: number): boolean {
    if (held === null) return false;
    if (held.isAll && now() - held.to < newMs) return true;
    return wall + aheadMs <= held.to || messages.filter(({ time }) => time > wall).length >= aheadMessages;
  }

  async function fetchFor(wall: number, goesOn: boolean): Promise<void> {
    loading = true;
    const askedAt = now();
    const after = goesOn && held !== null ? held.last : null;
    const place = after === null ? { at: wall } : { after };
    const page = await load(place).catch(() => null);
    loading = false;
    if (page === null) failedAt = now();
    else if (after === null) begin(page, wall, askedAt);
    else goOn(page, askedAt);
    changed();
  }

  function begin({ entries, oldest }: HistoryPage, until: number, askedAt: number): void {
    const [first] = entries;
    const from = first === undefined || first.seq <= oldest ? 0 : Math.min(first.time, until);
    const last = entries.at(-1)?.seq ?? Math.max(0, oldest - 1);
    messages = [];
    held = { from, to: Math.min(until, askedAt), last, isAll: askedAt < until };
    take(entries);
  }

  function goOn({ entries }: HistoryPage, askedAt: number): void {
    const last = entries.at(-1);
    if (held === null) return;
    const isAll = entries.length < pageEntries;
    const to = isAll ? askedAt : (last?.time ?? askedAt);
    held = { from: held.from, to, last: last?.seq ?? held.last, isAll };
    take(entries);
  }

  function take(entries: HistoryPage["entries"]): void {
    const known = new Set(messages.map(({ id }) => id));
    const rows = entries.flatMap((entry) => rowOf(entry) ?? []).filter(({ id }) => !known.has(id));
    const all = [...messages, ...rows];
    messages = all.slice(-replayMessagesMax);
    const [first] = messages;
    if (held !== null && all.length > messages.length && first !== undefined)
      held = { ...held, from: first.time };
    for (const entry of entries) decide(entry);
  }

  /** The public reads what is left of a removed message in its place; staff reads it, and that it was removed. */
  function decide(entry: EntryBody): void {
    if (entry.k === "removed")
      for (const id of entry.of) removed(id, { by: entry.by, why: entry.why ?? null });
    if (entry.k === "restored") removals.delete(entry.message.id);
    if (entry.k === "edited") edited(entry.of, entry.text, entry.time);
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
    change(id, (row) => (row.id === id ? wiped(row, removal) : unquoted(row)));
  }

  /** A page has messages as they are now, and behind them each change that led there: an older one counts no more. */
  function edited(id: EntryId, text: string, at: Shown["edited"]): void {
    const isNewer = (row: Shown) => row.id === id && row.removed === null && (row.edited ?? 0) < (at ?? 0);
    change(id, (row) => (isNewer(row) ? { ...row, text, edited: at } : row));
  }

  /** Most of what is decided is about something else: then the list is the same as before. */
  function change(id: EntryId, to: (row: Shown) => Shown): void {
    if (messages.some(({ id: its, reply }) => its === id || reply?.id === id))
      messages = messages.map((row) => (row.id === id || row.reply?.id === id ? to(row) : row));
  }

  return { around, removed, edited };
}

function unquoted(row: Shown): Shown {
  return row.reply === null ? row : { ...row, reply: { ...row.reply, quote: "" } };
}
