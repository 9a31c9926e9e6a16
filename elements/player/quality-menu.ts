import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { choices } from "./play.ts";
import type { PlayerHost } from "./player-host.ts";

export type QualityMenu = {
  readonly isOpen: boolean;
  render(): TemplateResult;
  /** @returns whether it was open. */
  close(): boolean;
};

/** Which way the picture is to come: a button, and a menu of which one is chosen. */
export function createQualityMenu(host: PlayerHost, root: () => ParentNode): QualityMenu {
  let open = false;

  function items(): HTMLElement[] {
    return [...root().querySelectorAll<HTMLElement>(".menu [role]")];
  }

  function toggle(): void {
    open = !open;
    host.stirred();
    host.repaint();
    if (open) requestAnimationFrame(() => items()[choices.indexOf(host.choice)]?.focus());
  }

  function close(): boolean {
    if (!open) return false;
    open = false;
    host.repaint();
    root().querySelector<HTMLElement>(".quality > button")?.focus();
    return true;
  }

  function choose(choice: (typeof choices)[number]): void {
    host.prefer(choice);
    close();
  }

  /** As menus are used (WAI-ARIA Authoring Practices, menu). */
  function onKey(event: KeyboardEvent): void {
    const all = items();
    const at = all.indexOf(focusedIn(event));
    const next: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const to = next[event.key];
    if (to !== undefined) all[to]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    if (to === undefined && event.key !== "Escape") return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  }

  function leave({ relatedTarget, currentTarget }: FocusEvent): void {
    const inside =
      currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
    if (inside || !open || relatedTarget === null) return;
    open = false;
    host.repaint();
  }

  function menu(): TemplateResult {
    const { words, choice } = host;
    return html`<div
      class="menu"
      part="quality-menu"
      role="menu"
      aria-label=${words.quality}
      @keydown=${onKey}
    >
      ${choices.map(
        (one) =>
          html`<button
            type="button"
            role="menuitemradio"
            tabindex="-1"
            aria-checked=${one === choice}
            @click=${() => choose(one)}
          >
            ${one === choice ? icon("chosen") : html`<span class="no-icon"></span>`}
            <span>${words.choice[one]}<small>${words.choiceHint[one]}</small></span>
          </button>`,
      )}
    </div>`;
  }

  return {
    get isOpen() {
      return open;
    },
    close,
    render: () =>
      html`<div class="quality" @focusout=${leave}>
        <button
          type="button"
          part="quality-button"
          aria-label=${host.words.quality}
          title=${host.words.quality}
          aria-haspopup="menu"
          aria-expanded=${open}
          @click=${toggle}
        >
          ${icon("quality")}
        </button>
        ${open ? menu() : nothing}
      </div>`,
  };
}

function focusedIn({ target }: KeyboardEvent): HTMLElement {
  if (!(target instanceof HTMLElement)) throw new Error("A key in a menu is pressed in an element.");
  return target;
}
