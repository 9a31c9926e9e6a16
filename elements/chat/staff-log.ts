import { css, html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { map } from "lit/directives/map.js";
import { repeat } from "lit/directives/repeat.js";
import type { Held } from "@chorus/protocol/entries.ts";
import { freezeKey } from "./row-focus.ts";
import type { ChatHost, Part } from "./host.ts";
import { decisionsOn, waitingIn } from "./message-actions.ts";
import type { Model } from "./model.ts";
import { type Deed, deedsIn, holdingIn, sentencesOf, undoOf } from "./staff-lines.ts";

export const staffLogStyles = css`
  .staff {
    display: flex;
    flex-direction: column;
    flex: none;
    max-block-size: 50%;
    min-block-size: 0;
    border-block-start: 1px solid var(--line);
    font-size: 0.8667em;
  }
  .staff-toggle {
    display: flex;
    flex: none;
    gap: 0.5rem;
    justify-content: space-between;
    inline-size: 100%;
    padding: 0.25rem 0.75rem;
    border: 0;
    border-radius: 0;
    background: var(--raised);
    text-align: start;
  }
  .staff-toggle::after {
    content: "▸" / "";
  }
  .staff-toggle:dir(rtl)::after {
    content: "◂" / "";
  }
  .staff-toggle[aria-expanded="true"]::after {
    content: "▾" / "" !important;
  }
  .staff-toggle span {
    flex: 1;
  }
  .staff-toggle:focus-visible {
    outline-offset: -2px;
  }
  .staff-toggle strong {
    color: var(--accent);
  }
  .staff-panel {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
    background: var(--background);
  }
  .staff-waiting {
    flex: 0 1 auto;
    min-block-size: 3.5rem;
    overflow-y: auto;
    border-block-end: 1px solid var(--line);
  }
  /* Reversed, a list stays at its end without being told to. */
  .staff-lines {
    display: flex;
    flex-direction: column-reverse;
    flex: 1 1 auto;
    min-block-size: 4rem;
    overflow-y: auto;
  }
  .staff-line {
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 0.5rem;
    align-items: baseline;
    padding: 0.25rem 0.75rem;
    overflow-wrap: anywhere;
  }
  .staff-line > span:first-child {
    flex: 1 1 12rem;
  }
  .staff-deeds {
    display: inline-flex;
    gap: 0.375rem;
  }
  .staff-line time,
  .staff-empty {
    color: var(--muted);
    font-size: 0.8em;
  }
  .staff-empty {
    padding: 0.5rem 0.75rem;
  }
  .staff-line .danger {
    color: var(--danger);
  }
`;

const minuteMs = 60_000;
/** In a raid there are hundreds, and all of them would be written anew each time. */
const linesMax = 100;

/**
 * What staff did during this visit, newest last, and before it what waits for a decision. It lies folded between the list and
 * the composer of staff; nobody else has it.
 */
export function createStaffLog(host: ChatHost): Part {
  let open = false;

  function toggle(): void {
    open = !open;
    host.repaint();
  }

  function render(): TemplateResult | typeof nothing {
    const { model, tools } = host;
    if (model === null || !host.staff) return nothing;
    const waiting = waitingIn(model);
    return html`<section class="staff" part="staff-log" aria-label=${tools.log.title} @keydown=${escaped}>
      <button
        type="button"
        class="staff-toggle"
        aria-expanded=${open ? "true" : "false"}
        aria-controls=${open ? "staff-panel" : nothing}
        @click=${toggle}
      >
        <span>${tools.log.title}</span>
        ${waiting.length === 0 ? nothing : html`<strong>${tools.moderation.waiting(waiting.length)}</strong>`}
      </button>
      ${open ? panel(host, model, waiting) : nothing}
    </section>`;
  }

  function escaped(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    const part = event.currentTarget;
    if (part instanceof Element) part.querySelector<HTMLElement>(".staff-toggle")?.focus();
    toggle();
  }

  return { render };
}

function panel(host: ChatHost, model: Model, waiting: readonly Held[]): TemplateResult {
  const { words, tools, staff } = host;
  const now = host.now();
  const minute = Math.floor(now / minuteMs);
  return html`<div class="staff-panel" id="staff-panel">
    ${
      waiting.length === 0
        ? nothing
        : html`<ul class="staff-waiting">
            ${repeat(
              waiting,
              ({ id }) => id,
              ({ message }) => waitingLine(host, message, now),
            )}
          </ul>`
    }
    <p class="staff-empty">${tools.moderation.freezeHint(freezeKey)}</p>
    <div class="staff-lines" role="log" aria-live="off" aria-label=${tools.log.title} tabindex="0">
      ${guard([model.staffLog, model.room.pins, words, staff, minute], () => lines(host, model, now))}
    </div>
  </div>`;
}

function waitingLine(host: ChatHost, message: Held["message"], now: number): TemplateResult {
  const id = `held-${message.id}`;
  return html`<li class="staff-line">
    <span id=${id}
      ><button type="button" @click=${() => host.openCard(message.by)}><bdi>${message.name}</bdi></button>
      <span dir="auto">${message.text}</span></span
    >
    ${timeOf(host, message.time, now)}
    <span class="staff-deeds"
      >${map(
        decisionsOn(host, message.id),
        ({ name, label, danger, run }) =>
          html`<button
            type="button"
            class=${danger ? "danger" : ""}
            data-action=${name}
            aria-describedby=${id}
            @click=${(event: Event) => {
              toNext(event, name);
              run();
            }}
          >
            ${label}
          </button>`,
      )}</span
    >
  </li>`;
}

function lines(host: ChatHost, model: Model, now: number): TemplateResult {
  const deeds = deedsIn(model.staffLog).slice(-linesMax);
  if (deeds.length === 0) return html`<p class="staff-empty">${host.tools.log.empty}</p>`;
  const sentences = sentencesOf(model, host.tools, deeds);
  const holding = holdingIn(deeds);
  return html`<ol>
    ${map(deeds, (deed, index) => {
      const undo = holding.has(deed) ? undoOf(host, model, deed, now) : null;
      return html`<li class="staff-line">
        <span id=${`deed-${deed.id}`}>${sentences[index]}</span>
        ${timeOf(host, deed.time, now)}
        ${
          undo === null
            ? nothing
            : html`<button
                type="button"
                aria-describedby=${`deed-${deed.id}`}
                @click=${(event: Event) => {
                  focusOf(event, ".staff-lines");
                  undo.run();
                }}
              >
                ${undo.label}
              </button>`
        }
      </li>`;
    })}
  </ol>`;
}

/** What is decided goes: the next one has the focus, or what all of them are folded under. */
function toNext(event: Event, action: string): void {
  const line = event.target instanceof Element ? event.target.closest("li") : null;
  const next = line?.nextElementSibling ?? line?.previousElementSibling;
  const button = next?.querySelector<HTMLElement>(`[data-action=${action}]`);
  if (button === null || button === undefined) focusOf(event, ".staff");
  else button.focus();
}

function focusOf({ target }: Event, selector: string): void {
  const part = target instanceof Element ? target.closest<HTMLElement>(selector) : null;
  const toggle = part?.querySelector<HTMLElement>(".staff-toggle");
  (toggle ?? part)?.focus();
}

/** A relative time, the exact one behind it. */
export function timeOf({ words }: Pick<ChatHost, "words">, time: Deed["time"], now: number): TemplateResult {
  return html`<time datetime=${new Date(time).toISOString()} title=${words.format.moment(time)}
    >${words.format.ago(time, now)}</time
  >`;
}
