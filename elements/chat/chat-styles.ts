import { css } from "lit";

/**
 * The look of the chat. Pages change it by the custom properties `--chorus-…` and by `::part`; both themes keep text at 4.5 : 1
 * and what can be pressed at 24 px. Only logical directions, so that right-to-left is the mirror image.
 */
export const chatStyles = css`
  :host {
    --background: var(--chorus-background, light-dark(#ffffff, #18181b));
    --raised: var(--chorus-raised, light-dark(#f4f4f5, #232328));
    --text: var(--chorus-text, light-dark(#18181b, #efeff1));
    --muted: var(--chorus-muted, light-dark(#5b5b66, #a9a9b5));
    --line: var(--chorus-line, light-dark(#e1e1e6, #35353c));
    --accent: var(--chorus-accent, light-dark(#5b3df5, #a394ff));
    --on-accent: var(--chorus-on-accent, light-dark(#ffffff, #14122b));
    --danger: var(--chorus-danger, light-dark(#b3261e, #ff8a80));
    --edge: light-dark(#83838d, #7a7a86);
    --flash: color-mix(in oklab, var(--accent) 30%, var(--background));
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-block-size: 24rem;
    min-inline-size: min(100%, 15rem);
    block-size: 100%;
    overflow: hidden;
    color-scheme: light dark;
    background: var(--background);
    color: var(--text);
    font: var(--chorus-font, 400 0.9375rem/1.4 system-ui, sans-serif);
    contain: layout paint style;
  }
  :host([data-theme="dark"]) {
    color-scheme: dark;
  }
  :host([data-theme="light"]) {
    color-scheme: light;
  }
  /* All that is in it is in em of its own, so that one size is the size of everything. */
  .chat {
    container-type: size;
    position: relative;
    display: flex;
    flex-direction: column;
  }
  :host([data-text="small"]) .chat {
    font-size: 0.875em;
  }
  :host([data-text="large"]) .chat {
    font-size: 1.25em;
  }
  :host([data-text="larger"]) .chat {
    font-size: 1.5em;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  p,
  ol,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  button {
    min-block-size: 24px;
    min-inline-size: 24px;
    padding: 0.125rem 0.5rem;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
    background: var(--raised);
    color: inherit;
    font: inherit;
    font-size: 0.8667em;
    cursor: pointer;
  }
  :is(.status, .notice, .older, .fate, .name-form, .composer, .card, .staff) button {
    font-size: inherit;
  }
  button:hover {
    border-color: var(--edge);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .older {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline: 0;
    inline-size: fit-content;
    margin-inline: auto;
    padding: 0.125rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    background: var(--background);
    color: var(--muted);
    font-size: 0.8667em;
  }
  .status,
  .notice {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    padding: 0.375rem 0.75rem;
    border-block-end: 1px solid var(--line);
    background: var(--raised);
    font-size: 0.8667em;
  }
  .status[data-empty],
  .notice[data-empty] {
    padding: 0;
    border: 0;
  }
  .status[data-tone="bad"] {
    color: var(--danger);
  }
  .pins {
    padding: 0.375rem 0.75rem;
    border-block-end: 1px solid var(--line);
    background: var(--raised);
    font-size: 0.9333em;
    max-block-size: 6.5rem;
    overflow-y: auto;
    overflow-wrap: anywhere;
  }
  .pins-title {
    color: var(--muted);
    font-size: 0.8em;
    font-weight: 600;
  }
  .body {
    position: relative;
    flex: 1;
    min-block-size: 0;
  }
  .stream {
    block-size: 100%;
  }
  .log {
    display: flex;
    flex-direction: column;
    block-size: 100%;
    background: var(--background);
    contain: strict;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    scrollbar-width: thin;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .rows {
    margin-block-start: auto;
  }
  .empty {
    padding: 2rem 1rem;
    color: var(--muted);
    text-align: center;
  }
  .below-list {
    position: absolute;
    inset-block-end: 0.5rem;
    inset-inline: 0.5rem;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 0.125rem;
    pointer-events: none;
  }
  .newer {
    display: inline-flex;
    gap: 0.5rem;
    padding: 0.25rem 0.75rem;
    border: 0;
    border-radius: 1rem;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
    pointer-events: auto;
    box-shadow: 0 1px 4px rgb(0 0 0 / 30%);
  }
  .standing {
    padding-inline: 0.375rem;
    border-radius: 0.25rem;
    background: var(--background);
    color: var(--muted);
    font-size: 0.8em;
  }
  .desk {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.375rem;
    padding: 0.5rem 0.75rem 0.625rem;
    border-block-start: 1px solid var(--line);
  }
  /* Over the list, so that nothing moves under a pointer that is about to press. */
  .notice:not([data-empty]) {
    position: absolute;
    inset-block-end: 3rem;
    inset-inline: 0.5rem;
    z-index: 9;
    inline-size: fit-content;
    margin-inline: auto;
    border: 1px solid var(--edge);
    border-radius: 0.5rem;
    box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
  }
  .name-form {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    align-items: center;
    font-size: 0.8667em;
  }
  .name-form label {
    inline-size: 100%;
    font-weight: 600;
  }
  .name-form [type="submit"] {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .name-form button {
    min-block-size: 2rem;
  }
  .name-form input {
    flex: 1 1 8rem;
    min-inline-size: 0;
    min-block-size: 2rem;
    padding-inline: 0.5rem;
    border: 1px solid var(--edge);
    border-radius: 0.375rem;
    background: var(--background);
    color: inherit;
    font: inherit;
  }
  @media (prefers-reduced-motion: no-preference) {
    .newer {
      animation: rise 120ms ease-out;
    }
    @keyframes rise {
      from {
        transform: translateY(0.5rem);
        opacity: 0;
      }
    }
  }
  @media (forced-colors: active) {
    .badge,
    .newer {
      border: 1px solid;
    }
    .row.for-you {
      border-inline-start-color: Highlight;
    }
    .name {
      color: CanvasText !important;
    }
  }
`;
