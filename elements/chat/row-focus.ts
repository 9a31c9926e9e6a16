import type { ChatHost } from "./host.ts";

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
export function watchRows(host: ChatHost, signal: AbortSignal, watch: RowWatch): void {
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
    const listener = (event: HTMLElementEventMap[Name]) => {
      const [inner] = event.composedPath();
      heed(event, inner instanceof Element ? inner.closest<HTMLElement>(".log li[data-key]") : null);
    };
    host.addEventListener(name, listener, { signal });
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
  on("pointerleave", () => {
    pointed = false;
    if (!focused) activate(null);
    touch();
  });
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
    const log = host.renderRoot?.querySelector<HTMLElement>(".log");
    if (log === null || log === undefined || !(event.composedPath()[0] instanceof HTMLElement)) return;
    const target = event.composedPath()[0];
    if (target !== log && target !== row) {
      if (event.key !== "Escape" || row === null) return;
      row.focus();
    } else if (event.key === "Escape" && row !== null) log.focus();
    else if (event.key === "End") watch.toEnd();
    else if (!walk(log, row, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
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

function isAction(event: Event): boolean {
  const [inner] = event.composedPath();
  return inner instanceof Element && inner.closest(".actions") !== null;
}
