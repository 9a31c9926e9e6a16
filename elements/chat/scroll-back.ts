import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { Gap } from "./gaps.ts";
import { createHistory, type History } from "./history.ts";
import { loadPage, pageEntries } from "./history-page.ts";
import type { ChatHost } from "./host.ts";
import { keyOf } from "./message-key.ts";
import type { Model } from "./model.ts";
import { type Item, itemsOf } from "./timeline.ts";

/** Which rows have to be there, and how high, in CSS pixels, what is not there stands before and behind them. */
export type Sight = { readonly items: readonly Item[]; readonly before: number; readonly after: number };

/**
 * The list while somebody reads what is older than the newest: all that was said, of which the rows in sight are drawn, and
 * which stays where it is under the eyes whatever comes before or behind it. Its measures are a well-known library's.
 */
export type ScrollBack = {
  readonly older: History["state"];
  /** What is read and not in the room's own list. */
  readonly kept: readonly Shown[];
  /** Loads what is older, and once more what could not be loaded. */
  more(): void;
  /** Loads what is older and brings some of it into sight. */
  peek(): Promise<void>;
  sight(): Sight;
  /** After the rows were drawn: those that are new are measured. */
  painted(): void;
  /** Brings a message into the middle, loading what is older for a while. @returns its row's key; null where it is not found. */
  show(message: EntryId): Promise<string | null>;
  stop(): void;
};

export type ScrollBackOptions = {
  host: ChatHost;
  model: Model;
  scroller: HTMLElement;
  rowsMax: number;
  /** What is shown now, and what is not. */
  sieve(): (message: Shown) => boolean;
  changed(): void;
  /** It was scrolled, and not by the person. */
  moved(): void;
};

const overscanRows = 20;
const moreFromRow = 30;
const searchPagesMax = 10;

