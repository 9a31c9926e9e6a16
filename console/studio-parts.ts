import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import { find, setText } from "./element.ts";

/** Writes the words that never change: those that elements ask for by `data-word`, and the names of groups. */
export function nameParts(words: StudioWords, room: string): void {
  const labels: Readonly<Record<string, string>> = words.labels;
  for (const element of document.querySelectorAll<HTMLElement>("[data-word]"))
    setText(element, labels[element.dataset["word"] ?? ""] ?? "");
  setText(find("#encoder-said-title", HTMLElement), words.saidTitle);
  setText(find("#muted", HTMLElement), words.muted);
  find("#studio", HTMLElement).ariaLabel = words.labels.studio;
  find("#chat", HTMLElement).ariaLabel = words.labels.chat;
  find("#tabs", HTMLElement).ariaLabel = words.labels.view;
  find("#sources", HTMLElement).ariaLabel = words.labels.what;
  find("#level", HTMLMeterElement).ariaLabel = words.labels.level;
  find("#room-link", HTMLAnchorElement).href = `/rooms/${room}${location.search}`;
}

/** Where there is no room for both, one of the two is shown: what is sent, or what is said. */
export function showTabs(): void {
  const tabs = [...document.querySelectorAll<HTMLButtonElement>("#tabs button")];
  const show = (view: string) => {
    document.documentElement.dataset["tab"] = view;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.value === view));
  };
  for (const tab of tabs) tab.addEventListener("click", () => show(tab.value));
  show("studio");
}
