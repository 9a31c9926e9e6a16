import { html, nothing, type TemplateResult } from "lit";
import { map } from "lit/directives/map.js";
import { ref } from "lit/directives/ref.js";
import type { PersonId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { ChatHost } from "./host.ts";
import type { Speaker } from "./mentions.ts";
import { ban, chooseReason, reasonIn, reasonsIn, timeOut } from "./message-actions.ts";

/** Timeouts and bans with all that goes with them. A ban is asked about once more. */
export function createJudgeForm(host: ChatHost): { render(whom: Speaker): TemplateResult } {
  let askedFor: PersonId | null = null;

  function render(whom: Speaker): TemplateResult {
    if (askedFor !== whom.id) askedFor = null;
    const { moderation } = host.tools;
    const asks = askedFor === whom.id;
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <div class="card-row">${reasonField()}</div>
      <div class="card-row">
        <label><input type="checkbox" name="purge" />${moderation.purge}</label>
      </div>
      <div class="card-row">
        ${map(
          host.model?.room.settings?.timeouts ?? [],
          (seconds) =>
            html`<button
              type="button"
              @click=${(event: Event) => timeOut(host, whom, seconds, takenFrom(event))}
            >
              ${moderation.timeoutFor(seconds)}
            </button>`,
        )}
        <button
          type="button"
          class="danger"
          aria-expanded=${asks ? "true" : "false"}
          @click=${() => ask(asks ? null : whom.id)}
        >
          ${moderation.ban}
        </button>
      </div>
      ${asks ? confirmation(whom) : nothing}
    </form>`;
  }

  function reasonField(): TemplateResult {
    const { moderation } = host.tools;
    const chosen = reasonIn(host);
    return html`<label
        >${moderation.reason}
        <select
          @change=${({ target }: Event) => {
            const value = target instanceof HTMLSelectElement ? target.value : "";
            const why = reasonsIn(host).find((code) => code === value);
            if (why !== undefined) chooseReason(host, why);
          }}
        >
          ${map(
            reasonsIn(host),
            (why) =>
              html`<option value=${why} .selected=${why === chosen}>${moderation.reasons[why]}</option>`,
          )}
        </select></label
      >
      <label
        >${moderation.ownWords}
        <input type="text" name="text" dir="auto" autocomplete="off" maxlength=${limits.reasonCharsMax}
      /></label>`;
  }

  function confirmation(whom: Speaker): TemplateResult {
    const { moderation } = host.tools;
    return html`<div class="card-row" role="group" aria-label=${moderation.confirmBan(whom.name)}>
      <span>${moderation.confirmBan(whom.name)}</span>
      <button
        type="button"
        class="danger"
        @click=${(event: Event) => {
          ban(host, whom, takenFrom(event));
          ask(null, event);
        }}
      >
        ${moderation.confirm}
      </button>
      <button type="button" ${ref(focusNew)} @click=${(event: Event) => ask(null, event)}>
        ${moderation.cancel}
      </button>
    </div>`;
  }

  /** @param from the answer: its button goes, and the one that asked has the focus again. */
  function ask(person: PersonId | null, from?: Event): void {
    const form = from === undefined ? null : formOf(from);
    form?.querySelector<HTMLElement>("[aria-expanded]")?.focus();
    askedFor = person;
    host.repaint();
  }

  return { render };
}

/** Inserted now, it can have the focus when all of the painting is done. */
export function focusNew(element: Element | undefined): void {
  queueMicrotask(() => {
    if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true });
  });
}

/** What was filled in, which is meant for one deed and not for the next one too. */
function takenFrom(event: Event): { purge?: boolean; text?: string } {
  const form = formOf(event);
  const box = form?.querySelector<HTMLInputElement>("[name=purge]") ?? null;
  const note = form?.querySelector<HTMLInputElement>("[name=text]") ?? null;
  const purge = box?.checked === true;
  const text = note?.value.trim() ?? "";
  if (box !== null) box.checked = false;
  if (note !== null) note.value = "";
  return { ...(purge ? { purge } : {}), ...(text === "" ? {} : { text }) };
}

function formOf({ target }: Event): HTMLFormElement | null {
  return target instanceof Element ? target.closest("form") : null;
}
