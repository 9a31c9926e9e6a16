import type { ChatHost } from "./host.ts";

/** As long as staff hold it the list stands still. */
export const freezeKey = "Alt";

export type RowWatcher = {
  /** After a painting: what had the focus may be gone, and nobody tells of that. */
  check(): void;
};

export type RowWatch = {
  /** The row that the pointer or the focus is in; null where there is none. */
  active(key: string | null): void;
  /** Whether the pointer rests on what can be pressed, or the focus is in a row: the list stands still under it. */
  touched(touched: boolean): void;
  toEnd(): void;
};

/**
 * Follows the pointer and the keyboard over the rows. The list is one stop of the Tab key; in it the arrow keys lead from row
 * to row, as in a feed, and Escape back to it.
 */
export function watchRows(host: ChatHost, signal: AbortSignal, watch: RowWatch): RowWatcher {
  let focused = false;
  let pointed = false;
  let active: string | null = null;
  /** A row whose buttons were sent away: they lie over what somebody reads. */
  let dismissed: string | null = null;
  const activate = (key: string | null) => {
    active = key;
    watch.active(key);
  };
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    heed: (event: HTMLElementEventMap[Name], row: HTMLElement | null) => void,
  ) => {
    const listener = (event: Event) => {
      const { target } = event;
      const row = target instanceof Element ? target.closest<HTMLElement>(".log li[data-key]") : null;
      heed(event as HTMLElementEventMap[Name], row);
    };
    host.renderRoot.addEventListener(name, listener, { signal });
  };
  const touch = () => watch.touched(focused || pointed);

  on("pointerover", (event, row) => {
    if (event.pointerType === "touch") return;
    const key = row?.dataset["key"] ?? null;
    if (key !== dismissed) dismissed = null;
    if (dismissed === null && (row !== null || !focused)) activate(key);
    pointed = isAction(event);
    touch();
  });
  const left = () => {
    pointed = false;
    if (!focused) activate(null);
    touch();
  };
  host.addEventListener("pointerleave", left, { signal });
  on("focusin", (_, row) => {
    focused = row !== null;
    if (row !== null) activate(row.dataset["key"] ?? null);
    touch();
  });
  on("focusout", (event) => {
    if (event.relatedTarget !== null) return;
    focused = false;
    touch();
  });
  const dismiss = ({ key }: KeyboardEvent) => {
    if (key !== "Escape" || focused || active === null) return;
    dismissed = active;
    activate(null);
  };
  window.addEventListener("keydown", dismiss, { signal });
  on("keydown", (event, row) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const log = host.renderRoot.querySelector<HTMLElement>(".log");
    const { target } = event;
    if (log === null || (row === null && target !== log)) return;
    if (target !== log && target !== row) {
      if (event.key !== "Escape") return;
      row?.focus();
    } else if (event.key === "Escape" && row !== null) log.focus();
    else if (event.key === "End") watch.toEnd();
    else if (!walk(log, row, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    check() {
      if (!focused || host.shadowRoot?.activeElement?.closest(".log li") != null) return;
      focused = false;
      touch();
    },
  };
}

/** @returns whether the key leads anywhere. */
function walk(log: HTMLElement, row: HTMLElement | null, key: string): boolean {
  if (key !== "ArrowUp" && key !== "ArrowDown") return false;
  const next =
    row === null ? lastInSight(log) : key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  if (!(next instanceof HTMLElement)) return row !== null;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function lastInSight(log: HTMLElement): HTMLElement | null {
  const { bottom } = log.getBoundingClientRect();
  const rows = [...log.querySelectorAll<HTMLElement>("li[data-key]")];
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 2) ?? rows.at(-1) ?? null;
}

function isAction({ target }: Event): boolean {
  return target instanceof Element && target.closest(".actions") !== null;
}
