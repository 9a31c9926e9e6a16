import { html, nothing, type TemplateResult } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { follow, type Follow, followFromStart, type FollowEvent } from "./follow.ts";
import type { Gap } from "./gaps.ts";
import type { History } from "./history.ts";
import type { ChatHost, Part } from "./host.ts";
import { isOwn, keyOf, messageRow, type RowLook } from "./message-row.ts";

/**
 * The rows of what was said: never more than `rowsMax`, however long one reads. The end is followed until the person looks
 * at something older; then nothing moves under their eyes, and what is new is counted.
 */
export type MessageList = Part & {
  /** Before the rows change, and after: either the end stays in sight, or what was in sight stays where it is. */
  willPaint(): void;
  painted(): void;
  /** Something was said, by somebody else or by this person. */
  heard(message: Shown): void;
  replaced(): void;
  jumpTo(message: EntryId): void;
  toEnd(): void;
  hostConnected(): void;
  hostDisconnected(): void;
  readonly following: boolean;
};

export const rowsMax = 200;
const slideRows = 100;
const freezeKey = "Alt";

type Item = { key: string; gap: Gap } | { key: string; message: Shown };

export function createMessageList(
  host: ChatHost,
  look: () => RowLook,
  history: () => History | null,
): MessageList {
  const scroller = createRef<HTMLElement>();
  let state: Follow = followFromStart;
  /** The key of the first row while the end is not followed; null while it is. */
  let first: string | null = null;
  let open: string | null = null;
  let flash: string | null = null;
  let keep: { key: string; top: number } | null = null;
  let scrollingTo = -1;
  let leave = new AbortController();

  function tell(event: FollowEvent): void {
    const before = state;
    state = follow(state, event);
    if (state === before) return;
    if (before.mode === "following" && state.mode !== "following") first = firstShown();
    if (state.mode === "following") first = null;
    host.repaint();
  }

  function all(): readonly Shown[] {
    const messages = host.model?.room.messages ?? [];
    return first === null || history() === null ? messages : [...(history()?.messages ?? []), ...messages];
  }

  function items(): Item[] {
    const { model } = host;
    if (model === null) return [];
    const messages = all().filter(({ by }) => by === null || !host.ignored.has(by));
    const start = startOf(messages);
    const shown = messages.slice(start, start + rowsMax);
    const gaps = Map.groupBy(model.gaps, ({ before }) => before);
    const rows: Item[] = [];
    for (const message of shown) {
      const key = keyOf(message);
      for (const gap of gaps.get(key) ?? []) rows.push({ key: `gap ${gap.from}`, gap });
      rows.push({ key, message });
    }
    for (const gap of gaps.get(null) ?? []) rows.push({ key: `gap ${gap.from}`, gap });
    return rows;
  }

  function startOf(messages: readonly Shown[]): number {
    const last = Math.max(0, messages.length - rowsMax);
    if (first === null) return last;
    const at = messages.findIndex((message) => keyOf(message) === first);
    return at === -1 ? Math.min(last, 0) : at;
  }

  function firstShown(): string | null {
    const [row] = rowsIn(scroller.value);
    return row?.dataset["key"] ?? null;
  }

  function onScroll(): void {
    const node = scroller.value;
    if (node === undefined) return;
    const { scrollTop, scrollHeight, clientHeight } = node;
    const byPerson = Math.abs(scrollTop - scrollingTo) > 1;
    scrollingTo = -1;
    const newest = host.model?.room.messages.at(-1);
    const shownAll = newest === undefined || rowOf(node, keyOf(newest)) !== null;
    const distanceToEnd = shownAll ? scrollHeight - scrollTop - clientHeight : Infinity;
    tell({ e: "scrolled", distanceToEnd, byPerson });
    if (!byPerson || state.mode === "following") return;
    if (scrollTop < 64) slide(-slideRows);
    else if (!shownAll && scrollHeight - scrollTop - clientHeight < 64) slide(slideRows);
  }

  function slide(rows: number): void {
    const messages = all();
    const start = startOf(messages);
    if (start === 0 && rows < 0) {
      const oldest = host.model?.room.messages.find(({ seq }) => seq !== null)?.seq ?? null;
      if (oldest !== null && oldest > 1) void history()?.older(oldest);
      return;
    }
    const next = Math.max(0, Math.min(start + rows, messages.length - rowsMax));
    if (next === start) return;
    const at = messages[next];
    first = at === undefined ? first : keyOf(at);
    host.repaint();
  }

  return {
    get following() {
      return state.mode === "following";
    },
    render() {
      const { words, model } = host;
      const rows = items();
      const empty = model !== null && rows.length === 0 && model.room.position >= 0;
      return html`<div class="stream">
        <div
          class="log"
          part="log"
          role="log"
          aria-live="off"
          aria-label=${words.list.label}
          tabindex="0"
          ${ref(scroller)}
          @scroll=${{ handleEvent: onScroll, passive: true }}
          @pointerover=${(event: Event) => tell({ e: "actionsTouched", touched: restsOnAction(event) })}
          @pointerleave=${() => tell({ e: "actionsTouched", touched: false })}
        >
          ${empty ? html`<p class="empty">${words.list.empty}</p>` : nothing}${older()}
          <ol class="rows">
            ${repeat(
              rows,
              ({ key }) => key,
              (item) => ("gap" in item ? gapRow(host, item.gap) : row(item.message)),
            )}
          </ol>
        </div>
        ${below()}
      </div>`;
    },
    willPaint() {
      if (state.mode === "following") return;
      const node = scroller.value;
      const inSight = node === undefined ? undefined : rowsIn(node).find((row) => isInSight(node, row));
      keep =
        inSight === undefined
          ? null
          : { key: inSight.dataset["key"] ?? "", top: inSight.getBoundingClientRect().top };
    },
    painted() {
      const node = scroller.value;
      if (node === undefined) return;
      if (state.mode === "following") return scrollTo(node, node.scrollHeight);
      const kept = keep === null ? null : rowOf(node, keep.key);
      if (kept !== null && keep !== null) {
        const moved = kept.getBoundingClientRect().top - keep.top;
        if (Math.abs(moved) > 0.5) scrollTo(node, node.scrollTop + moved);
      }
      keep = null;
      if (flash === null) return;
      const target = rowOf(node, flash);
      flash = null;
      target?.scrollIntoView({ block: "center" });
      target?.focus({ preventScroll: true });
    },
    heard(message) {
      const you = host.model?.you ?? null;
      if (isOwn(host, message)) return;
      tell({ e: "message", mentionsMe: you !== null && message.mentions.includes(you) });
    },
    replaced: () => tell({ e: "replaced" }),
    jumpTo(message) {
      const messages = all();
      const at = messages.findIndex(({ id }) => id === message);
      const target = messages[at];
      if (target === undefined) return;
      tell({ e: "jumpToMessage" });
      const start = startOf(messages);
      if (at < start || at >= start + rowsMax) {
        const next = messages[Math.max(0, at - slideRows)];
        first = next === undefined ? first : keyOf(next);
      }
      flash = keyOf(target);
      host.repaint();
    },
    toEnd() {
      tell({ e: "jumpToEnd" });
      host.repaint();
    },
    hostConnected() {
      leave = new AbortController();
      const { signal } = leave;
      const key = (down: boolean) => (event: KeyboardEvent) => {
        if (event.key === freezeKey && host.staff) tell({ e: "freezeKey", down });
      };
      window.addEventListener("keydown", key(true), { signal });
      window.addEventListener("keyup", key(false), { signal });
      window.addEventListener("blur", () => tell({ e: "freezeKey", down: false }), { signal });
    },
    hostDisconnected: () => leave.abort(),
  };

  /** What stands above the oldest row while one reads back. */
  function older(): TemplateResult | typeof nothing {
    const { words } = host;
    const state = first === null ? null : (history()?.state ?? null);
    if (state === "loading") return html`<p class="older">${words.list.loadingOlder}</p>`;
    if (state === "failed") return html`<p class="older">${words.list.olderFailed}</p>`;
    return state === "beginning" ? html`<p class="older">${words.list.beginning}</p>` : nothing;
  }

  function row(message: Shown): TemplateResult {
    const key = keyOf(message);
    return messageRow(host, message, look(), {
      open: open === key,
      onToggle() {
        open = open === key ? null : key;
        host.repaint();
      },
    });
  }

  function below(): TemplateResult | typeof nothing {
    const { words } = host;
    const { mode, newCount, mentionCount } = state;
    if (mode === "following") return nothing;
    const standing = { paused: words.list.paused, frozen: words.list.frozen, held: words.list.held }[mode];
    return html`<div class="below-list" part="newer">
      <button type="button" class="newer" @click=${() => tell({ e: "jumpToEnd" })}>
        ${newCount === 0 ? words.list.toLatest : words.list.newMessages(newCount)}
        ${mentionCount === 0 ? nothing : html`<strong>${words.list.mentions(mentionCount)}</strong>`}
      </button>
      <span class="standing">${standing}</span>
    </div>`;
  }

  function scrollTo(node: HTMLElement, top: number): void {
    node.scrollTop = top;
    scrollingTo = node.scrollTop;
  }
}

function gapRow({ words }: ChatHost, gap: Gap): TemplateResult {
  const missing = gap.to - gap.from + 1;
  return html`<li class="gap" data-key=${`gap ${gap.from}`}>
    ${gap.reason === "epoch" || missing < 1 ? words.list.fresh : words.list.missing(missing)}
  </li>`;
}

function rowsIn(node: HTMLElement | undefined): HTMLElement[] {
  return [...(node?.querySelectorAll<HTMLElement>("li[data-key]") ?? [])];
}

function rowOf(node: HTMLElement, key: string): HTMLElement | null {
  return node.querySelector<HTMLElement>(`li[data-key="${CSS.escape(key)}"]`);
}

function isInSight(node: HTMLElement, row: HTMLElement): boolean {
  return row.getBoundingClientRect().bottom > node.getBoundingClientRect().top;
}

function restsOnAction({ target }: Event): boolean {
  return target instanceof Element && target.closest(".actions") !== null;
}
