import { css } from "lit";

export const emojiPickerStyles = css`
  .picker {
    position: absolute;
    inset-block-end: 100%;
    inset-inline-end: 0.5rem;
    z-index: 4;
    display: flex;
    flex-direction: column;
    gap: 0.375rem;
    inline-size: min(20rem, 100% - 1rem);
    block-size: min(20rem, 100cqb - 8rem);
    min-block-size: 8rem;
    padding: 0.5rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--background);
    box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
  }
  .picker-head {
    display: flex;
    gap: 0.375rem;
  }
  .picker-search,
  .picker-tone {
    min-block-size: 2rem;
    padding-inline: 0.5rem;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
    background: var(--background);
    color: inherit;
    font: inherit;
  }
  .picker-search {
    flex: 1;
    min-inline-size: 0;
  }
  .picker-tone {
    inline-size: 3.75rem;
  }
  .picker-tabs {
    display: flex;
    justify-content: space-between;
  }
  .picker-tab {
    flex: 1;
    padding: 0.125rem 0;
    border: 0;
    border-block-end: 2px solid transparent;
    border-radius: 0;
    background: none;
    font-size: 1.0667em;
  }
  .picker-tab[aria-selected="true"] {
    border-block-end-color: var(--accent);
  }
  .picker-shelf {
    container-type: inline-size;
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
  }
  .picker-row {
    display: grid;
    grid-template-columns: repeat(8, minmax(24px, 1fr));
  }
  .picker-cell {
    display: grid;
    place-items: center;
    min-block-size: 2.125rem;
    border-radius: 0.375rem;
    font-size: min(1.375rem, 9cqi);
    line-height: 1;
    cursor: pointer;
    user-select: none;
  }
  .picker-cell:hover {
    background: var(--raised);
  }
  .picker-cell:focus-visible {
    outline-offset: -2px;
  }
  .picker-none {
    padding: 1rem;
    color: var(--muted);
    text-align: center;
  }
  @media (pointer: coarse) {
    .picker-search,
    .picker-tone {
      font-size: max(1rem, 16px);
    }
  }
`;
