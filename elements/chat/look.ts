import type { ChatHost } from "./host.ts";
import { nameColour, namePalette } from "./name-colour.ts";
import type { Preferences } from "./preferences.ts";

/** How rows are to look, by theme and by what the person has chosen. Another object is another look. */
export type RowLook = { nameColourOf(person: string): string; readonly times: boolean };

export type Look = {
  readonly rows: RowLook;
  /** The person, or the page, wants it otherwise than before. */
  apply(): void;
  /** Rows are to be drawn again, whatever of them is different. */
  renew(): void;
};

/** Gives the element what its styles ask for, and names the colours that can be read on its background. */
export function createLook(host: ChatHost, preferences: () => Preferences): Look {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let rows: RowLook = { nameColourOf: () => "", times: true };
  host.addController({
    hostConnected: () => dark.addEventListener("change", renew),
    hostDisconnected: () => dark.removeEventListener("change", renew),
  });

  /* Attributes of its own: those that the page has given are the page's. */
  function apply(): void {
    const { theme, textSize, focus } = preferences();
    host.dataset["theme"] = theme;
    host.dataset["text"] = textSize;
    host.toggleAttribute("data-focus", focus);
    queueMicrotask(renew);
  }

  function renew(): void {
    const palette = paletteOn(host);
    const { times } = preferences();
    rows = { nameColourOf: (person) => nameColour(person, palette), times };
    host.repaint();
  }

  return {
    get rows() {
      return rows;
    },
    apply,
    renew,
  };
}

/** The background may be the page's own choice, in a notation that is not read here. */
function paletteOn(element: Element): readonly string[] {
  try {
    return namePalette(getComputedStyle(element).backgroundColor);
  } catch {
    return namePalette("#ffffff");
  }
}
