/** How somebody wants to see a room's pages; kept by the browser, or said by the address of a frame. */
export type Look = { readonly theme: Theme; readonly text: TextSize };

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];
/** Per cent of what the browser is set to. */
export const textSizes = ["100", "125", "150", "200"] as const;
export type TextSize = (typeof textSizes)[number];

export const plainLook: Look = { theme: "system", text: "100" };

/** Anything may stand in an address or in what was kept; what is not known is as if it were not there. */
export function lookFrom(said: URLSearchParams, otherwise = plainLook): Look {
  return {
    theme: themes.find((theme) => theme === said.get("theme")) ?? otherwise.theme,
    text: textSizes.find((size) => size === said.get("text")) ?? otherwise.text,
  };
}

export function writtenLook({ theme, text }: Look): string {
  return new URLSearchParams({ theme, text }).toString();
}

/** The chat follows the page's text size by itself; its theme is told. */
export function applyLook({ theme, text }: Look, chat: HTMLElement | null): void {
  const { dataset } = document.documentElement;
  dataset["theme"] = theme;
  dataset["text"] = text;
  if (theme === "system") chat?.removeAttribute("theme");
  else chat?.setAttribute("theme", theme);
}
