import { themes, type Theme } from "./room-look.ts";

/** What somebody chose in the settings of their chat, and a page may follow. */
export type ChatSettings = { readonly theme: Theme; readonly textSize: ChatTextSize };

export const chatTextSizes = ["small", "normal", "large", "larger"] as const;
export type ChatTextSize = (typeof chatTextSizes)[number];

/** Of what an event brings; null for what is none of it. */
export function chatSettingsIn(detail: unknown): ChatSettings | null {
  if (typeof detail !== "object" || detail === null) return null;
  const given = new Map<string, unknown>(Object.entries(detail));
  const theme = themes.find((one) => one === given.get("theme"));
  const textSize = chatTextSizes.find((one) => one === given.get("textSize"));
  return theme === undefined || textSize === undefined ? null : { theme, textSize };
}

/**
 * Has the page look as the chat does. The chat makes its own text larger, and the page the text around it: the root keeps its
 * size, which both are measured by.
 */
export function followChat(followed: () => void): void {
  document.addEventListener("chorus-settings", (event) => {
    const settings = event instanceof CustomEvent ? chatSettingsIn(event.detail) : null;
    if (settings === null) return;
    const { dataset } = document.documentElement;
    dataset["theme"] = settings.theme;
    dataset["size"] = settings.textSize;
    followed();
  });
}
