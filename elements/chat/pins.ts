import { html, nothing, type TemplateResult } from "lit";
import type { ChatHost } from "./host.ts";

/** What staff want everybody to read, above the list. */
export function pinned(host: ChatHost): TemplateResult | typeof nothing {
  const { words, model } = host;
  const pins = model?.room.pins ?? [];
  if (pins.length === 0) return nothing;
  return html`<section class="pins" part="pins" aria-label=${words.pins.title} tabindex="0">
    <p class="pins-title">${words.pins.title}</p>
    ${pins.map(
      ({ name, text, mentions = [] }) =>
        html`<p>
          <bdi class="name">${name}</bdi>
          <span dir="auto" lang="">${host.textOf({ text, mentions }, true)}</span>
        </p>`,
    )}
  </section>`;
}
