import { css } from "lit";

/** The look of the controls below the picture. */
export const barStyles = css`
  .bar {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    padding: 0.25rem 0.5rem;
    background: var(--scrim);
  }
  [data-idle] .bar {
    opacity: 0;
    pointer-events: none;
  }
  .row {
    display: flex;
    gap: 0.125rem;
    align-items: center;
    font-variant-numeric: tabular-nums;
  }
  .rest {
    flex: 1;
  }
  .badge {
    gap: 0.375rem;
    min-block-size: 28px;
    margin-inline: 0.375rem;
    padding: 0 0.625rem;
    background: #3a3a44;
    font-size: 0.8125rem;
    font-weight: 700;
    letter-spacing: 0.02em;
    white-space: nowrap;
  }
  .row .badge[data-live="true"] {
    background: var(--live);
    color: #ffffff;
  }
  .dot {
    inline-size: 0.5rem;
    block-size: 0.5rem;
    border-radius: 50%;
    background: #a9a9b5;
  }
  [data-live="true"] .dot {
    background: #ffffff;
  }
  .place {
    color: #e0e0e6;
    font-size: 0.875rem;
    white-space: nowrap;
  }
  input {
    appearance: none;
    margin: 0;
    background: none;
    cursor: pointer;
  }
  input::-webkit-slider-thumb {
    appearance: none;
    inline-size: 14px;
    block-size: 14px;
    margin-block-start: -5px;
    border: 0;
    border-radius: 50%;
    background: #ffffff;
  }
  input::-moz-range-thumb {
    inline-size: 14px;
    block-size: 14px;
    border: 0;
    border-radius: 50%;
    background: #ffffff;
  }
  input::-webkit-slider-runnable-track {
    block-size: 4px;
    border-radius: 2px;
    background: linear-gradient(
      to right,
      var(--accent) var(--filled, 100%),
      rgb(255 255 255 / 35%) var(--filled, 100%)
    );
  }
  input::-moz-range-track {
    block-size: 4px;
    border-radius: 2px;
    background: rgb(255 255 255 / 35%);
  }
  input::-moz-range-progress {
    block-size: 4px;
    border-radius: 2px;
    background: var(--accent);
  }
  .volume {
    inline-size: 5rem;
    block-size: 32px;
  }
  .line {
    position: relative;
    margin-inline: 0.25rem;
  }
  .line input {
    display: block;
    inline-size: 100%;
    block-size: 24px;
  }
  .hint {
    position: absolute;
    inset-block-end: 100%;
    left: clamp(1.5rem, var(--pointed, 0%), 100% - 1.5rem);
    padding: 0.125rem 0.5rem;
    border-radius: 0.375rem;
    background: #17171c;
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
    transform: translateX(-50%);
  }
  .quality {
    position: relative;
    display: flex;
  }
  .menu {
    position: absolute;
    inset-block-end: calc(100% + 0.5rem);
    inset-inline-end: 0;
    z-index: 1;
    display: grid;
    min-inline-size: 12rem;
    max-block-size: calc(100cqb - 5rem);
    padding: 0.25rem;
    border: 1px solid #4a4a55;
    border-radius: 0.625rem;
    background: #1d1d23;
    overflow-y: auto;
    box-shadow: 0 4px 20px rgb(0 0 0 / 50%);
  }
  .menu button {
    justify-content: start;
    gap: 0.5rem;
    padding: 0.25rem 0.75rem 0.25rem 0.5rem;
    text-align: start;
  }
  .menu svg,
  .no-icon {
    flex: none;
    inline-size: 20px;
    block-size: 20px;
  }
  .menu small {
    display: block;
    color: #b9b9c4;
    font-size: 0.8125rem;
  }
  /* On a small picture the menu may lie over all of it. */
  @container (block-size < 20rem) {
    .menu {
      inset-block-end: 0;
      max-block-size: calc(100cqb - 0.5rem);
    }
    .menu small {
      display: none;
    }
  }
  @media (hover: none) {
    .volume {
      display: none;
    }
  }
  @container (inline-size < 30rem) {
    .volume,
    .place {
      display: none;
    }
  }
`;
