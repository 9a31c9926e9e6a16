import type { ChorusRoom } from "@chorus/sdk/client.ts";
import { element, find } from "./element.ts";
import { hueOf } from "./message-row.ts";

export type Pins = { show(pins: ChorusRoom["pins"]): void };

/** What staff want everybody to have read, above the stream. */
export function createPins(): Pins {
  const section = find("#pins", HTMLElement);
  const list = find("#pinned", HTMLElement);
  let shown: ChorusRoom["pins"] | null = null;

  function show(pins: ChorusRoom["pins"]): void {
    if (pins === shown) return;
    shown = pins;
    section.hidden = pins.length === 0;
    list.replaceChildren(
      ...pins.map(({ by, name, text }) =>
        element(
          "li",
          {},
          element("bdi", { class: "name", "data-hue": hueOf({ by, name }) }, name),
          " ",
          element("span", { class: "text", dir: "auto" }, text),
        ),
      ),
    );
  }

  return { show };
}
