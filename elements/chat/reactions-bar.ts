import { css, html, nothing, type TemplateResult } from "lit";
import { map } from "lit/directives/map.js";
import { movedTo } from "./moved-to.ts";

/** What the bar is made from, asked for at each painting. */
export type ReactionsBarFacts = {
  readonly emoji: readonly string[];
  /** Taps so far; null before the first tally. */
  readonly taps: Readonly<Record<string, number>> | null;
  /** Why one cannot react now, in words; null where one can. */
  readonly closed: string | null;
};

export type ReactionsBarWords = {
  /** The name of the whole bar. */
  readonly bar: string;
  /** The name of a button, which has to contain both. `count` is empty before the first tap. */
  react(emoji: string, count: string): string;
};

export type ReactionsBarOptions = {
  facts(): ReactionsBarFacts;
  words(): ReactionsBarWords;
  /** The language of the numbers, as a BCP 47 tag. */
  language(): string;
  /** One tap. What leaves together is the client's business. */
  onTap(emoji: string): void;
  /** Something else is to be painted than before. */
  onChange(): void;
};

export type ReactionsBar = {
  render(): TemplateResult | typeof nothing;
  hostDisconnected(): void;
};

export const reactionsBarStyles = css`
  .reactions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375em;
  }
  .reaction {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 0.3em;
    min-inline-size: 24px;
    min-block-size: 24px;
    border-radius: 1em;
    touch-action: manipulation;
  }
  .reaction[aria-disabled="true"] {
    opacity: 0.5;
    cursor: default;
  }
  .reaction-count {
    font-variant-numeric: tabular-nums;
  }
  .reaction-own {
    position: absolute;
    inset-block-end: 100%;
    inset-inline-end: 0;
    color: var(--accent);
    font-weight: 600;
    pointer-events: none;
  }
`;

const ownShownMs = 2_000;

/** The room's emoji with what everybody tapped, and for a moment what one tapped oneself. One stop of the Tab key. */
export function createReactionsBar(options: ReactionsBarOptions): ReactionsBar {
  const countWords = createCountWords();
  let own = { emoji: "", taps: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current = "";

  function render(): TemplateResult | typeof nothing {
    const { emoji, taps, closed } = options.facts();
    if (emoji.length === 0) return nothing;
    const stop = emoji.includes(current) ? current : emoji[0];
    const words = options.words();
    return html`<div
      class="reactions"
      part="reactions"
      role="toolbar"
      aria-label=${words.bar}
      aria-describedby=${closed === null ? nothing : "reactions-closed"}
      @click=${tapped}
      @keydown=${moved}
      @focusin=${focused}
    >
      ${map(emoji, (one) => button(one, countOf(taps, one), words, one === stop, closed !== null))}
      ${closed === null ? nothing : html`<span id="reactions-closed" hidden>${closed}</span>`}
    </div>`;
  }

  function button(
    emoji: string,
    count: number,
    words: ReactionsBarWords,
    stop: boolean,
    closed: boolean,
  ): TemplateResult {
    const shown = count === 0 ? "" : countWords(count, options.language());
    return html`<button
      type="button"
      class="reaction"
      part="reaction"
      data-emoji=${emoji}
      tabindex=${stop ? 0 : -1}
      aria-disabled=${closed ? "true" : nothing}
      aria-label=${words.react(emoji, shown)}
    >
      <span>${emoji}</span>
      <span class="reaction-count">${shown}</span>
      ${own.emoji === emoji ? html`<span class="reaction-own">+${own.taps}</span>` : nothing}
    </button>`;
  }

  function tapped(event: Event): void {
    const emoji = emojiOf(event);
    if (emoji === undefined || options.facts().closed !== null) return;
    options.onTap(emoji);
    own = { emoji, taps: own.emoji === emoji ? own.taps + 1 : 1 };
    clearTimeout(timer);
    timer = setTimeout(forgetOwn, ownShownMs);
    options.onChange();
  }

  function forgetOwn(): void {
    own = { emoji: "", taps: 0 };
    options.onChange();
  }

  /** A tap leaves the stop of the Tab key where it is: to move it makes the browser lay out the page at once. */
  function focused(event: Event): void {
    const emoji = emojiOf(event);
    const { target } = event;
    const byKeyboard = target instanceof Element && target.matches(":focus-visible");
    if (emoji === undefined || emoji === current || !byKeyboard) return;
    current = emoji;
    options.onChange();
  }

  return { render, hostDisconnected: () => clearTimeout(timer) };
}

function moved(event: KeyboardEvent): void {
  const bar = event.currentTarget;
  if (!(bar instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = [...bar.querySelectorAll("button")];
  const from = buttons.findIndex((button) => button === event.target);
  const to = movedTo(event.key, from, buttons.length, getComputedStyle(bar).direction === "rtl");
  if (to === null) return;
  event.preventDefault();
  buttons[to]?.focus();
}

/** Names of taps come from the network: what every object has is not a count. */
export function countOf(taps: ReactionsBarFacts["taps"], emoji: string): number {
  return taps !== null && Object.hasOwn(taps, emoji) ? (taps[emoji] ?? 0) : 0;
}

/** Short numbers, as "1.2K". The formatter is expensive to make and is kept as long as the language is the same. */
export function createCountWords(): (count: number, language: string) => string {
  let kept: { language: string; format: Intl.NumberFormat } | null = null;
  return (count, language) => {
    if (kept?.language !== language) {
      const format = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
      kept = { language, format };
    }
    return kept.format.format(count);
  };
}

function emojiOf({ target }: Event): string | undefined {
  const button = target instanceof Element ? target.closest("button") : null;
  return button?.dataset["emoji"];
}
