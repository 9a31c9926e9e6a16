/** How the address of a room's page asks it to look. What somebody chose for their chat comes before it. */
export type Look = { readonly theme: Theme; readonly text: TextSize };

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];
/** Per cent of what the browser is set to. */
const textSizes = ["100", "125", "150", "200"] as const;
type TextSize = (typeof textSizes)[number];

/** Anything may stand in an address; what is not known is as if it were not there. */
export function lookFrom(query: URLSearchParams): Look {
  return {
    theme: themes.find((theme) => theme === query.get("theme")) ?? "system",
    text: textSizes.find((size) => size === query.get("text")) ?? "100",
  };
}

/** The chat follows the page's text size by itself; its theme is told. */
export function applyLook({ theme, text }: Look, chat: HTMLElement | null): void {
  const { dataset } = document.documentElement;
  dataset["theme"] = theme;
  dataset["text"] = text;
  if (theme === "system") chat?.removeAttribute("theme");
  else chat?.setAttribute("theme", theme);
}