export function createScrollBack(options: ScrollBackOptions): ScrollBack {
  const { host, model, scroller, sieve, changed } = options;
  const history = createHistory((before) => loadPage(host, model.room.id, { before }), loaded);
  const leave = follow(model, history);
  const measured = measuredFrom(scroller);
  const estimate = average(measured.map(({ size }) => size));
  /** At first the rows that are there, which so keep their place when all the others come before them. */
  let items: readonly { key: string }[] = measured.map(({ key }) => ({ key: String(key) }));
  const constant: Omit<Settings, "count"> = {
    getScrollElement: () => scroller,
    estimateSize: () => estimate,
    getItemKey: (index) => items[index]?.key ?? index,
    scrollToFn(offset, how, instance) {
      elementScroll(offset, how, instance);
      options.moved();
    },
    observeElementRect,
    observeElementOffset,
    onChange: changed,
    measureElement: (row, entry) => entry?.borderBoxSize[0]?.blockSize ?? row.getBoundingClientRect().height,
    overscan: overscanRows,
    anchorTo: "end",
    initialOffset: () => scroller.scrollTop,
    initialMeasurementsCache: measured,
  };
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(settings());
  const unmount = virtualizer._didMount();
  virtualizer._willUpdate();

  let made: { of: readonly unknown[]; items: readonly Item[] } | null = null;

  /** Made again only when something is different: it is asked for with every frame that one scrolls. */
  function itemsNow(): readonly Item[] {
    history.keep(model.room.messages);
    const of = [
      current(),
      model.version,
      model.gaps,
      history.messages,
      history.state,
      host.ignored,
      host.staff,
    ];
    if (made !== null && made.of.every((one, at) => one === of[at])) return made.items;
    const shown = itemsOf(messages(), gaps());
    const items: readonly Item[] =
      history.state === "beginning" ? [{ key: "beginning", mark: "beginning" }, ...shown] : shown;
    made = { of, items };
    return items;
  }

  /** Of what the room holds, what is to be seen at this moment. */
  function current(): readonly Shown[] {
    return host.beside?.messages() ?? model.room.messages;
  }

  function loaded(): void {
    for (const message of history.messages.slice(0, pageEntries)) model.people.recall(message);
    changed();
  }

  function gaps(): readonly Gap[] {
    const [next] = model.room.messages;
    if (history.leftOut === 0 || next === undefined) return model.gaps;
    return [...model.gaps, { from: 1, to: history.leftOut, reason: "lost", before: keyOf(next) }];
  }

  function* messages(): Iterable<Shown> {
    const shows = sieve();
    const told = new Set(history.messages.map(({ id }) => id));
    const { beside } = host;
    for (const message of history.messages)
      if (shows(message) && beside?.isDue(message) !== false) yield message;
    const since = history.messages[0]?.time ?? -Infinity;
    /* What is restored stands in both, or will when it is read. */
    for (const message of current()) {
      const { id, seq, time } = message;
      const isBefore = id !== null && (told.has(id) || (seq === null && time < since));
      if (!isBefore && shows(message)) yield message;
    }
  }

  function settings(): Settings {
    return { ...constant, count: items.length };
  }

  function sight(): Sight {
    const all = itemsNow();
    items = all;
    virtualizer.setOptions(settings());
    const drawn = virtualizer.getVirtualItems().slice(0, options.rowsMax);
    const [first] = drawn;
    const last = drawn.at(-1);
    /* Of whole pages nothing may be shown: then the next one is wanted at once. */
    const isNearTop = all.length === 0 || (first !== undefined && first.index < moreFromRow);
    if (isNearTop && history.state === "ready") void history.older(oldestSeq());
    if (first === undefined || last === undefined) return { items: [], before: 0, after: 0 };
    return {
      items: all.slice(first.index, last.index + 1),
      before: first.start,
      after: Math.max(0, virtualizer.getTotalSize() - last.end),
    };
  }

  /** Of a picture that was put back, by what is held of that moment. */
  function oldestSeq(): number {
    return current().find(({ seq }) => seq !== null)?.seq ?? 0;
  }

  function painted(): void {
    virtualizer._willUpdate();
    const from = virtualizer.getVirtualItems()[0]?.index ?? 0;
    scroller.querySelectorAll<HTMLElement>("li[data-key]").forEach((row, nth) => {
      const index = String(from + nth);
      if (row.dataset["index"] !== index) row.dataset["index"] = index;
      virtualizer.measureElement(row);
    });
    virtualizer.measureElement(null);
  }

  async function show(message: EntryId): Promise<string | null> {
    for (let page = 0; page <= searchPagesMax; page++) {
      const all = itemsNow();
      const index = all.findIndex((item) => "message" in item && item.message.id === message);
      if (index >= 0) {
        items = all;
        virtualizer.setOptions(settings());
        virtualizer.scrollToIndex(index, { align: "center" });
        changed();
        return items[index]?.key ?? null;
      }
      if (isAll(history)) return null;
      await history.older(oldestSeq());
      if (history.state === "failed") return null;
    }
    return null;
  }

  return {
    get older() {
      return history.state;
    },
    get kept() {
      return history.messages;
    },
    more: () => void history.older(oldestSeq()),
    async peek() {
      await history.older(oldestSeq());
      items = itemsNow();
      virtualizer.setOptions(settings());
      virtualizer.scrollBy(-0.8 * scroller.clientHeight);
      changed();
    },
    sight,
    painted,
    show,
    stop() {
      leave();
      unmount();
    },
  };
}

/** What is decided on messages that the room's own list has no more. */
function follow({ room }: Model, history: History): () => void {
  const ends = [
    room.on("removed", ({ id, removal }) => history.removed(id, removal)),
    room.on("restored", (message) => history.restored(message)),
    room.on("edited", ({ id, text, edited }) => history.edited(id, text, edited)),
    room.on("gap", ({ reason }) => reason === "epoch" && history.forget()),
  ];
  return () => {
    for (const end of ends) end();
  };
}

type Settings = VirtualizerOptions<HTMLElement, HTMLElement>;
type Measured = NonNullable<Settings["initialMeasurementsCache"]>;

/** The rows that are there already, as they are: nothing moves when reading begins. */
function measuredFrom(scroller: HTMLElement): Measured {
  let start = 0;
  return [...scroller.querySelectorAll<HTMLElement>("li[data-key]")].map((row, index) => {
    const size = row.getBoundingClientRect().height;
    const item = { key: row.dataset["key"] ?? index, index, start, size, end: start + size, lane: 0 };
    start += size;
    return item;
  });
}

function isAll({ state }: History): boolean {
  return state === "beginning" || state === "full";
}

function average(sizes: readonly number[]): number {
  return sizes.length === 0 ? 32 : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}
