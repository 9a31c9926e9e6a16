import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { guard } from "lit/directives/guard.js";
import { map } from "lit/directives/map.js";
import { ref } from "lit/directives/ref.js";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost } from "./host.ts";
import { type Action, actionsFor, chooseReason, mayEdit, reasonIn, reasonsIn } from "./message-actions.ts";
import { movedTo } from "./reactions-bar.ts";

export { type Action, actionsFor } from "./message-actions.ts";

/** Of the menus of an element one is open at most. */
type MenuState = { openAt: EntryId | null; choosing: boolean; last: boolean };
const menus = new WeakMap<ChatHost, MenuState>();

export const rowActionsStyles = css`
  .actions {
    position: absolute;
    inset-block-start: 0.125rem;
    inset-inline-end: 0.5rem;
    display: flex;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
    background: var(--background);
    opacity: 0;
    pointer-events: none;
  }
  .row:hover > .actions,
  .row:focus-within > .actions,
  .row.open > .actions {
    opacity: 1;
    pointer-events: auto;
  }
  .actions > button {
    display: inline-grid;
    place-items: center;
    min-inline-size: 28px;
    min-block-size: 26px;
    padding: 0;
    border: 0;
    background: none;
  }
  .actions > button:hover {
    background: var(--raised);
  }
  .actions svg {
    inline-size: 16px;
    block-size: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .actions .danger {
    color: var(--danger);
  }
  .row-menu {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 0.25rem;
    min-inline-size: 11rem;
    max-inline-size: min(20rem, 100vw - 1rem);
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--background);
    color: var(--text);
    box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
    overflow-y: auto;
  }
  .row-menu button {
    display: flex;
    gap: 0.5rem;
    inline-size: 100%;
    min-block-size: 2rem;
    align-items: center;
    padding-inline: 0.5rem;
    border: 0;
    background: none;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .row-menu button:hover,
  .row-menu button:focus-visible {
    background: var(--raised);
    outline-offset: -2px;
  }
  .row-menu [role="menuitemradio"] {
    padding-inline-start: 1.75rem;
  }
  .row-menu [aria-checked="true"]::before {
    content: "✓";
    margin-inline-start: -1.25rem;
    inline-size: 0.75rem;
  }
`;

/**
 * The buttons of a row and its menu. They are drawn again only when something that they depend on is different: there are
 * as many as rows.
 *
 * @param onToggle opens the menu where it is closed, and closes it where it is open.
 */
export function renderActions(
  host: ChatHost,
  message: Shown,
  open: boolean,
  onToggle: () => void,
): DirectiveResult | typeof nothing {
  const { model } = host;
  const { id } = message;
  if (model === null || id === null) return nothing;
  const { settings, grants, pins } = model.room;
  const seen = [
    message,
    host.words,
    host.staff,
    host.closed === null,
    model.you,
    grants,
    settings?.state,
    settings?.mode,
    message.by === model.you && mayEdit(host, model, message),
    pins.some((pinned) => pinned.id === id),
    message.by !== null && host.ignored.has(message.by),
    open ? {} : null,
  ];
  return guard(seen, () => toolbar(host, message, id, open, onToggle));
}

/** Where the keys lead in a menu, round its ends; null for other keys. A letter leads to the next label that begins with it. */
export function steppedTo(key: string, from: number, labels: readonly string[]): number | null {
  const turned: Readonly<Record<string, string>> = { ArrowDown: "ArrowRight", ArrowUp: "ArrowLeft" };
  if (Object.hasOwn(turned, key) || key === "Home" || key === "End")
    return movedTo(turned[key] ?? key, from, labels.length, false);
  if ([...key].length !== 1 || key === " ") return null;
  const letter = key.toLowerCase();
  const next = labels.map((_, step) => (from + 1 + step) % labels.length);
  return next.find((at) => labels[at]?.toLowerCase().startsWith(letter)) ?? null;
}

