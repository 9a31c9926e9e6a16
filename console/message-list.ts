import type { Shown } from "@chorus/sdk/client.ts";
import { element, find, setText } from "./element.ts";
import { type Gap, keyOf } from "./gaps.ts";
import { fillRow, type Viewer } from "./message-row.ts";
import { isRowAct, reasonChosen, type RowAct } from "./row-menu.ts";
import { type RowWindow, slid, windowOf } from "./row-window.ts";
import { keepPlace, pointerRests, watchScroll } from "./scrolling.ts";
import { missingWords } from "./words.ts";

export type MessageList = {
  show(messages: readonly Shown[], gaps: readonly Gap[], viewer: Viewer): void;
  /** Follows what comes from here on. */
  toEnd(): void;
  closeMenu(): void;
};

type Row = { readonly node: HTMLElement; message: Shown };

/**
 * The rows of the messages. A message is an object that never changes, so a row is filled again exactly when there is another
 * object in its place.
 */
export function createMessageList(onAct: (act: RowAct) => void, repaint: () => void): MessageList {
  const scroller = find("#log", HTMLElement);
  const list = find("#messages", HTMLElement);
  const newer = find("#newer", HTMLButtonElement);
  const rows = new Map<string, Row>();
  const gapNodes = new Map<Gap, HTMLElement>();
  let messages: readonly Shown[] = [];
  let range: RowWindow = { start: 0, end: 0 };
  let following = true;
  let first: string | null = null;
  let lastSeen: string | null = null;
  let open: string | null = null;
  let reveal: string | null = null;
  let stamp = "";

  newer.addEventListener("click", () => toEnd());
  list.addEventListener("click", ({ target }) => target instanceof Element && press(target));
  scroller.addEventListener("pointerout", ({ target }) => {
    if (target instanceof Element && target.closest("button") !== null) repaint();
  });
  scroller.addEventListener("focusout", repaint);
  scroller.addEventListener("keydown", ({ key }) => key === "Escape" && closeMenu());
  watchScroll(scroller, {
    following: () => following,
    atEnd: () => (range.end < messages.length ? slide("end") : follow(true)),
    atStart: () => range.start > 0 && slide("start"),
    away: () => follow(false),
  });

  function show(all: readonly Shown[], gaps: readonly Gap[], viewer: Viewer): void {
    messages = all;
    const rests = open !== null || pointerRests(scroller);
    const firstAt = first === null ? null : messages.findIndex((message) => keyOf(message) === first);
    range = windowOf(messages.length, following && !rests ? null : (firstAt ?? range.start));
    const restore = keepPlace(scroller, list, following && !rests);
    fill(viewer, gaps);
    restore();
    if (reveal !== null) rows.get(reveal)?.node.scrollIntoView({ block: "nearest" });
    reveal = null;
    first = keyIn(range.start);
    if (following && !rests) lastSeen = keyIn(messages.length - 1);
    countNewer();
  }

  function fill(viewer: Viewer, gaps: readonly Gap[]): void {
    const shown = messages.slice(range.start, range.end);
    const keys = new Set(shown.map(keyOf));
    for (const [key, { node }] of rows) if (!keys.has(key)) drop(key, node);
    const next = `${viewer.you} ${viewer.staff} ${viewer.mayTalk}`;
    const gapsBefore = Map.groupBy(gaps, ({ before }) => before);
    const wanted: HTMLElement[] = [];
    for (const message of shown) {
      for (const gap of gapsBefore.get(keyOf(message)) ?? []) wanted.push(gapNode(gap));
      wanted.push(rowOf(message, viewer, next !== stamp));
    }
    for (const gap of gapsBefore.get(null) ?? []) wanted.push(gapNode(gap));
    for (const [gap, node] of gapNodes) if (!wanted.includes(node)) gapNodes.delete(gap);
    arrange(list, wanted);
    stamp = next;
  }

  function rowOf(message: Shown, viewer: Viewer, again: boolean): HTMLElement {
    const key = keyOf(message);
    const row = rows.get(key) ?? {
      node: element("li", { class: "row", tabindex: "-1", "data-key": key }),
      message,
    };
    if (message.removed !== null && open === key) open = null;
    const isOpen = open === key;
    const stale =
      !rows.has(key) || row.message !== message || again || row.node.hasAttribute("data-open") !== isOpen;
    if (stale) refill(row.node, () => fillRow(row.node, message, viewer, isOpen));
    row.message = message;
    rows.set(key, row);
    return row.node;
  }

  function drop(key: string, node: HTMLElement): void {
    node.remove();
    rows.delete(key);
    if (open === key) open = null;
  }

  function gapNode(gap: Gap): HTMLElement {
    const node = gapNodes.get(gap) ?? element("li", { class: "gap" });
    setText(
      node,
      gap.reason === "epoch"
        ? "The room begins again here: its history was restored."
        : missingWords(gap.to - gap.from + 1),
    );
    gapNodes.set(gap, node);
    return node;
  }

  function press(target: Element): void {
    const act = target.closest<HTMLElement>("[data-act]")?.dataset["act"];
    const node = target.closest<HTMLElement>("[data-key]");
    const row = rows.get(node?.dataset["key"] ?? "");
    if (row === undefined || node === null || !isRowAct(act)) return;
    const key = keyOf(row.message);
    if (act === "menu") {
      open = open === key ? null : key;
      reveal = open;
    } else {
      onAct({ act, message: row.message, why: reasonChosen(node) });
      if (open === key) open = null;
    }
    repaint();
  }

  function closeMenu(): void {
    if (open === null) return;
    const { node } = rows.get(open) ?? {};
    open = null;
    repaint();
    node?.querySelector<HTMLElement>("[data-act=menu]")?.focus();
  }

  function follow(yes: boolean): void {
    if (following === yes) return;
    following = yes;
    repaint();
  }

  function slide(towards: "start" | "end"): void {
    first = keyIn(slid(range, messages.length, towards).start);
    repaint();
  }

  function toEnd(): void {
    following = true;
    open = null;
    repaint();
  }

  function countNewer(): void {
    const seenAt = messages.findLastIndex((message) => keyOf(message) === lastSeen);
    const count = messages.length - 1 - seenAt;
    newer.hidden = lastSeen === null || count <= 0;
    if (!newer.hidden) setText(newer, seenAt < 0 ? "Many new ↓" : `${count} new ↓`);
  }

  function keyIn(index: number): string | null {
    const message = messages[index];
    return message === undefined ? null : keyOf(message);
  }

  return { show, toEnd, closeMenu };
}

/** Touches only what stands elsewhere than it should: mostly nothing, and what is new at the end. */
function arrange(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  let at = list.firstElementChild;
  for (const node of wanted) {
    if (node === at) at = at.nextElementSibling;
    else list.insertBefore(node, at);
  }
  while (at !== null) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}

/** Whoever is in the row with the keyboard stays in it. */
function refill(node: HTMLElement, fill: () => void): void {
  const within = node.contains(document.activeElement);
  const act = document.activeElement?.getAttribute("data-act") ?? "";
  fill();
  if (!within) return;
  const same = act === "" ? null : node.querySelector<HTMLElement>(`[data-act="${act}"]`);
  (same ?? node.querySelector<HTMLElement>("button") ?? node).focus();
}
