import { css } from "lit";

export const settingsPanelStyles = css`
  .settings {
    position: absolute;
    inset-block-start: 2.75em;
    inset-inline-end: 0.375rem;
    z-index: 5;
    inline-size: min(22em, 100% - 0.75rem);
    max-block-size: calc(100% - 3.25em);
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    border: 1px solid var(--line);
    border-radius: 0.625rem;
    background: var(--background);
    box-shadow: 0 6px 24px rgb(0 0 0 / 30%);
    overflow-wrap: anywhere;
  }
  .settings:focus-visible {
    outline-offset: -2px;
  }
  .settings-head {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    padding-block: 0.375rem;
    padding-inline: 0.75rem 0.375rem;
    background: var(--background);
  }
  .settings-head h2 {
    flex: 1;
    margin: 0;
    font-size: 1em;
  }
  .settings-head button {
    min-inline-size: 2rem;
    min-block-size: 2rem;
    padding: 0;
    border-color: transparent;
    background: none;
  }
  .settings-head svg {
    display: block;
    inline-size: 1.2em;
    margin: auto;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
  }
  .settings-body {
    display: grid;
    gap: 0.75rem;
    padding: 0 0.75rem 0.75rem;
    font-size: 0.9334em;
  }
  .settings fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .settings legend,
  .settings h3,
  .settings-field > span {
    margin: 0;
    padding: 0;
    font-size: 1em;
    font-weight: 600;
  }
  .settings-choices {
    display: flex;
    flex-wrap: wrap;
    column-gap: 1rem;
  }
  .settings label {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    min-block-size: 2rem;
  }
  .settings label.settings-field {
    flex-wrap: wrap;
    justify-content: space-between;
  }
  .settings-name {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 0.25rem 0.5rem;
    font-weight: 600;
  }
  .settings-name label {
    grid-column: 1 / -1;
  }
  .settings .settings-name input {
    inline-size: 100%;
    block-size: auto;
    min-inline-size: 0;
    padding-inline: 0.375rem;
    border: 1px solid var(--edge);
    border-radius: 0.375rem;
    background: var(--background);
    color: inherit;
    font: inherit;
    font-weight: 400;
  }
  .settings label:has(:disabled) {
    color: var(--muted);
  }
  .settings input {
    flex: none;
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
    accent-color: var(--accent);
  }
  .settings select {
    max-inline-size: 100%;
    min-block-size: 2rem;
    padding-inline: 0.375rem;
    border: 1px solid var(--muted);
    border-radius: 0.375rem;
    background: var(--background);
    color: inherit;
    font: inherit;
  }
  .settings small,
  .settings p {
    color: var(--muted);
    font-size: 0.9286em;
  }
  .settings small {
    display: block;
  }
  .settings-switches small {
    margin-block: -0.25rem 0.25rem;
    padding-inline-start: 1.625rem;
  }
  .settings-ignored {
    max-block-size: 10em;
    overflow-y: auto;
  }
  .settings-ignored li {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    justify-content: space-between;
    padding-block: 0.1875rem;
  }
  .settings-ignored button {
    flex: none;
    min-block-size: 1.875rem;
    font-size: 0.9286em;
  }
  @media (pointer: coarse) {
    .settings label,
    .settings select,
    .settings-ignored button {
      min-block-size: 2.5rem;
    }
  }
`;
