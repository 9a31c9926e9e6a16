import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { follow, type Follow, followFromStart, type FollowEvent } from "./follow.ts";
import type { Gap } from "./gaps.ts";
import type { ChatHost, Part } from "./host.ts";
import { fewAtATime } from "./few-at-a-time.ts";
import { createLate } from "./late.ts";
import { createLateTool } from "./late-part.ts";
import { keyOf } from "./message-key.ts";
import type { RowLook } from "./look.ts";
import { createRowsAtEnd } from "./rows-at-end.ts";
import { isOwn, messageRow } from "./message-row.ts";
import { freezeKey, type RowWatcher, watchRows } from "./row-focus.ts";
import type { ScrollBack } from "./scroll-back.ts";
import { type Item, itemsOf } from "./timeline.ts";

/**
 * The rows of what was said: never more than `rowsMax`, however long one reads. The end is followed until the person looks
 * at something older; then nothing moves under their eyes, and what is new is counted.
 */
export type MessageList = Part & {
  /** After the rows have changed: the end stays in sight, or what was in sight stays where it is. */
  painted(): void;
  /** Has the page laid out, with the end in sight where it is followed. */
  layOut(): void;
  /** Something was said, by somebody else or by this person. */
  heard(message: Shown): void;
  replaced(): void;
  jumpTo(message: EntryId): void;
  toEnd(): void;
  pause(): void;
  focus(): void;
  /** The room was left: what was read of it is gone. */
  left(): void;
  hostConnected(): void;
  hostDisconnected(): void;
  readonly following: boolean;
  /** False where the next painting has more rows to add. */
  readonly isAll: boolean;
  /** What was said before the room's own list begins, as far as it is loaded. */
  readonly older: readonly Shown[];
};

export const rowsMax = 200;
const readBackWithinMs = 2_000;
/** A room is entered with so many messages; where there are fewer, there are no more. */
const viewMessages = 100;
/** Until what was fetched has its place. */
const settleMs = 300;

