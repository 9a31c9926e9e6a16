import { css, html, nothing, type TemplateResult } from "lit";
import { type Suggested, type Suggestion, suggestedAt, withSuggestion } from "./composer-suggested.ts";
import { type CommandName, commands } from "./composer-commands.ts";
import type { ChatHost, Part } from "./host.ts";
import { createSpeakers } from "./mention-search.ts";
import type { Speaker } from "./mentions.ts";
import type { Model } from "./model.ts";
import type { ToolWords } from "../words/words.ts";

/**
 * The list above the field: people, emoji or commands for the word under the caret. The focus stays in the field, which
 * names the list by `aria-controls` and the chosen line by `aria-activedescendant`.
 */
export type Suggestions = Part & {
  look(text: string, caret: number): void;
  /** True where the key was meant for the list. */
  pressed(event: KeyboardEvent): boolean;
  close(): void;
  readonly count: number;
  readonly activeId: string | undefined;
};

export const suggestionsId = "composer-suggestions";

export const suggestionsStyles = css`
  .suggestions {
    position: absolute;
    inset-block-end: 100%;
    inset-inline: 0.5rem;
    z-index: 3;
    max-block-size: min(18rem, 100cqb - 8rem);
    overflow-y: auto;
    padding: 0.25rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--background);
    box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
  }
  .suggestion {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    min-block-size: 2rem;
    padding-inline: 0.5rem;
    border-radius: 0.375rem;
    cursor: pointer;
  }
  .suggestion[aria-selected="true"] {
    background: var(--raised);
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .suggestion-more {
    overflow: hidden;
    color: var(--muted);
    font-size: 0.8667em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

/** @param onTaken is told the text with what was chosen in it, and where the caret is to be. */
export function createSuggestions(
  host: ChatHost,
  onTaken: (next: { text: string; caret: number }, chosen: Suggestion) => void,
): Suggestions {
  let text = "";
  let suggested: Suggested | null = null;
  let active = 0;
  /** Where the word stands for which the list was closed: it does not open again while that is written on. */
  let dismissedAt: number | null = null;
  let known: Model | null = null;
  let speakers = createSpeakers();

  function look(now: string, caret: number): void {
    text = now;
    const next = suggestedAt(now, caret, { staff: host.staff, find });
    if (next?.start !== dismissedAt) dismissedAt = null;
    if (next === null || next.start !== suggested?.start || next.typed !== suggested.typed) active = 0;
    suggested = dismissedAt === null ? next : null;
  }

  function find(typed: string): readonly Speaker[] {
    const { model } = host;
    if (model === null) return [];
    if (model !== known) speakers = createSpeakers(() => model.you);
    known = model;
    for (const { id, name } of model.people.recent().toReversed()) {
      if (host.ignored.has(id)) speakers.forget(id);
      else speakers.spoke({ id, name });
    }
    return speakers.find(typed);
  }

  function pressed(event: KeyboardEvent): boolean {
    if (suggested === null || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    switch (event.key) {
      case "ArrowDown":
        return move(1, suggested.items.length);
      case "ArrowUp":
        return move(-1, suggested.items.length);
      case "Enter":
      case "Tab":
        return take(active);
      case "Escape":
        dismissedAt = suggested.start;
        suggested = null;
        return true;
      default:
        return false;
    }
  }

  function move(by: number, count: number): true {
    active = (active + count + by) % count;
    host.renderRoot.querySelector(`#${optionId(active)}`)?.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** What is already written out in full is not taken: then the key sends it. */
  function take(index: number): boolean {
    const chosen = suggested?.items[index];
    if (suggested === null || chosen === undefined) return false;
    const next = withSuggestion(text, suggested, chosen);
    suggested = null;
    if (next.text === text) return false;
    onTaken(next, chosen);
    return true;
  }

  function clicked({ target }: Event): void {
    const option = target instanceof Element ? target.closest<HTMLElement>("[role=option]") : null;
    if (option !== null) take(Number(option.dataset["index"]));
  }

  function render(): TemplateResult | typeof nothing {
    if (suggested === null) return nothing;
    return html`<div
      class="suggestions"
      part="suggestions"
      id=${suggestionsId}
      role="listbox"
      aria-label=${host.words.composer.suggestions}
      @mousedown=${keepFocus}
      @click=${clicked}
    >
      ${suggested.items.map(
        (item, index) =>
          html`<div
            class="suggestion"
            part="suggestion"
            role="option"
            id=${optionId(index)}
            data-index=${index}
            aria-selected=${index === active ? "true" : "false"}
          >
            ${lineOf(item, host.tools)}
          </div>`,
      )}
    </div>`;
  }

  return {
    look,
    pressed,
    render,
    close() {
      suggested = null;
      dismissedAt = null;
    },
    get count() {
      return suggested?.items.length ?? 0;
    },
    get activeId() {
      return suggested === null ? undefined : optionId(active);
    },
  };
}

/** How a command is written, with what it takes. */
export function usageOf(command: CommandName, { commands: { takes } }: ToolWords): string {
  return [`/${command}`, ...commands[command].takes.map((what) => takes[what])].join(" ");
}

function lineOf(item: Suggestion, words: ToolWords): TemplateResult {
  switch (item.is) {
    case "person":
      return html`<bdi>${item.person.name}</bdi>`;
    case "emoji":
      return html`<span>${item.emoji}</span><bdi class="suggestion-more">:${item.name}:</bdi>`;
    case "command":
      return html`<bdi>${usageOf(item.command, words)}</bdi>
        <span class="suggestion-more">${words.commands.help[item.command]}</span>`;
  }
}

function optionId(index: number): string {
  return `composer-suggestion-${index}`;
}

function keepFocus(event: Event): void {
  event.preventDefault();
}
