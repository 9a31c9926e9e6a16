import { css } from "lit";

/** The rows of the list: messages, what is left of them, and what stands between them. */
export const rowStyles = css`
  .row {
    display: block;
    padding-block: 0.1875rem;
    padding-inline: 0.5625rem 0.75rem;
    border-inline-start: 3px solid transparent;
    overflow-wrap: break-word;
  }
  .row.active {
    position: relative;
  }
  .row:hover,
  .row:focus-within,
  .row.open {
    background: var(--raised);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row.for-you {
    border-inline-start-color: var(--accent);
    background: color-mix(in oklab, var(--accent) 9%, var(--background));
  }
  .row.shadow {
    border-inline-start-color: var(--muted);
  }
  .row[data-status="pending"] .text,
  .row[data-status="held"] .text {
    color: var(--muted);
  }
  .text {
    white-space: pre-wrap;
  }
  .name {
    display: inline;
    line-height: inherit;
    cursor: pointer;
    min-block-size: 0;
    min-inline-size: 0;
    padding: 0;
    border: 0;
    background: none;
    font-size: inherit;
    font-weight: 600;
    text-align: start;
    margin-inline-end: 0.375rem;
  }
  .name:hover {
    text-decoration: underline;
  }
  .time,
  .edited {
    color: var(--muted);
    font-size: 0.8em;
    font-variant-numeric: tabular-nums;
    margin-inline-end: 0.375rem;
  }
  .badge {
    display: inline-block;
    margin-inline-end: 0.25rem;
    padding-inline: 0.3125rem;
    border-radius: 0.25rem;
    background: var(--line);
    font-size: 0.7333em;
    font-weight: 600;
    line-height: 1.6;
    vertical-align: 0.0625rem;
  }
  .badge[data-role="host"] {
    background: var(--danger);
    color: var(--background);
  }
  .badge[data-role="moderator"] {
    background: var(--accent);
    color: var(--on-accent);
  }
  .quote {
    display: flex;
    gap: 0.25rem;
    max-inline-size: 100%;
    padding: 0;
    border: 0;
    background: none;
    color: var(--muted);
    font-size: 0.8em;
    text-align: start;
  }
  .quote::before {
    content: "↳" / "";
  }
  .quote:dir(rtl)::before {
    content: "↲" / "";
  }
  .quoted-name {
    flex: none;
    max-inline-size: 40%;
    font-weight: 600;
  }
  .quoted-name,
  .quoted-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row button {
    overflow-wrap: anywhere;
  }
  .mention {
    display: inline;
    padding: 0 0.125rem;
    white-space: normal;
    border: 0;
    border-radius: 0.25rem;
    background: color-mix(in oklab, var(--accent) 16%, transparent);
    font-size: inherit;
    font-weight: 600;
    min-block-size: 0;
  }
  .emote {
    font-size: 1.25em;
    line-height: 1;
  }
  img.emote {
    block-size: 1.4em;
    inline-size: auto;
    max-inline-size: 4em;
    vertical-align: middle;
  }
  a {
    color: var(--accent);
  }
  .fate,
  .tombstone,
  .gap {
    color: var(--muted);
    font-size: 0.8667em;
  }
  .fate.bad {
    color: var(--danger);
  }
  .fate button {
    margin-inline-start: 0.375rem;
    color: var(--text);
  }
  .tombstone {
    font-style: italic;
  }
  .gap {
    display: block;
    padding: 0.375rem 0.75rem;
    text-align: center;
    border-block: 1px dashed var(--line);
  }
`;
