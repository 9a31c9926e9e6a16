import { createPreferences, type Preferences, preferencesIn } from "@chorus/elements/chat/preferences.ts";
import { pageStorage } from "@chorus/elements/chat/storage.ts";

/** Of what somebody chose in the settings of their chat, what the page around it follows. */
export type ChatSettings = Pick<Preferences, "theme" | "textSize">;

/** Of what an event brings; null for what is none of it. */
export function chatSettingsIn(detail: unknown): ChatSettings | null {
  const { theme, textSize } = preferencesIn(detail);
  return theme === undefined || textSize === undefined ? null : { theme, textSize };
}

/**
 * Has the page look as the chat does, from the beginning and whenever that is changed. The chat makes its own text larger, and
 * the page the text around it: the root keeps its size, which both are measured by.
 *
 * @param asked what the address asks for; what somebody chose comes before it, as it does in the chat.
 */
export function followChat(asked: Partial<ChatSettings>): void {
  look(createPreferences(pageStorage(), () => asked).all());
  document.addEventListener("chorus-settings", (event) => {
    const settings = event instanceof CustomEvent ? chatSettingsIn(event.detail) : null;
    if (settings !== null) look(settings);
  });
}

function look({ theme, textSize }: ChatSettings): void {
  const { dataset } = document.documentElement;
  dataset["theme"] = theme;
  dataset["size"] = textSize;
}
