import { html, nothing, type TemplateResult } from "lit";
import { slowMsIn } from "./composer-slow.ts";
import type { EmojiPicker } from "./emoji-picker.ts";
import type { ChatHost, Purpose } from "./host.ts";
import type { Words } from "../words/words.ts";

/** What stands under the field: a mistake, why one may not write, or what is good to know before. */
export type Note = { readonly text: string; readonly bad: boolean; readonly sendAsText: boolean };

/** What the text is meant to become, where it is not simply said. */
export function purposeBanner(
  purpose: Purpose,
  { words, model }: ChatHost,
  cancel: () => void,
): TemplateResult | typeof nothing {
  if (purpose.to === "say") return nothing;
  const { composer, message } = words;
  const { id, name } = purpose.message;
  /* It may be gone since. */
  const now = model?.room.messages.find((one) => one.id === id) ?? purpose.message;
  const text = now.removed === null ? now.text : message.quoteGone;
  return html`<div class="composer-purpose" part="purpose">
    ${
      purpose.to === "edit"
        ? html`<span>${composer.editing}</span>`
        : html`<span>${composer.replyingTo(name === "" ? message.you : name)}</span>
            <bdi class="quoted-text">${text}</bdi>`
    }
    <button type="button" part="cancel" @click=${cancel}>
      ${purpose.to === "edit" ? composer.cancelEdit : composer.cancelReply}
    </button>
  </div>`;
}

export function noteLine(note: Note, words: Words, sendAsText: () => void): TemplateResult {
  return html`<span id="composer-note" ?data-bad=${note.bad}>${note.text}</span> ${
      note.sendAsText
        ? html`<button type="button" part="send-as-text" @click=${sendAsText}>
            ${words.composer.sendAsText}
          </button>`
        : nothing
    }`;
}

/** How much is left, while that is worth saying. */
export function counterOf(left: number, { composer }: Words): TemplateResult {
  return html`<span class="composer-counter" part="counter" id="composer-counter" ?data-bad=${left < 0}
    >${left < 0 ? composer.over(-left) : composer.left(left)}</span
  >`;
}

/** In a field that is closed the reason stands where the text would. */
export function placeholderIn({ words, model, closed }: ChatHost): string {
  const { placeholder, placeholderAs } = words.composer;
  if (closed !== null) return closed;
  return model === null || model.name === null ? placeholder : placeholderAs(model.name);
}

/** What is good to know before one writes; staff need not. */
export function hintIn({ words, model, staff }: ChatHost): string {
  const settings = staff ? null : (model?.room.settings ?? null);
  if (settings === null) return "";
  const slowMs = slowMsIn(model);
  const hints = [
    settings.mode === "moderated" ? words.mode.moderated : "",
    slowMs > 0 ? words.composer.slow(slowMs / 1_000) : "",
  ];
  return hints.filter((hint) => hint !== "").join(" ");
}

export function openerView(
  { words, closed }: ChatHost,
  { open }: EmojiPicker,
  toggle: () => void,
): TemplateResult {
  return html`<button
    type="button"
    class="picker-opener"
    part="emoji-button"
    aria-label=${words.composer.emoji}
    title=${words.composer.emoji}
    aria-haspopup="dialog"
    aria-expanded=${open ? "true" : "false"}
    ?disabled=${closed !== null}
    @click=${toggle}
  >
    <span aria-hidden="true">☺</span>
  </button>`;
}
