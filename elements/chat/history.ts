import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { EntryId, Seq } from "@chorus/protocol/ids.ts";
import type { Removal, Shown } from "@chorus/sdk/client.ts";
import { nothingLeft, shownOf, wiped } from "@chorus/sdk/list.ts";
import { keyOf } from "./message-key.ts";

/** A page of the room's history, as `GET /v1/rooms/:room/history` answers. */
export type HistoryPage = {
  readonly epoch: string;
  readonly oldest: number;
  readonly entries: readonly (EntryBody & { readonly seq: Seq })[];
};

/**
 * What was said before the room's own list begins: loaded a page at a time as the person scrolls back, up to `historyMax`
 * messages.
 */
export type History = {
  /** Oldest first. */
  readonly messages: readonly Shown[];
  /** How many messages have left the room's list and found no place here. They stand between the two. */
  readonly leftOut: number;
  readonly state: "ready" | "loading" | "failed" | "beginning" | "full";
  /** Loads the page before what is known, or before `before` when nothing is known yet; one at a time. */
  older(before: number): Promise<void>;
  /** Takes in what has left the room's list since it was last shown here, so that no row goes while somebody reads it. */
  keep(list: readonly Shown[]): void;
  /** A removal that is heard now counts for what was loaded too, and for its quotes. */
  removed(id: EntryId, removal: Removal): void;
  restored(message: Shown): void;
  edited(id: EntryId, text: string, edited: Shown["edited"]): void;
  forget(): void;
};

export const historyMax = 10_000;

/** What became of a message. Undefined where nothing has been decided; a null removal was taken back. */
type Fate = { removal?: Removal | null; text?: string; edited?: Shown["edited"] };

/** @param load answers null when there is nothing to be had now. @param changed is called when there is something else to paint. */
export function createHistory(
  load: (before: number) => Promise<HistoryPage | null>,
  changed: () => void,
): History {
  let messages: readonly Shown[] = [];
  let state: History["state"] = "ready";
  let before: number | null = null;
  let epoch: string | null = null;
  let life = 0;
  let list: readonly Shown[] = [];
  let leftOut = 0;
  let loading: Promise<void> | null = null;
  /** What later pages said of messages that earlier ones hold. */
  const fates = new Map<EntryId, Fate>();

  function older(from: number): Promise<void> {
    if (state === "beginning" || state === "full") return Promise.resolve();
    return (loading ??= loadOlder(from).finally(() => (loading = null)));
  }

  async function loadOlder(from: number): Promise<void> {
    state = "loading";
    changed();
    const own = life;
    const oldest = messages.find(({ seq }) => seq !== null)?.seq ?? from;
    const page = await load(Math.min(oldest, before ?? oldest)).catch(() => null);
    if (own !== life) return;
    if (page === null || (epoch !== null && page.epoch !== epoch)) {
      state = "failed";
      return changed();
    }
    epoch = page.epoch;
    take(page);
    changed();
  }

  function take(page: HistoryPage): void {
    const [first] = page.entries;
    for (const entry of page.entries.toReversed()) decide(entry);
    const known = new Set(messages.map(({ id }) => id));
    const added = page.entries.flatMap((entry) => rowOf(entry) ?? []).filter(({ id }) => !known.has(id));
    messages = [...added, ...messages];
    before = first?.seq ?? before;
    if (first === undefined || first.seq <= page.oldest) state = "beginning";
    else state = messages.length >= historyMax ? "full" : "ready";
  }

  /** From the newest to the oldest, so that of several decisions the last one stands: it is met first. */
  function decide(entry: EntryBody): void {
    if (entry.k === "removed") {
      const removal = { by: entry.by, why: entry.why ?? null };
      for (const id of entry.of) fates.set(id, { removal, ...fates.get(id) });
    } else if (entry.k === "restored") {
      const { id, text, edited } = entry.message;
      fates.set(id, { removal: null, text, edited: edited ?? null, ...fates.get(id) });
    } else if (entry.k === "edited") {
      fates.set(entry.of, { text: entry.text, edited: entry.time, ...fates.get(entry.of) });
    }
  }

  function rowOf(entry: EntryBody & { readonly seq: Seq }): Shown | null {
    if (entry.k === "tombstone")
      return nothingLeft(entry, entry.seq, { by: entry.by, why: entry.why ?? null });
    return entry.k === "message" ? decided(shownOf(entry, entry.seq, null)) : null;
  }

  function decided(message: Shown): Shown {
    const { removal = null, text, edited = null } = (message.id !== null && fates.get(message.id)) || {};
    const row = withoutQuote(message);
    if (removal !== null) return wiped(row, removal);
    return text === undefined ? row : { ...row, text, edited };
  }

  function withoutQuote(row: Shown): Shown {
    const { reply } = row;
    const gone = reply !== null && (fates.get(reply.id)?.removal ?? null) !== null;
    return gone ? { ...row, reply: { ...reply, quote: "" } } : row;
  }

  function keep(next: readonly Shown[]): void {
    const gone = goneFrom(list, next).filter(({ seq }) => seq !== null);
    list = [...next];
    if (gone.length === 0) return;
    if (leftOut > 0 || messages.length + gone.length > historyMax) leftOut += gone.length;
    else messages = [...messages, ...gone.map(decided)];
  }

  /** Most of what is decided is about something else: then the list is the same as before. */
  function change(id: EntryId, to: (row: Shown) => Shown): void {
    if (messages.some((row) => row.id === id || row.reply?.id === id)) messages = messages.map(to);
  }

  function settle(id: EntryId, fate: Fate): void {
    fates.delete(id);
    fates.set(id, fate);
    const [oldest] = fates.keys();
    if (fates.size > historyMax && oldest !== undefined) fates.delete(oldest);
  }

  return {
    get messages() {
      return messages;
    },
    get leftOut() {
      return leftOut;
    },
    keep,
    get state() {
      return state;
    },
    older,
    removed(id, removal) {
      settle(id, { ...fates.get(id), removal });
      change(id, (row) => (row.id === id ? wiped(row, removal) : withoutQuote(row)));
    },
    restored(message) {
      const { id } = message;
      if (id === null) return;
      settle(id, { ...fates.get(id), removal: null });
      change(id, (row) => (row.id === id ? { ...message, seq: row.seq } : row));
    },
    edited(id, text, edited) {
      settle(id, { ...fates.get(id), text, edited });
      change(id, (row) => (row.id === id ? withText(row, text, edited) : row));
    },
    forget() {
      life += 1;
      loading = null;
      list = [];
      leftOut = 0;
      messages = [];
      state = "ready";
      before = null;
      epoch = null;
      fates.clear();
    },
  };
}

/** What stood in a list before its first row of now. A list that has none of those rows is another one. */
function goneFrom(before: readonly Shown[], now: readonly Shown[]): readonly Shown[] {
  const [first] = before;
  if (first === undefined || (now[0] !== undefined && keyOf(now[0]) === keyOf(first))) return [];
  const places = new Map(before.map((row, place) => [keyOf(row), place]));
  const known = now.find((row) => places.has(keyOf(row)));
  return known === undefined ? before : before.slice(0, places.get(keyOf(known)));
}

function withText(row: Shown, text: string, edited: Shown["edited"]): Shown {
  return row.removed === null ? { ...row, text, edited } : row;
}
