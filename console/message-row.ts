import { charsOf } from "./characters.ts";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { element } from "./element.ts";
import { dateWords, removedWords, roleWords, timeWords } from "./words.ts";
import { rowMenu } from "./row-menu.ts";

/** Who looks at the messages, and what they may do with them. */
export type Viewer = {
  readonly you: PersonId | null;
  readonly staff: boolean;
  readonly mayTalk: boolean;
  readonly pinned: ReadonlySet<EntryId>;
};

const huesMax = 12;
const quoteCharsMax = 120;

/** Fills a row. What people wrote, names too, is only ever the text of an element, in a direction of its own. */
export function fillRow(row: HTMLElement, message: Shown, viewer: Viewer, open: boolean): void {
  row.dataset["status"] = message.removed === null ? message.status : "removed";
  row.toggleAttribute("data-own", isOwn(message, viewer));
  row.toggleAttribute("data-open", open);
  row.toggleAttribute("data-shadow", message.shadow);
  row.toggleAttribute("data-for-you", viewer.you !== null && message.mentions.includes(viewer.you));
  if (message.removed === null) row.replaceChildren(...parts(message, viewer, open));
  else row.replaceChildren(...tombstone(message, viewer));
}

export function isOwn(message: Shown, viewer: Viewer): boolean {
  return message.id === null || message.key !== null || (viewer.you !== null && message.by === viewer.you);
}

function parts(message: Shown, viewer: Viewer, open: boolean): Node[] {
  const { reply } = message;
  return [
    ...(reply === null ? [] : [quoted(reply)]),
    head(message, viewer, open),
    element("p", { class: "text", dir: "auto" }, message.text),
    ...fate(message),
    ...(open && message.id !== null ? [rowMenu(message, message.id, viewer)] : []),
  ];
}

function head(message: Shown, viewer: Viewer, open: boolean): HTMLElement {
  const own = isOwn(message, viewer);
  const badge = message.role === null ? null : roleWords[message.role];
  return element(
    "div",
    { class: "head" },
    element("bdi", { class: "name", "data-hue": hueOf(message) }, message.name === "" ? "You" : message.name),
    own && message.name !== "" ? element("span", { class: "you" }, "you") : null,
    badge === null ? null : element("span", { class: "badge", "data-role": message.role }, badge),
    message.shadow ? element("span", { class: "badge" }, "seen by its author only") : null,
    time(message.time),
    message.edited === null
      ? null
      : element("span", { class: "edited", title: dateWords(message.edited) }, "edited"),
    message.id === null ? null : buttons(message, viewer, open),
  );
}

/** Outside of the menu is only what has to be at hand. */
function buttons(message: Shown, viewer: Viewer, open: boolean): HTMLElement {
  const about = message.name === "" ? "your message" : `the message of ${message.name}`;
  return element(
    "span",
    { class: "acts" },
    viewer.staff ? button("delete", "Delete", `Delete ${about}`) : null,
    element(
      "button",
      {
        type: "button",
        class: "more",
        "data-act": "menu",
        "aria-expanded": String(open),
        "aria-label": `More about ${about}`,
      },
      "⋯",
    ),
  );
}

function fate(message: Shown): Node[] {
  switch (message.status) {
    case "pending":
      return [element("p", { class: "fate" }, "Sending…")];
    case "held":
      return [element("p", { class: "fate" }, "Waits for a moderator. Only you see it until then.")];
    case "refused":
      return [unsent(`Not sent. ${message.trouble?.sentence ?? ""}`, button("reuse", "Change it"))];
    case "failed":
      return [
        unsent(
          message.trouble?.sentence ?? "It is not known whether this was sent.",
          button("try-again", "Try again"),
        ),
      ];
    case "confirmed":
      return [];
  }
}

function unsent(sentence: string, remedy: HTMLElement): HTMLElement {
  return element("p", { class: "fate" }, `${sentence} `, remedy, button("dismiss", "Dismiss"));
}

function quoted({ name, quote }: { name: string; quote: string }): HTMLElement {
  return element(
    "p",
    { class: "quote" },
    element("span", { class: "visually-hidden" }, "In reply to "),
    element("bdi", { class: "quoted-name" }, name),
    " ",
    element(
      "bdi",
      { class: "quoted-text" },
      quote === "" ? "a message that is gone" : charsOf(quote, quoteCharsMax),
    ),
  );
}

function tombstone(message: Shown, viewer: Viewer): Node[] {
  const { removed } = message;
  return [
    element(
      "p",
      { class: "tombstone" },
      removed === null ? null : removedWords(removed),
      " ",
      time(message.time),
      viewer.staff && removed?.by === "staff" ? button("restore", "Restore") : null,
    ),
  ];
}

function time(at: number): HTMLElement {
  return element("time", { datetime: new Date(at).toISOString(), title: dateWords(at) }, timeWords(at));
}

function button(act: string, text: string, label: string | null = null): HTMLElement {
  return element("button", { type: "button", "data-act": act, "aria-label": label }, text);
}

/** The same person has the same colour everywhere, by a hash that spreads short ids well (FNV-1a). */
export function hueOf({ by, name }: Pick<Shown, "by" | "name">): string {
  let hash = 0x811c9dc5;
  for (const char of by ?? name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return String((hash >>> 8) % huesMax);
}
