import { css, html, nothing, type TemplateResult } from "lit";
import type { RoomState as RoomPhase } from "@chorus/protocol/room-settings.ts";
import type { ChatHost, Part } from "./host.ts";
import type { Model } from "./model.ts";

export type ChatHeaderOptions = {
  paused(): boolean;
  togglePause(): void;
  settingsOpen(): boolean;
  toggleSettings(): void;
};

export const chatHeaderStyles = css`
  .bar {
    display: flex;
    gap: 0.375rem;
    align-items: center;
    min-block-size: 2.5em;
    padding-inline: 0.75rem 0.375rem;
    border-block-end: 1px solid var(--line);
  }
  .bar :is(h2, button) {
    margin: 0;
    font-size: 1em;
  }
  .bar span {
    flex: 1;
    overflow: hidden;
    color: var(--muted);
    font-size: 0.875em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bar button {
    min-inline-size: 2rem;
    min-block-size: 2rem;
    padding: 0;
    border-color: transparent;
  }
  .bar button:not(:hover, [aria-pressed="true"], [aria-expanded="true"]) {
    background: none;
  }
  .bar [aria-pressed="true"] {
    border-color: currentColor;
    color: var(--accent);
  }
  .bar svg {
    display: block;
    inline-size: 1.2em;
    margin: auto;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
  }
`;

/** The bar above the list: what this is, how many watch, and the ways to stand still and to the settings. */
export function createChatHeader(host: ChatHost, options: ChatHeaderOptions): Part {
  return {
    render(): TemplateResult {
      const { words, model } = host;
      const paused = options.paused();
      const viewers = viewersIn(model);
      return html`<div class="bar" part="header">
        <h2>${words.chat}</h2>
        <span part="viewers">${viewers === 0 ? nothing : words.viewers(viewers)}</span>
        <button
          type="button"
          part="pause"
          aria-pressed=${paused ? "true" : "false"}
          aria-label=${words.list.pause}
          title=${paused ? words.list.resume : words.list.pause}
          @click=${options.togglePause}
        >
          ${icon(paused ? "M5 3.5v9l7-4.5z" : "M5.5 3.5v9 M10.5 3.5v9")}
        </button>
        <button
          type="button"
          class="settings-opener"
          part="settings-button"
          aria-haspopup="dialog"
          aria-expanded=${options.settingsOpen() ? "true" : "false"}
          aria-label=${words.openSettings}
          title=${words.openSettings}
          @click=${options.toggleSettings}
        >
          ${icon(gear)}
        </button>
      </div>`;
    },
  };
}

export type Audience = {
  readonly room: Pick<Model["room"], "state"> & {
    readonly settings: { readonly state: RoomPhase } | null;
    readonly tally: { readonly viewers: number } | null;
  };
};

/** How many watch what is on now; zero where nothing is on, or nothing newer is known. */
export function viewersIn(model: Audience | null): number {
  if (model === null) return 0;
  const { state, settings, tally } = model.room;
  return state === "live" && settings?.state === "live" ? (tally?.viewers ?? 0) : 0;
}

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;
}

/** A ring, an axle and eight teeth. */
const gear =
  "M8 3.5a4.5 4.5 0 1 0 .01 0z M8 6a2 2 0 1 0 .01 0z M8 1v2m0 10v2M1 8h2m10 0h2M3 3l1.5 1.5m7 7L13 13M3 13l1.5-1.5m7-7L13 3";
