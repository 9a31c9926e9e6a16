import { limits } from "@chorus/protocol/limits.ts";
import type { ReasonCode } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { element } from "./element.ts";
import { isOwn, type Viewer } from "./message-row.ts";
import { reasonWords } from "./words.ts";

/** What can be asked for at a message, by the `data-act` of its buttons. */
export const rowActs = [
  "menu",
  "reply",
  "edit",
  "take-back",
  "reuse",
  "try-again",
  "dismiss",
  "delete",
  "restore",
  "pin",
  "unpin",
  "timeout",
  "ban",
] as const;
export type RowActName = (typeof rowActs)[number];
export type RowAct = { act: RowActName; message: Shown; why: ReasonCode };

type Item = readonly [act: RowActName, words: string];

export const timeoutSeconds = 60;

/** Stands in the flow below its message: no layer to be placed, nothing that covers what others say. */
export function rowMenu(message: Shown, id: EntryId, viewer: Viewer): HTMLElement {
  const items = itemsOf(message, id, viewer);
  const name = message.name === "" ? "your message" : message.name;
  return element(
    "div",
    { class: "menu", role: "group", "aria-label": `Actions for ${name}` },
    ...items.map(([act, words]) => element("button", { type: "button", "data-act": act }, words)),
    judges(items) ? reasonPicker() : null,
    items.length === 0 ? "There is nothing you can do here." : null,
  );
}

function itemsOf(message: Shown, id: EntryId, viewer: Viewer): readonly Item[] {
  const items: Item[] = [];
  const own = isOwn(message, viewer);
  const stored = message.status === "confirmed";
  if (viewer.mayTalk && stored) items.push(["reply", "Reply"]);
  if (viewer.mayTalk && own && stored && Date.now() - message.time < limits.editWithinMs)
    items.push(["edit", "Edit"]);
  if (own) items.push(["take-back", "Take back"]);
  if (!viewer.staff || !stored) return items;
  items.push(viewer.pinned.has(id) ? ["unpin", "Unpin"] : ["pin", "Pin"]);
  if (!own && message.by !== null) items.push(["timeout", "Time out 60 s"], ["ban", "Ban"]);
  return items;
}

function judges(items: readonly Item[]): boolean {
  return items.some(([act]) => act === "timeout" || act === "ban");
}

/** Staff write down why; the person and the other moderators are told. */
function reasonPicker(): HTMLElement {
  const options = Object.entries(reasonWords).map(([code, words]) =>
    element("option", { value: code, selected: code === "other" ? "" : null }, words),
  );
  return element("label", { class: "reason" }, "Reason ", element("select", { name: "why" }, ...options));
}

export function isRowAct(value: string | undefined): value is RowActName {
  return rowActs.some((act) => act === value);
}

export function reasonChosen(row: Element): ReasonCode {
  const chosen = row.querySelector("select")?.value ?? "other";
  return isReason(chosen) ? chosen : "other";
}

function isReason(value: string): value is ReasonCode {
  return Object.hasOwn(reasonWords, value);
}
