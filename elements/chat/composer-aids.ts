import { css, html, type TemplateResult } from "lit";
import { commandsFor, type Mistake, type Parsed, parseComposed } from "./composer-commands.ts";
import { obey } from "./composer-orders.ts";
import type { Suggestion } from "./composer-suggested.ts";
import { createSuggestions, type Suggestions, suggestionsStyles, usageOf } from "./composer-suggestions.ts";
import type { ChatHost } from "./host.ts";
import type { Speaker } from "./mentions.ts";

export const composerAidsStyles = css`
  ${suggestionsStyles}
  .composer-help {
    position: relative;
    max-block-size: min(16rem, 100cqb - 10rem);
    padding: 0.5rem;
    overflow-y: auto;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    font-size: 0.8667em;
  }
  .composer-help button {
    position: absolute;
    inset-block-start: 0.375rem;
    inset-inline-end: 0.375rem;
  }
  .composer-help dl,
  .composer-help dd {
    margin: 0;
  }
  .composer-help dt {
    margin-block-start: 0.25rem;
    font-weight: 600;
  }
  .composer-help dd {
    color: var(--muted);
  }
`;

/** What helps somebody who writes: suggestions for the word under the caret, and commands. */
export type ComposerAids = {
  readonly suggestions: Suggestions;
  /** A text to be said, an order, or a mistake. */
  parse(text: string, people: readonly Speaker[]): Parsed;
  /** Does what a command says. Help is the composer's to show. */
  obey: typeof obey;
  mistake(mistake: Mistake): string;
  help(close: () => void): TemplateResult;
};

/** @param onTaken is told the text with what was chosen in it, and where the caret is to be. */
export function createComposerAids(
  host: ChatHost,
  onTaken: (next: { text: string; caret: number }, chosen: Suggestion) => void,
): ComposerAids {
  return {
    suggestions: createSuggestions(host, onTaken),
    parse: (text, people) => parseComposed(text, host.staff, people),
    obey,
    mistake: (mistake) => host.tools.commands.mistake(mistake),
    help: (close) => commandHelp(host, close),
  };
}

function commandHelp({ staff, tools: words }: ChatHost, close: () => void): TemplateResult {
  const { title, help } = words.commands;
  return html`<section class="composer-help" part="help" tabindex="0" aria-label=${title}>
    <strong>${title}</strong>
    <button type="button" @click=${close}>${words.card.close}</button>
    <dl>
      ${commandsFor(staff).map(
        (name) =>
          html`<dt><bdi>${usageOf(name, words)}</bdi></dt>
            <dd>${help[name]}</dd>`,
      )}
    </dl>
  </section>`;
}