function toolbar(
  host: ChatHost,
  message: Shown,
  id: EntryId,
  open: boolean,
  onToggle: () => void,
): TemplateResult | typeof nothing {
  const actions = actionsFor(host, message);
  if (actions.length === 0) return nothing;
  const quick = actions.filter((action) => action.quick);
  const { words } = host;
  const state = menuOf(host);
  if (open) state.openAt = id;
  const toggle = (last: boolean) => {
    Object.assign(state, { openAt: state.openAt === id ? null : id, choosing: false, last });
    onToggle();
  };
  const close = () => {
    if (state.openAt === id) toggle(false);
  };
  return html`<div
    class="actions"
    part="actions"
    role="toolbar"
    aria-label=${
      message.by === host.model?.you ? words.message.ownActions : words.message.actionsFor(message.name)
    }
    @keydown=${(event: KeyboardEvent) => walked(event, words.dir === "rtl")}
    @focusout=${(event: FocusEvent) => {
      if (!holds(event.currentTarget, event.relatedTarget)) close();
    }}
  >
    ${map(quick, (action, index) => quickButton(action, index === 0))}
    <button
      type="button"
      data-action="more"
      tabindex=${quick.length === 0 ? 0 : -1}
      aria-haspopup="menu"
      aria-expanded=${open ? "true" : "false"}
      aria-label=${words.message.more}
      title=${words.message.more}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => toggle(false)}
      @keydown=${(event: KeyboardEvent) => {
        if (open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
        event.preventDefault();
        toggle(event.key === "ArrowUp");
      }}
    >
      ${icon("M3.5 8h0 M8 8h0 M12.5 8h0")}
    </button>
    ${open ? menu(host, actions, close) : nothing}
  </div>`;
}

function quickButton({ name, label, danger, run }: Action, stop: boolean): TemplateResult {
  return html`<button
    type="button"
    class=${danger ? "danger" : ""}
    data-action=${name}
    tabindex=${stop ? 0 : -1}
    aria-label=${label}
    title=${label}
    @click=${run}
  >
    ${icon(paths[name] ?? "M3 8h10")}
  </button>`;
}

function menu(host: ChatHost, actions: readonly Action[], close: () => void): TemplateResult {
  const { words } = host;
  const state = menuOf(host);
  return html`<div
    class="row-menu"
    part="menu"
    role="menu"
    aria-label=${words.message.more}
    popover="manual"
    data-last=${state.last ? "true" : nothing}
    ${ref(opened)}
    @keydown=${(event: KeyboardEvent) => {
      if (!stepped(event)) return;
      focusButton(event);
      close();
    }}
  >
    ${map(
      actions.filter(({ quick }) => !quick),
      ({ label, danger, run }) =>
        html`<button
          type="button"
          role="menuitem"
          tabindex="-1"
          class=${danger ? "danger" : ""}
          @click=${(event: Event) => {
            focusButton(event);
            close();
            run();
          }}
        >
          ${label}
        </button>`,
    )}
    ${actions.some(({ judges }) => judges) ? reasonItems(host, state) : nothing}
  </div>`;
}

/** Chosen once, a reason stays until another one is chosen. */
function reasonItems(host: ChatHost, state: MenuState): TemplateResult {
  const { moderation } = host.words;
  const chosen = reasonIn(host);
  const choose = (choosing: boolean) => {
    state.choosing = choosing;
    host.repaint();
  };
  return html`<button
      type="button"
      role="menuitem"
      tabindex="-1"
      data-action="reason"
      aria-expanded=${state.choosing ? "true" : "false"}
      @click=${() => choose(!state.choosing)}
    >
      ${moderation.reasonIs(chosen)}
    </button>
    ${
      state.choosing
        ? html`<div role="group" aria-label=${moderation.reason}>
            ${map(
              reasonsIn(host),
              (why) =>
                html`<button
                  type="button"
                  role="menuitemradio"
                  tabindex="-1"
                  aria-checked=${why === chosen ? "true" : "false"}
                  @click=${(event: Event) => {
                    chooseReason(host, why);
                    partOf(event, ".row-menu")?.querySelector<HTMLElement>("[data-action=reason]")?.focus();
                    choose(false);
                  }}
                >
                  ${moderation.reasons[why]}
                </button>`,
            )}
          </div>`
        : nothing
    }`;
}

