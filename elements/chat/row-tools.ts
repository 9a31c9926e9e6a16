import { css, html, nothing, type TemplateResult } from "lit";
import { map } from "lit/directives/map.js";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost } from "./host.ts";
import { type Action, actionsFor } from "./message-actions.ts";
import { movedTo } from "./moved-to.ts";
import { focusRow, type MenuState, rowMenu, rowMenuStyles } from "./row-menu.ts";

export const rowToolsStyles = css`
  ${rowMenuStyles}
  .actions {
    position: absolute;
    inset-block-start: 0.125rem;
    inset-inline-end: 0.5rem;
    display: flex;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
    background: var(--background);
  }
  /* Below the last row there would be something to scroll to. */
  .row:last-child > .actions {
    inset-block: auto 0;
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
  .actions [data-action="more"] svg {
    stroke-width: 2.5;
  }
  .actions .danger {
    color: var(--danger);
  }
`;

const doubleClickMs = 600;

/** The buttons of a row and its menu. One row has them at a time: that under the pointer, or with the focus. */
export type RowTools = {
  readonly open: boolean;
  /** The row of the menu is gone. */
  close(): void;
  at(message: Shown): TemplateResult | typeof nothing;
};

export function createRowTools(host: ChatHost): RowTools {
  const menu: MenuState = { openAt: null, choosing: false, last: false };
  let tookAt = -Infinity;
  const moved = ({ movementX: x, movementY: y }: PointerEvent): void => {
    if (Math.hypot(x, y) > 4) tookAt = -Infinity;
  };
  host.addEventListener("pointermove", moved, { passive: true });

  /**
   * Where something was taken away something else stands now. The second click of two, at the same place, was not meant for it.
   */
  function careful(action: Action): Action {
    const run = (): void => {
      const now = performance.now();
      if (now - tookAt < doubleClickMs) return;
      if (action.danger) tookAt = now;
      action.run();
    };
    return { ...action, run };
  }

  return {
    get open() {
      return menu.openAt !== null;
    },
    close: () => void Object.assign(menu, { openAt: null, choosing: false }),
    at(message) {
      const { id } = message;
      return host.model === null || id === null ? nothing : toolbar(host, menu, message, id, careful);
    },
  };
}

function toolbar(
  host: ChatHost,
  menu: MenuState,
  message: Shown,
  id: EntryId,
  careful: (action: Action) => Action,
): TemplateResult | typeof nothing {
  const actions = actionsFor(host, message).map(careful);
  if (actions.length === 0) return nothing;
  const quick = actions.filter((action) => action.quick);
  const words = host.tools.actions;
  const open = menu.openAt === id;
  const toggle = (last: boolean) => {
    Object.assign(menu, { openAt: menu.openAt === id ? null : id, choosing: false, last });
    host.repaint();
  };
  const close = () => {
    if (menu.openAt === id) toggle(false);
  };
  return html`<div
    class="actions"
    part="actions"
    role="toolbar"
    aria-label=${message.by === host.model?.you ? words.ownActions : words.actionsFor(message.name)}
    @keydown=${(event: KeyboardEvent) => walked(event, host.words.dir === "rtl")}
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
      aria-label=${words.more}
      title=${words.more}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${(event: Event) => {
        if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus({ preventScroll: true });
        toggle(false);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (open || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
        event.preventDefault();
        toggle(event.key === "ArrowUp");
      }}
    >
      ${icon("M3.5 8h0 M8 8h0 M12.5 8h0")}
    </button>
    ${open ? rowMenu(host, menu, actions, close) : nothing}
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
    @click=${(event: Event) => {
      if (danger) focusRow(event);
      run();
    }}
  >
    ${icon(paths[name] ?? "M3 8h10")}
  </button>`;
}

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

function holds(element: EventTarget | null, other: EventTarget | null): boolean {
  return element instanceof Element && other instanceof Node && element.contains(other);
}

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;
}

const paths: Readonly<Record<string, string>> = {
  reply: "M6.5 4 3 7.5 6.5 11 M3 7.5h6a4 4 0 0 1 4 4v1",
  edit: "M3 13l.6-2.8L10.7 3l2.3 2.3-7.2 7.1L3 13z",
  delete: "M3 4.5h10 M6.5 4.5V3h3v1.5 M4.5 4.5l.6 8.5h5.8l.6-8.5",
  restore: "M3.5 6.5h6a3.25 3.25 0 0 1 0 6.5H6 M6 4 3.5 6.5 6 9",
  approve: "M3 8.5 6.5 12 13 4.5",
  reject: "M4 4l8 8 M12 4l-8 8",
};
