import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { store, stored } from "@chorus/sdk/browser.ts";
import { cellMovedTo, rowsOf } from "./emoji-grid.ts";
import { createRecents } from "./emoji-search.ts";
import {
  type Cell,
  cellsIn,
  hands,
  loadEmoji,
  type LoadedEmoji,
  signOf,
  type Tab,
  tabsOf,
  toneOf,
} from "./emoji-shelf.ts";
import type { ChatHost, Part } from "./host.ts";
import { movedTo } from "./moved-to.ts";
import { pageStorage } from "./storage.ts";

export { emojiPickerStyles } from "./emoji-picker-styles.ts";

/** A dialog above the composer with all emoji, which are loaded when it is first opened. */

export type EmojiPicker = Part & { readonly open: boolean; toggle(): void; close(): void };

export type EmojiPickerEvents = {
  /** `stays` where more are to follow: Shift was held. */
  picked(emoji: string, stays: boolean): void;
  /** By its own key: the focus goes back to what opened it. */
  dismissed(): void;
};

const toneKey = "chorus:tone";

export function createEmojiPicker(host: ChatHost, { picked, dismissed }: EmojiPickerEvents): EmojiPicker {
  const storage = pageStorage();
  const recents = createRecents(storage);
  let open: AbortController | null = null;
  let set: LoadedEmoji | "loading" | "failed" = "loading";
  let query = "";
  let tab: Tab = "recent";
  let tone = toneOf(stored(storage, toneKey));
  let active = 0;
  let cells: readonly Cell[] = [];
  let wanted: string | null = null;
  host.addController({ hostUpdated: focusWanted, hostDisconnected: () => open !== null && close() });

  function toggle(): void {
    if (open !== null) return close();
    open = new AbortController();
    document.addEventListener("pointerdown", pressedOutside, { signal: open.signal });
    query = "";
    /* A search field would call the keyboard over half of a phone. */
    wanted = matchMedia("(pointer: coarse)").matches ? ".picker" : ".picker-search";
    turn("recent");
    if (typeof set === "string") void load();
    else if (recents.list().length === 0) turn("smileys-emotion");
  }

  function close(): void {
    open?.abort();
    open = null;
    wanted = null;
    cells = [];
    host.repaint();
  }

  async function load(): Promise<void> {
    set = "loading";
    try {
      set = await loadEmoji();
      if (tab === "recent" && recents.list().length === 0) tab = "smileys-emotion";
    } catch {
      set = "failed";
    }
    show();
  }

  function turn(next: Tab): void {
    tab = next;
    show();
  }

  /** The cells are made when something else is to be in them, not at each painting. */
  function show(): void {
    active = 0;
    cells =
      open === null || typeof set === "string"
        ? []
        : cellsIn(set, { query, tab, tone, recents: recents.list() });
    host.repaint();
  }

  function pick(index: number, stays: boolean): void {
    const cell = cells[index];
    if (cell === undefined) return;
    recents.add(cell.emoji);
    if (!stays) close();
    picked(cell.emoji, stays);
  }

  function pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
      dismissed();
      return;
    }
    const target = event.target instanceof Element ? event.target : null;
    if (target?.matches(".picker-search") === true) searchPressed(event);
    else if (target?.matches(".picker-cell") === true) cellPressed(event);
    else if (target?.matches(".picker-tab") === true) tabPressed(event);
  }

  function searchPressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    if (event.key === "Enter") pick(0, event.shiftKey);
    else focusCell(0);
  }

  function cellPressed(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pick(active, event.shiftKey);
      return;
    }
    if (event.altKey || event.metaKey) return;
    const to = cellMovedTo(event.key, active, cells.length, host.words.dir === "rtl", event.ctrlKey);
    if (to === null) return;
    event.preventDefault();
    if (to < 0) focusOn(".picker-search");
    else focusCell(to);
  }

  function tabPressed(event: KeyboardEvent): void {
    if (typeof set === "string") return;
    const tabs = tabsOf(set);
    const to = movedTo(event.key, tabs.indexOf(tab), tabs.length, host.words.dir === "rtl");
    const next = to === null ? undefined : tabs[to];
    if (next === undefined) return;
    event.preventDefault();
    wanted = `.picker-tab[data-tab="${next}"]`;
    turn(next);
  }

  function focusCell(index: number): void {
    active = index;
    focusOn(`.picker-cell[data-index="${index}"]`);
    host.repaint();
  }

  function focusOn(selector: string): boolean {
    const found = host.renderRoot.querySelector<HTMLElement>(selector);
    found?.focus();
    return found !== null;
  }

  function focusWanted(): void {
    if (wanted !== null && focusOn(wanted)) wanted = null;
  }

  function pressedOutside(event: Event): void {
    const inside = event
      .composedPath()
      .some((one) => one instanceof Element && one.matches(".picker, .picker-opener"));
    if (!inside) close();
  }

  /** Whoever tabs out of it is done with it. */
  function left(event: FocusEvent): void {
    const { currentTarget: dialog, relatedTarget: to } = event;
    if (!(to instanceof Element) || !(dialog instanceof Element)) return;
    if (!dialog.contains(to) && !to.matches(".picker-opener")) close();
  }

  function cellClicked(event: MouseEvent): void {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>(".picker-cell") : null;
    if (cell !== null) pick(Number(cell.dataset["index"]), event.shiftKey);
  }

  function searched({ currentTarget: field }: Event): void {
    if (!(field instanceof HTMLInputElement)) return;
    query = field.value;
    show();
  }

  function toned({ currentTarget: choice }: Event): void {
    if (!(choice instanceof HTMLSelectElement)) return;
    tone = toneOf(choice.selectedIndex);
    if (storage !== null) store(storage, toneKey, tone);
    show();
  }

  function render(): TemplateResult | typeof nothing {
    if (open === null) return nothing;
    const words = host.tools.picker;
    return html`<div
      class="picker"
      part="picker"
      role="dialog"
      aria-label=${words.title}
      tabindex="-1"
      @keydown=${pressed}
      @focusout=${left}
    >
      <div class="picker-head">
        <input
          class="picker-search"
          part="picker-search"
          type="search"
          autocomplete="off"
          enterkeyhint="done"
          aria-label=${words.search}
          placeholder=${words.search}
          @input=${searched}
        />
        <select class="picker-tone" aria-label=${words.tone} @change=${toned}>
          ${hands.map(
            (hand, index) => html`<option ?selected=${index === tone}>${hand} ${words.tones[index]}</option>`,
          )}
        </select>
      </div>
      ${typeof set === "string" ? progress(set) : shelf(set)}
      <div class="unseen" role="status">${foundWords()}</div>
    </div>`;
  }

  function progress(state: "loading" | "failed"): TemplateResult {
    const { sending } = host.words;
    const { picker } = host.tools;
    if (state === "loading") return html`<p class="picker-none" role="status">${picker.loading}</p>`;
    return html`<p class="picker-none" role="alert">
      ${picker.failed}
      <button type="button" @click=${again}>${sending.tryAgain}</button>
    </p>`;
  }

  function again(): void {
    wanted = ".picker";
    void load();
    host.repaint();
  }

  function shelf(loaded: LoadedEmoji): TemplateResult {
    const words = host.tools.picker;
    const searching = query.trim() !== "";
    const label = searching ? words.search : tabName(tab);
    return html`${searching ? nothing : tabList(loaded)}
      <div
        class="picker-shelf"
        id="picker-shelf"
        role=${searching ? "group" : "tabpanel"}
        aria-label=${label}
      >
        ${
          cells.length === 0
            ? html`<p class="picker-none">${words.none}</p>`
            : html`<div role="grid" aria-label=${label} @click=${cellClicked}>
                ${guard([cells, active], gridRows)}
              </div>`
        }
      </div>`;
  }

  function gridRows(): TemplateResult[] {
    let index = 0;
    return rowsOf(cells).map(
      (row) =>
        html`<div class="picker-row" role="row">
          ${row.map(({ emoji, name }) => cellAt(index++, emoji, name))}
        </div>`,
    );
  }

  function cellAt(index: number, emoji: string, name: string): TemplateResult {
    return html`<div
      class="picker-cell"
      part="picker-emoji"
      role="gridcell"
      data-index=${index}
      tabindex=${index === active ? 0 : -1}
      title=${name === "" ? nothing : `:${name}:`}
    >
      ${emoji}
    </div>`;
  }

  function tabList(loaded: LoadedEmoji): TemplateResult {
    return html`<div class="picker-tabs" role="tablist" aria-label=${host.tools.picker.title}>
      ${tabsOf(loaded).map(
        (one) =>
          html`<button
            type="button"
            class="picker-tab"
            role="tab"
            data-tab=${one}
            aria-selected=${one === tab ? "true" : "false"}
            aria-controls="picker-shelf"
            aria-label=${tabName(one)}
            title=${tabName(one)}
            tabindex=${one === tab ? 0 : -1}
            @click=${() => turn(one)}
          >
            ${signOf(one, loaded)}
          </button>`,
      )}
    </div>`;
  }

  function tabName(one: Tab): string {
    const { recent, groups } = host.tools.picker;
    return one === "recent" ? recent : groups[one];
  }

  function foundWords(): string {
    if (query.trim() === "" || typeof set === "string") return "";
    const { none, found } = host.tools.picker;
    return cells.length === 0 ? none : found(cells.length);
  }

  return {
    render,
    toggle,
    close,
    get open() {
      return open !== null;
    },
  };
}
