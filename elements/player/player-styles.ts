import { css } from "lit";

/**
 * The look of the player. Around a picture it is dark in both themes, as a picture is best seen; text keeps 4.5 : 1 also over a
 * white picture, and what can be pressed has 40 px. Only logical directions, but for time, which runs from left to right.
 */
export const playerStyles = css`
  :host {
    --accent: var(--chorus-player-accent, #a394ff);
    --live: var(--chorus-player-live, #d81f3c);
    --scrim: rgb(8 8 12 / 72%);
    display: block;
    position: relative;
    aspect-ratio: 16 / 9;
    min-inline-size: 0;
    overflow: hidden;
    background: #000000;
    color: #f4f4f7;
    color-scheme: dark;
    font: var(--chorus-font, 400 0.9375rem/1.4 system-ui, sans-serif);
    contain: layout paint style;
  }
  :host([hidden]) {
    display: none;
  }
  :host(:fullscreen) {
    aspect-ratio: auto;
    inline-size: 100%;
    block-size: 100%;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  p {
    margin: 0;
  }
  .player {
    container-type: size;
    position: relative;
    inline-size: 100%;
    block-size: 100%;
    overflow: hidden;
    outline-offset: -3px;
  }
  .player[data-idle] {
    cursor: none;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  .player:focus-visible {
    outline-offset: -3px;
  }
  video,
  .poster,
  .over {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
  }
  video,
  .poster {
    object-fit: contain;
  }
  .poster {
    filter: brightness(0.6);
    object-fit: cover;
  }
  .over {
    display: flex;
    flex-direction: column;
    gap: 0.75rem;
    align-items: center;
    justify-content: center;
    padding: 0.75rem;
    text-align: center;
    pointer-events: none;
  }
  .over:has(~ .bar) {
    padding-block-end: min(5.5rem, 30cqb);
  }
  /* In the place of a picture; over one that stands still, only what the words need. */
  .player[data-empty] .over,
  .over[data-t="audio"] {
    background: radial-gradient(circle at 50% 40%, #26262e, #0b0b0d 75%);
  }
  .player[data-empty]:has(.poster) .over {
    background: none;
  }
  .over > button {
    pointer-events: auto;
  }
  .said p {
    max-inline-size: 34rem;
    text-wrap: balance;
  }
  .player:not([data-empty]) .said p,
  .poster ~ .over .said p {
    padding: 0.125rem 0.75rem;
    border-radius: 0.5rem;
    background: var(--scrim);
  }
  .said svg {
    inline-size: clamp(1.75rem, 4cqi, 3rem);
    block-size: clamp(1.75rem, 4cqi, 3rem);
    color: #9d9da8;
    stroke-width: 1.25;
  }
  .title {
    font-size: clamp(1.0625rem, 2.4cqi, 1.875rem);
    font-weight: 600;
  }
  .title[data-tone="bad"] {
    color: #ffb4ab;
  }
  .more {
    margin-block-start: 0.125rem;
    color: #c9c9d2;
    font-size: clamp(0.875rem, 1.4cqi, 1.125rem);
    font-variant-numeric: tabular-nums;
  }
  .title[data-tone="busy"]::after {
    content: "";
    display: inline-block;
    inline-size: 0.55em;
    block-size: 0.55em;
    margin-inline-start: 0.5em;
    border-radius: 50%;
    background: var(--accent);
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-inline-size: 40px;
    min-block-size: 40px;
    padding: 0;
    border: 0;
    border-radius: 0.5rem;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button svg {
    display: block;
    inline-size: 24px;
    block-size: 24px;
  }
  svg {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .remedy,
  .chip {
    gap: 0.375rem;
    padding: 0 1rem;
    border: 1px solid #8a8a96;
    border-radius: 1.25rem;
    background: #26262e;
    font-weight: 600;
  }
  .large {
    flex-direction: column;
    gap: 0.75rem;
    padding: 0.5rem 1rem;
    font-weight: 600;
  }
  .large > span:not(.disc) {
    padding: 0.25rem 0.75rem;
    border-radius: 1rem;
    background: var(--scrim);
  }
  .disc {
    display: grid;
    place-items: center;
    inline-size: clamp(3.5rem, 14cqi, 5rem);
    block-size: clamp(3.5rem, 14cqi, 5rem);
    border-radius: 50%;
    background: #5b3df5;
    color: #ffffff;
    box-shadow: 0 2px 18px rgb(0 0 0 / 50%);
  }
  .disc svg {
    inline-size: 45%;
    block-size: 45%;
  }
  .ear {
    display: grid;
    gap: 0.5rem;
    justify-items: center;
    color: #c9c9d2;
  }
  .ear svg {
    inline-size: 3.5rem;
    block-size: 3.5rem;
    stroke-width: 1.25;
  }
  .chip {
    position: absolute;
    inset-block-start: 0.75rem;
    inset-inline-start: 0.75rem;
  }
  @media (hover: hover) {
    .row button:hover,
    .menu button:hover {
      background: rgb(255 255 255 / 14%);
    }
    :is(.remedy, .chip):hover {
      border-color: #ffffff;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .bar {
      transition: opacity 160ms;
    }
    .title[data-tone="busy"]::after {
      animation: breathe 1.2s ease-in-out infinite alternate;
    }
    @keyframes breathe {
      from {
        opacity: 0.25;
      }
    }
  }
  @media (forced-colors: active) {
    button {
      border: 1px solid;
    }
  }
`;
