import { html, nothing, type TemplateResult } from "lit";
import type { Remedy, StatusLine } from "./status.ts";
import type { Words } from "../words/words.ts";

/** Where the chat stands, while that is worth saying, and what helps. The box is always there, so that it is read out. */
export function statusBar(
  status: StatusLine | null,
  words: Words,
  mend: (remedy: Remedy) => void,
): TemplateResult {
  const remedy = status?.remedy ?? null;
  return html`<div
    class="status"
    part="status"
    ?data-empty=${status === null}
    data-tone=${status?.tone ?? nothing}
    role="status"
  >
    ${status === null ? nothing : html`<span>${status.text}</span>`}
    ${
      remedy === null
        ? nothing
        : html`<button type="button" @click=${() => mend(remedy)}>${words.remedy[remedy]}</button>`
    }
  </div>`;
}