export function createMessageList(host: ChatHost, look: () => RowLook): MessageList {
  let scroller: HTMLElement | null = null;
  let state: Follow = followFromStart;
  /** The first row while the list stands still and the code for reading back is not there yet. */
  let first: string | null = null;
  let back: ScrollBack | null = null;
  /** Whose buttons are shown: the row under the pointer, or the one with the focus. */
  let active: string | null = null;
  let flash: string | null = null;
  let scrollingTo: number | null = null;
  /** The list is to be at its end again with the next painting. */
  let returns = true;
  let leave = new AbortController();
  const end = createRowsAtEnd(rowsMax);
  /** The rows at the end that are there, and whether they are all that are wanted. */
  let drawn: ReadonlySet<string> = new Set();
  let isAll = true;
  /** Older messages are being fetched for a list that had no room to scroll. */
  let peeking = false;
  /** Of what the room holds, what was to be seen at the last painting. */
  let messages: readonly Shown[] = [];
  let rows: RowWatcher | null = null;
  const readingBack = createLate(() => import("./scroll-back.ts"));
  const rowTools = createLateTool(host, async () => {
    const { createRowTools, rowToolsStyles } = await import("./row-tools.ts");
    return { part: createRowTools(host), styles: rowToolsStyles };
  });

  function tell(event: FollowEvent): void {
    const before = state;
    state = follow(state, event);
    if (state === before) return;
    if (before.mode === "following" && state.mode !== "following") void standStill();
    if (state.mode === "following") goOn();
    host.repaint();
  }

  async function standStill(): Promise<void> {
    const node = scroller;
    first = rowsIn(node)[0]?.dataset["key"] ?? null;
    const loaded = readingBack.now ?? (await readingBack.load());
    const { model } = host;
    if (loaded === null || node === null || model === null) return;
    if (state.mode === "following" || back !== null) return;
    const changed = () => host.repaint();
    const moved = () => (scrollingTo = node.scrollTop);
    back = loaded.createScrollBack({ host, model, scroller: node, rowsMax, sieve, changed, moved });
    host.repaint();
  }

  function goOn(): void {
    drawn = new Set();
    back?.stop();
    back = null;
    first = null;
    flash = null;
    returns = true;
  }

  /** Of who is ignored nothing is shown, and of what is gone only what the room wants to be seen. */
  function sieve(): (message: Shown) => boolean {
    const { ignored, staff, model } = host;
    const gone = !staff && model?.room.settings?.removed === "gone";
    return ({ by, removed }) => (by === null || !ignored.has(by)) && (removed === null || !gone);
  }

  function atEnd(): Item[] {
    const { model } = host;
    if (model === null) return [];
    messages = host.beside?.messages() ?? model.room.messages;
    const shows = sieve();
    const from = first === null ? -1 : messages.findIndex((message) => keyOf(message) === first);
    if (from >= 0) return itemsOf(messages.slice(from).filter(shows).slice(0, rowsMax), model.gaps);
    const few = fewAtATime(messages, shows, end.ask(), drawn);
    drawn = new Set(few.messages.map(keyOf));
    isAll = few.isAll;
    return itemsOf(few.messages, model.gaps);
  }

  function onScroll(): void {
    const node = scroller;
    if (node === null || peeking) return;
    const { scrollTop, scrollHeight, clientHeight } = node;
    const byPerson = scrollingTo === null || Math.abs(scrollTop - scrollingTo) > 1;
    scrollingTo = null;
    tell({ e: "scrolled", distanceToEnd: scrollHeight - scrollTop - clientHeight, byPerson });
  }

  /** Names become buttons in the row that is pointed at; a finger points and presses at once. */
  function onClick({ target }: Event): void {
    const name = target instanceof Element ? target.closest("span.name") : null;
    const key = name?.closest<HTMLElement>("li")?.dataset["key"];
    const message = key === undefined ? undefined : known(key);
    if (message !== undefined && message.by !== null) host.openCard(message.by);
  }

  function known(key: string): Shown | undefined {
    const is = (message: Shown) => keyOf(message) === key;
    return host.model?.room.messages.findLast(is) ?? back?.kept.findLast(is);
  }

  function activate(key: string | null): void {
    const { now } = rowTools;
    if (key === active) return;
    if (now?.open === true) {
      if (scroller !== null && active !== null && rowOf(scroller, active) !== null) return;
      now.close();
    }
    active = key;
    void rowTools.load();
    host.repaint();
  }

  function render(): TemplateResult {
    const { words, model } = host;
    isAll = true;
    const { items, before, after } = back?.sight() ?? { items: atEnd(), before: 0, after: 0 };
    const isNew = model !== null && model.room.messages.length === 0 && model.room.position >= 0;
    const empty = isNew && items.length === 0;
    end.rows = items.length;
    return html`<div class="stream" part="stream">
      <div
        class="log"
        part="log"
        role="log"
        aria-live="off"
        aria-label=${words.list.label}
        tabindex="0"
        @click=${onClick}
        @scroll=${{ handleEvent: onScroll, passive: true }}
        @wheel=${{ handleEvent: turned, passive: true }}
        @pointerenter=${near}
        @pointerleave=${far}
        @focusin=${near}
        @focusout=${far}
      >
        ${empty ? html`<p class="empty">${host.closed === null ? words.list.empty : words.list.nothing}</p>` : nothing}
        <ol class="rows" role="list" .style=${`padding-block: ${before}px ${after}px`}>
          ${repeat(items, ({ key }) => key, row)}
        </ol>
      </div>
      ${older()}${below()}
    </div>`;
  }

  function row(item: Item): unknown {
    const { words, model, staff } = host;
    if ("gap" in item) return gapRow(host, item);
    if ("mark" in item) return html`<li class="gap" data-key=${item.key}>${words.list.beginning}</li>`;
    const { message, key } = item;
    const isActive = active === key;
    const tools = isActive ? rowTools.now : null;
    const seen = [message, words, look(), staff, model?.you, model?.connection.state, isActive];
    return guard(tools === null ? seen : [{}], () => messageRow(host, message, look(), tools));
  }

  /** Where the rows do not fill their box nobody could scroll to what is older. */
  function hasEarlier(): boolean {
    const { model } = host;
    if (back !== null || model === null || !end.roomLeft) return false;
    return messages.length > end.rows || messages.length >= viewMessages;
  }

  function near(): void {
    if (end.near) return;
    end.near = true;
    if (back === null) host.repaint();
  }

  function far(): void {
    end.near = false;
  }

  function turned({ deltaY }: WheelEvent): void {
    if (deltaY < 0 && hasEarlier()) void peek();
  }

  async function peek(): Promise<void> {
    if (peeking) return;
    peeking = true;
    tell({ e: "jumpToMessage" });
    if (back === null) await standStill();
    await back?.peek();
    setTimeout(() => (peeking = false), settleMs);
  }

  function older(): TemplateResult | typeof nothing {
    const { words } = host;
    if (hasEarlier())
      return html`<p class="older"><button type="button" @click=${peek}>${words.list.earlier}</button></p>`;
    if (back?.older === "loading") return html`<p class="older">${words.list.loadingOlder}</p>`;
    if (back?.older !== "failed") return nothing;
    return html`<p class="older">
      ${words.list.olderFailed} <button type="button" @click=${back.more}>${words.sending.tryAgain}</button>
    </p>`;
  }

  function below(): TemplateResult | typeof nothing {
    const { words } = host;
    const { mode, newCount, mentionCount } = state;
    /* At the end there is nothing below yet, and it would lie over what was said last. */
    if (mode === "following" || (mode !== "frozen" && newCount === 0 && !state.away)) return nothing;
    const standing = { paused: "", frozen: words.list.frozen, held: words.list.held }[mode];
    return html`<div class="below-list" part="newer">
      <button type="button" class="newer" @click=${toEnd}>
        ${newCount === 0 ? words.list.toLatest : words.list.newMessages(newCount)}
        ${mentionCount === 0 ? nothing : html`<strong>${words.list.mentions(mentionCount)}</strong>`}
      </button>
      ${standing === "" ? nothing : html`<span class="standing">${standing}</span>`}
    </div>`;
  }

  function painted(): void {
    if (scroller === null) watchSize();
    const node = scroller;
    if (node === null) return;
    if (back !== null) back.painted();
    else if (returns) followEnd(node);
    returns = false;
    rows?.check();
    const target = flash === null ? null : rowOf(node, flash);
    if (target === null) return;
    flash = null;
    target.focus({ preventScroll: true });
    target.animate?.([{ backgroundColor: "var(--flash)" }, {}], { duration: 1_500 });
  }

  /**
   * More rows, the keyboard of a phone, larger text: the end stays in sight. The observer tells when the layout is known, so
   * that no painting has to ask for it.
   */
  function watchSize(): void {
    scroller = host.renderRoot.querySelector<HTMLElement>(".log");
    const node = scroller;
    if (node === null) return;
    const observer = new ResizeObserver((entries) => {
      const { roomLeft } = end;
      for (const { target, contentRect } of entries)
        end.measured(target === node ? "box" : "rows", contentRect.height);
      if (back === null && (end.roomLeft !== roomLeft || end.isShort)) host.repaint();
      if (state.mode === "following") followEnd(node);
    });
    observer.observe(node);
    for (const inner of node.querySelectorAll(".rows")) observer.observe(inner);
    /* Whoever scrolls up is not to wait for it. */
    setTimeout(() => void readingBack.load(), readBackWithinMs);
  }

  function layOut(): void {
    if (scroller !== null && state.mode === "following") followEnd(scroller);
  }

  function followEnd(node: HTMLElement): void {
    node.scrollTop = node.scrollHeight;
    scrollingTo = node.scrollTop;
  }

  async function jumpTo(message: EntryId): Promise<void> {
    tell({ e: "jumpToMessage" });
    if (back === null) await standStill();
    flash = (await back?.show(message)) ?? null;
    if (flash === null) host.say(host.words.message.quoteGone);
    host.repaint();
  }

  function toEnd(): void {
    const { activeElement } = host.shadowRoot ?? {};
    if (activeElement instanceof HTMLElement && activeElement.closest(".log") !== null) focus();
    tell({ e: "actionsTouched", touched: false });
    tell({ e: "jumpToEnd" });
    host.repaint();
  }

  function focus(): void {
    scroller?.focus({ preventScroll: true });
  }

  return {
    get following() {
      return state.mode === "following";
    },
    get isAll() {
      return isAll;
    },
    get older() {
      return back?.kept ?? [];
    },
    render,
    painted,
    layOut,
    heard(message) {
      const you = host.model?.you ?? null;
      if (isOwn(host, message) || (message.by !== null && host.ignored.has(message.by))) return;
      tell({ e: "message", mentionsMe: you !== null && message.mentions.includes(you) });
    },
    replaced: () => tell({ e: "replaced" }),
    jumpTo: (message) => void jumpTo(message),
    toEnd,
    pause: () => tell({ e: "pausePressed" }),
    focus,
    hostConnected() {
      leave = new AbortController();
      const { signal } = leave;
      const key = (down: boolean) => (event: KeyboardEvent) => {
        if (event.key === freezeKey && (host.staff || !down)) tell({ e: "freezeKey", down });
      };
      window.addEventListener("keydown", key(true), { signal });
      window.addEventListener("keyup", key(false), { signal });
      window.addEventListener("blur", () => tell({ e: "freezeKey", down: false }), { signal });
      rows = watchRows(host, signal, {
        active: activate,
        touched: (touched) => tell({ e: "actionsTouched", touched }),
        toEnd,
      });
    },
    left() {
      goOn();
      state = followFromStart;
    },
    hostDisconnected: () => leave.abort(),
  };
}

function gapRow({ words }: ChatHost, { key, gap }: { key: string; gap: Gap }): TemplateResult {
  const missing = gap.to - gap.from + 1;
  return html`<li class="gap" data-key=${key}>
    ${gap.reason === "epoch" || missing < 1 ? words.list.fresh : words.list.missing(missing)}
  </li>`;
}

function rowsIn(node: HTMLElement | null): HTMLElement[] {
  return [...(node?.querySelectorAll<HTMLElement>("li[data-key]") ?? [])];
}

function rowOf(node: HTMLElement, key: string): HTMLElement | null {
  return node.querySelector<HTMLElement>(`li[data-key="${CSS.escape(key)}"]`);
}
