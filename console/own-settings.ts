import { find } from "./element.ts";
import { applyLook, type Look, lookFrom, plainLook, writtenLook } from "./room-look.ts";
import type { PageWords } from "@chorus/elements/words/page-words.ts";

/** The page's own settings, for a chat that brings none. */
const lookKey = "chorus:look";

export function openSettings(words: PageWords, chat: HTMLElement | null): { hide(): void } {
  const opener = find("#settings-opener", HTMLButtonElement);
  const panel = find("#settings", HTMLElement);
  const theme = find("#theme", HTMLSelectElement);
  const text = find("#text", HTMLSelectElement);
  opener.title = panel.ariaLabel = words.settings;
  for (const [id, said] of [
    ["#settings-opener span", words.settings],
    ["label[for=theme]", words.theme],
    ["label[for=text]", words.textSize],
  ] as const)
    find(id, HTMLElement).textContent = said;
  for (const option of theme.options)
    option.textContent = new Map(Object.entries(words.themes)).get(option.value) ?? option.value;
  for (const option of text.options) option.textContent = `${words.format.number(Number(option.value))} %`;
  look(lookFrom(new URLSearchParams(location.search), keptLook()));
  for (const choice of [theme, text]) choice.addEventListener("change", chosen);
  return { hide: () => (opener.hidden = true) };

  function chosen(): void {
    const wanted = lookFrom(new URLSearchParams({ theme: theme.value, text: text.value }));
    look(wanted);
    try {
      localStorage.setItem(lookKey, writtenLook(wanted));
    } catch {
      // A page that may keep nothing looks the same until it is left.
    }
  }

  function look(wanted: Look): void {
    theme.value = wanted.theme;
    text.value = wanted.text;
    applyLook(wanted, chat);
  }
}

function keptLook(): Look {
  try {
    return lookFrom(new URLSearchParams(localStorage.getItem(lookKey) ?? ""));
  } catch {
    return plainLook;
  }
}
