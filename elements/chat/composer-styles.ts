import { css } from "lit";

export const composerStyles = css`
  .composer {
    display: flex;
    flex-direction: column;
    gap: 0.25rem;
  }
  .composer-box {
    display: flex;
    align-items: end;
    gap: 0.25rem;
    padding: 0.25rem;
    border: 1px solid var(--edge);
    border-radius: 0.5rem;
    background: var(--raised);
  }
  .composer-box:focus-within {
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  .composer-box[data-over] {
    border-color: var(--danger);
    box-shadow: inset 0 0 0 1px var(--danger);
  }
  .composer-grow {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    flex: 1;
    min-inline-size: 0;
  }
  .composer-field,
  .composer-grow::after {
    grid-area: 1 / 1;
    min-inline-size: 0;
    min-block-size: 2rem;
    max-block-size: calc(5lh + 0.5rem);
    margin: 0;
    padding: 0.25rem 0.375rem;
    border: 0;
    font: inherit;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .composer-field {
    inline-size: 100%;
    background: none;
    color: inherit;
    field-sizing: content;
    overflow-y: auto;
    overscroll-behavior: contain;
    resize: none;
    scrollbar-width: thin;
  }
  .composer-field:focus-visible {
    outline: 2px solid transparent;
  }
  .composer-field::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .composer-field[readonly] {
    color: var(--muted);
  }
  /* Where a field cannot have the size of its content, what lies under it has it. */
  @supports not (field-sizing: content) {
    .composer-field {
      block-size: 100%;
    }
    .composer-grow::after {
      content: attr(data-text) " ";
      overflow: hidden;
      visibility: hidden;
    }
  }
  .composer-wait {
    align-self: center;
    padding-inline: 0.25rem;
    color: var(--muted);
    font-size: 0.8667em;
    font-variant-numeric: tabular-nums;
  }
  .composer-box button {
    min-block-size: 2rem;
    min-inline-size: 2rem;
  }
  .picker-opener {
    padding: 0;
    border-color: transparent;
    background: none;
    font-size: 1.2em;
    line-height: 1;
  }
  .composer-send {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .composer-send:disabled {
    border-color: var(--line);
    background: none;
    color: var(--muted);
    cursor: default;
  }
  .composer-purpose {
    display: flex;
    gap: 0.375rem;
    align-items: center;
    padding-inline-start: 0.5rem;
    border-inline-start: 3px solid var(--accent);
    font-size: 0.8667em;
  }
  .composer-purpose .quoted-text {
    flex: 1;
    min-inline-size: 0;
    color: var(--muted);
  }
  .composer-purpose button {
    margin-inline-start: auto;
  }
  .composer-foot {
    display: flex;
    flex-wrap: wrap;
    gap: 0.125rem 0.75rem;
    align-items: center;
    color: var(--muted);
    font-size: 0.8em;
  }
  .composer-foot:empty {
    display: none;
  }
  .composer-counter {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .composer-foot [data-bad] {
    color: var(--danger);
  }
  /* Safari on phones enlarges the page for a field with smaller letters. */
  @media (pointer: coarse) {
    .composer-field,
    .composer-grow::after {
      font-size: max(1em, 16px);
    }
  }
`;
