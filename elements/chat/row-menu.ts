import { css, html, nothing, type TemplateResult } from "lit";
import { map } from "lit/directives/map.js";
import { ref } from "lit/directives/ref.js";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { ChatHost } from "./host.ts";
import { type Action, chooseReason, reasonIn, reasonsIn } from "./message-actions.ts";
import { movedTo } from "./moved-to.ts";

/** Of the menus of a chat one is open at most. `last`: it was opened from below. */
export type MenuState = { openAt: EntryId | null; choosing: boolean; last: boolean };

export const rowMenuStyles = css`
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
    content: "✓" / "";
    margin-inline-start: -1.25rem;
    inline-size: 0.75rem;
  }
`;

export function rowMenu(
  host: ChatHost,
  state: MenuState,
  actions: readonly Action[],
  close: () => void,
): TemplateResult {
  return html`<div
    class="row-menu"
    part="menu"
    role="menu"
    aria-label=${host.tools.actions.more}
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
            if (danger) focusRow(event);
            else focusButton(event);
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
  const { moderation } = host.tools;
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

/** What takes a message away takes its buttons away too; its row stays. */
export function focusRow(event: Event): void {
  partOf(event, "li")?.focus({ preventScroll: true });
}

function partOf({ target }: Event, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}