let leave = new AbortController();

/** In the top layer no list and no frame of the page cuts it off. It goes when the list is scrolled away under it. */
function opened(element: Element | undefined): void {
  leave.abort();
  if (!(element instanceof HTMLElement)) return;
  leave = new AbortController();
  const { signal } = leave;
  queueMicrotask(() => {
    if (!element.isConnected || signal.aborted) return;
    element.showPopover();
    place(element);
    const items = itemsIn(element);
    items.at(element.dataset["last"] === "true" ? -1 : 0)?.focus({ preventScroll: true });
  });
  const quit = (event: Event) => {
    const root = element.getRootNode();
    if (event.composedPath().includes(element) || !(root instanceof ShadowRoot)) return;
    if (root.activeElement instanceof HTMLElement) root.activeElement.blur();
  };
  for (const name of ["wheel", "touchmove"])
    document.addEventListener(name, quit, { signal, passive: true, capture: true });
}

function place(menu: HTMLElement): void {
  const button = menu.parentElement?.querySelector("[data-action=more]");
  if (button === null || button === undefined) return;
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const room = innerHeight - bottom;
  const below = room >= menu.offsetHeight + marginPx || room >= top;
  const rightToLeft = getComputedStyle(menu).direction === "rtl";
  const end = rightToLeft ? left : document.documentElement.clientWidth - right;
  menu.style.setProperty("inset-block-start", below ? `${bottom}px` : "auto");
  menu.style.setProperty("inset-block-end", below ? "auto" : `${innerHeight - top}px`);
  menu.style.setProperty("inset-inline-end", `${Math.max(end, marginPx)}px`);
  menu.style.setProperty("max-block-size", `${(below ? room : top) - marginPx}px`);
}

const marginPx = 8;

function walked(event: KeyboardEvent, rightToLeft: boolean): void {
  const bar = event.currentTarget;
  if (!(bar instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = [...bar.querySelectorAll<HTMLElement>(":scope > button")];
  const from = buttons.findIndex((button) => button === event.target);
  const to = movedTo(event.key, from, buttons.length, rightToLeft);
  if (to === null) return;
  event.preventDefault();
  buttons[to]?.focus();
}

/** @returns whether the key is the one that closes. */
function stepped(event: KeyboardEvent): boolean {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return false;
  event.stopPropagation();
  const items = itemsIn(menu);
  const from = items.findIndex((item) => item === event.target);
  const labels = items.map(({ textContent }) => textContent.trim());
  const to = steppedTo(event.key, from, labels);
  if (to !== null) items[to]?.focus();
  if (to !== null || event.key === "Escape") event.preventDefault();
  return event.key === "Escape";
}

function itemsIn(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("button")];
}

function focusButton(event: Event): void {
  const button = partOf(event, ".actions")?.querySelector<HTMLElement>("[data-action=more]");
  button?.focus({ preventScroll: true });
}

function partOf({ target }: Event, selector: string): Element | null {
  return target instanceof Element ? target.closest(selector) : null;
}

function holds(element: EventTarget | null, other: EventTarget | null): boolean {
  return element instanceof Element && other instanceof Node && element.contains(other);
}

function menuOf(host: ChatHost): MenuState {
  const known = menus.get(host) ?? { openAt: null, choosing: false, last: false };
  menus.set(host, known);
  return known;
}

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${svg`<path d=${path}></path>`}
  </svg>`;
}

const paths: Readonly<Record<string, string>> = {
  reply: "M6.5 4 3 7.5 6.5 11 M3 7.5h6a4 4 0 0 1 4 4v1",
  edit: "M3 13l.6-2.8L10.7 3l2.3 2.3-7.2 7.1L3 13z",
  delete: "M3 4.5h10 M6.5 4.5V3h3v1.5 M4.5 4.5l.6 8.5h5.8l.6-8.5",
  restore: "M3.5 6.5h6a3.25 3.25 0 0 1 0 6.5H6 M6 4 3.5 6.5 6 9",
  approve: "M3 8.5 6.5 12 13 4.5",
  reject: "M4 4l8 8 M12 4l-8 8",
};
